import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Request } from '../../../src/core/http1/events.ts';

/** Every octet that a field value may hold, with whitespace inside. */
const every = Array.from({ length: 256 }, (_, i) => i).filter((i) => i > 0x20 && i !== 0x7f);
const text = String.fromCharCode(...every.slice(0, 40), 0x20, 0x09, ...every.slice(40));
const octets = (source: string): Uint8Array => Uint8Array.from(source, (character) => character.charCodeAt(0));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

/** The core as it is where the platform has no latin-1 decoder of its own (`Buffer` missing: browsers), or as it is here. */
async function load(platform: 'node' | 'browser') {
  vi.resetModules();
  if (platform === 'browser') vi.stubGlobal('Buffer', undefined);
  const [{ decodeLatin1 }, { Connection }] = await Promise.all([import('../../../src/core/http1/latin1.ts'), import('../../../src/core/http1/connection.ts')]);
  return { decodeLatin1, Connection };
}

describe.each(['node', 'browser'] as const)('latin-1 as in %s', (platform) => {
  test('one code unit per octet, whatever the length', async () => {
    const { decodeLatin1 } = await load(platform);
    const all = Uint8Array.from({ length: 10_000 }, (_, i) => i % 256);
    for (const [from, to] of [[0, 0], [5, 6], [120, 132], [120, 133], [0, 256], [3, 9999]] as const) {
      expect([...decodeLatin1(all, from, to)].map((character) => character.charCodeAt(0))).toEqual([...all.subarray(from, to)]);
    }
    // Short ones are put together in several ways, by length.
    for (let length = 0; length <= 70; length += 1) {
      const from = 200 - length;
      expect([...decodeLatin1(all, from, 200)].map((character) => character.charCodeAt(0))).toEqual([...all.subarray(from, 200)]);
      expect(decodeLatin1(all, 40, 40 + length, true)).toBe(String.fromCharCode(...all.subarray(40, 40 + length)));
    }
    expect(decodeLatin1(octets('plain ASCII of some length'), 6, 26, true)).toBe('ASCII of some length');
  });

  test.each(['whole', 'octet by octet'])('RFC9110-5.5-2 obs-text in a value survives, read %s', async (how) => {
    const { Connection } = await load(platform);
    const connection = new Connection({ role: 'server' });
    const input = octets(`GET / HTTP/1.1\r\nHost: h\r\nX: ${text}\r\nY: \xe9\r\n\r\n`);
    if (how === 'whole') connection.receiveData(input);
    else for (let i = 0; i < input.length; i += 1) {
      connection.receiveData(input.subarray(i, i + 1));
      if (i < input.length - 1) connection.nextEvent();
    }
    const { headers } = connection.nextEvent() as Request;
    expect([headers.get('x'), headers.get('y')]).toEqual([text, '\xe9']);
  });
});
