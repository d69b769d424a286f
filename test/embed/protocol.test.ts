import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHostMessage } from '../../src/embed/host-message.ts';
import { protocolVersion, readFrameMessage, sealed, type FrameMessage, type HostMessage } from '../../src/embed/protocol.ts';

const settings = { theme: 'dark', readOnly: false } as const;

const hostMessages: readonly HostMessage[] = [
  { type: 'ping', version: protocolVersion, settings },
  { type: 'ping', version: protocolVersion, settings: { ...settings, panel: 'wire' }, source: { files: { 'app.ts': 'x' }, entry: 'app.ts:app', title: 't', interface: 'wsgi', requests: [{ name: 'a', text: 'GET /' }], recording: '{"v":1}' } },
  { type: 'update', version: protocolVersion, settings: { theme: 'light', readOnly: true } },
];

const frameMessages: readonly FrameMessage[] = [
  { type: 'hello', versions: [1] }, { type: 'pong', version: 1, engine: '0.1.0' }, { type: 'height', height: 300 }, { type: 'problem', message: 'no' },
];

test.each(hostMessages)('host → frame: $type arrives as it was sent', (message) => {
  expect(readHostMessage(structuredClone(sealed(message)))).toEqual(message);
});

test.each(frameMessages)('frame → host: $type arrives as it was sent', (message) => {
  expect(readFrameMessage(structuredClone(sealed(message)))).toEqual(message);
});

describe('what is not ours is not taken', () => {
  test.each([
    ['without the mark', { type: 'ping', version: 1, settings }],
    ['of another version', { ...sealed(hostMessages[0]!), version: 2 }],
    ['marked with another version', { ...sealed(hostMessages[0]!), porthole: 2 }],
    ['of an unknown type', { ...sealed(hostMessages[0]!), type: 'run' }],
    ['without settings', { ...sealed(hostMessages[0]!), settings: undefined }],
    ['with a theme that is none', { ...sealed(hostMessages[0]!), settings: { theme: 'red' } }],
    ['a string', 'ping'], ['nothing', null], ['a list', [1]],
  ])('%s', (_name, data) => {
    expect(readHostMessage(data)).toBeUndefined();
    expect(readFrameMessage(data)).toBeUndefined();
  });

  test('members of the wrong type are left out, one by one', () => {
    expect(readHostMessage({ ...sealed(hostMessages[0]!), settings: { theme: 'dark', panel: 'nonsense', readOnly: 'yes', more: 1 }, source: { files: { a: 'x', b: 1 }, entry: 2, requests: [{ name: 'a' }, null, { name: 'b', text: 't', extra: 1 }] } })).toEqual({
      type: 'ping', version: 1, settings: { theme: 'dark', readOnly: false }, source: { files: { a: 'x' }, requests: [{ name: 'b', text: 't' }] },
    });
  });
});

test('any structured data: a message or nothing, never an exception', () => {
  const key = fc.constantFrom('porthole', 'type', 'version', 'versions', 'settings', 'theme', 'panel', 'source', 'files', 'requests', 'height', 'message', 'engine', '__proto__');
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: 'small' }, fc.constantFrom(1, 'ping', 'update', 'hello', 'pong', 'height', 'dark', null, NaN, undefined, true), fc.dictionary(key, tie('any')), fc.array(tie('any'), { maxLength: 3 })),
  })).any;
  fc.assert(fc.property(value, (data) => {
    readHostMessage(data);
    readFrameMessage(data);
  }), { numRuns: 2000 });
});
