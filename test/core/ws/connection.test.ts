import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LocalProtocolError, RemoteProtocolError } from '../../../src/core/http1/errors.ts';
import { WsConnection, type WsConnectionOptions } from '../../../src/core/ws/connection.ts';
import type { WsReceivedEvent, WsSentEvent } from '../../../src/core/ws/events.ts';
import { writeFrame } from '../../../src/core/ws/frames.ts';
import type { TraceInput } from '../../../src/trace/events.ts';
import type { Tracer } from '../../../src/trace/tracer.ts';

const maskKey = (): Uint8Array => Uint8Array.of(1, 2, 3, 4);
const server = (options: Partial<WsConnectionOptions> = {}): WsConnection => new WsConnection({ role: 'server', ...options });
const client = (options: Partial<WsConnectionOptions> = {}): WsConnection => new WsConnection({ role: 'client', maskKey, ...options });

function events(connection: WsConnection): WsReceivedEvent[] {
  const all: WsReceivedEvent[] = [];
  for (let event = connection.nextEvent(); event.type !== 'need-data'; event = connection.nextEvent()) all.push(event);
  return all;
}

const codeOf = (action: () => unknown): string | undefined => {
  try {
    action();
  } catch (error) {
    if (error instanceof LocalProtocolError || error instanceof RemoteProtocolError) return error.code;
    throw error;
  }
  return undefined;
};

describe('closing handshake', () => {
  test('RFC6455-7.1.2 the client begins: each side sends one Close, then both are CLOSED', () => {
    const [us, them] = [client(), server()];
    them.receiveData(us.send({ type: 'close', code: 1000, reason: 'done' }));
    expect(us.state).toBe('CLOSE_SENT');
    expect(events(them)).toMatchObject([{ type: 'close', code: 1000, reason: 'done' }]);
    expect(them.state).toBe('CLOSE_RECEIVED');
    us.receiveData(them.send({ type: 'close', code: 1000, reason: '' }));
    expect(events(us)).toMatchObject([{ type: 'close', code: 1000 }]);
    expect([us.state, them.state]).toEqual(['CLOSED', 'CLOSED']);
    us.receiveEof();
    expect(events(us)).toEqual([{ type: 'ended', clean: true }]);
  });

  test('RFC6455-5.5.1-REPLY a Close is answered with one, and the message under way may be finished first', () => {
    const [us, them] = [server(), client()];
    us.receiveData(them.send({ type: 'close', code: 1001, reason: 'going' }));
    expect(events(us)).toMatchObject([{ type: 'close', code: 1001 }]);
    them.receiveData(us.send({ type: 'text', text: 'the rest' }));
    them.receiveData(us.send({ type: 'close', code: 1001, reason: '' }));
    expect(events(them)).toMatchObject([{ type: 'text', text: 'the rest' }, { type: 'close', code: 1001 }]);
    expect([us.state, them.state]).toEqual(['CLOSED', 'CLOSED']);
    expect(codeOf(() => us.send({ type: 'close', code: 1001, reason: '' }))).toBe('ws-closed');
  });

  test('RFC6455-5.5.1-NO-MORE-DATA nothing is sent after a Close, and a refused send changes nothing', () => {
    const us = server();
    us.send({ type: 'close', code: 1000, reason: '' });
    for (const event of [{ type: 'text', text: 'x' }, { type: 'ping', payload: new Uint8Array() }, { type: 'close', code: 1000, reason: '' }] as WsSentEvent[]) {
      expect(codeOf(() => us.send(event))).toBe('ws-closed');
    }
    expect(us.state).toBe('CLOSE_SENT');
  });

  test('RFC6455-1.4 data that was under way when we closed is still delivered', () => {
    const [us, them] = [server(), client()];
    us.send({ type: 'close', code: 1001, reason: '' });
    us.receiveData(them.send({ type: 'text', text: 'late' }));
    expect(events(us)).toMatchObject([{ type: 'text', text: 'late' }]);
  });

  test('RFC6455-7.1.7 after an error what came before may be answered, and one Close sent; every further nextEvent throws the same error', () => {
    const us = server();
    us.receiveData(Uint8Array.of(0x83, 0x80, 0, 0, 0, 0));
    const first = codeOf(() => us.nextEvent());
    expect([first, codeOf(() => us.nextEvent())]).toEqual(['ws-reserved-opcode', 'ws-reserved-opcode']);
    expect(us.send({ type: 'text', text: 'x' })).toEqual(Uint8Array.of(0x81, 1, 120));
    expect(us.send({ type: 'close', code: 1002, reason: '' })).toEqual(Uint8Array.of(0x88, 2, 0x03, 0xea));
    expect(us.state).toBe('CLOSED');
    expect(codeOf(() => us.send({ type: 'text', text: 'x' }))).toBe('ws-closed');
  });

  test('RFC6455-7.4-CODE we refuse to send codes that must not be sent', () => {
    for (const code of [0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 1000.5]) expect(codeOf(() => server().send({ type: 'close', code, reason: '' })), String(code)).toBe('ws-bad-close-code');
    expect(server().send({ type: 'close', code: 1005, reason: 'ignored without a code' })).toEqual(Uint8Array.of(0x88, 0));
  });

  test('RFC6455-5.5-CONTROL-FRAME a reason of 124 octets does not fit, nor a ping of 126', () => {
    expect(codeOf(() => server().send({ type: 'close', code: 1000, reason: 'x'.repeat(124) }))).toBe('ws-control-too-long');
    expect(codeOf(() => server().send({ type: 'ping', payload: new Uint8Array(126) }))).toBe('ws-control-too-long');
    expect(server().send({ type: 'close', code: 1000, reason: 'x'.repeat(123) }).length).toBe(127);
  });
});

test('RFC6455-7.4-CODE which codes are understood in a Close frame, of all that there are', () => {
  const understood = Array.from({ length: 65_536 }, (_, code) => code).filter((code) => {
    const us = client();
    us.receiveData(Uint8Array.of(0x88, 2, code >> 8, code & 0xff));
    return codeOf(() => us.nextEvent()) !== 'ws-bad-close-code';
  });
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  expect(understood).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
});

describe('limits', () => {
  test('RFC6455-10.4 a peer that announces much and sends little makes us hold little', () => {
    const us = server({ maxMessageBytes: 64 * 1024 * 1024 });
    us.receiveData(Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0x03, 0xff, 0xff, 0xff, 0, 0, 0, 0, 7));
    expect(us.bufferedBytes).toBe(1);
  });

  test('a small message that inflates beyond the limit is refused at the limit (RFC7692 §8, "zip bomb")', () => {
    const deflate = { serverMaxWindowBits: 15, clientMaxWindowBits: 15, serverNoContextTakeover: false, clientNoContextTakeover: false };
    const bomb = client({ deflate, maxMessageBytes: Infinity }).send({ type: 'binary', bytes: new Uint8Array(50_000_000) });
    expect(bomb.length).toBeLessThan(60_000);
    const us = server({ deflate, maxMessageBytes: 1_000_000 });
    us.receiveData(bomb);
    expect(codeOf(() => us.nextEvent())).toBe('ws-message-too-big');
  });
});

test('a client cannot be made without masking keys (RFC6455-5.1-CLIENT-MASKS)', () => {
  expect(() => new WsConnection({ role: 'client' })).toThrow(/maskKey/);
});

test('the trace covers every octet of every frame once, in both directions', () => {
  const tokens: [string, number, number][] = [];
  const emitted: TraceInput[] = [];
  const tracer: Tracer = { enabled: true, clock: 0, witness() {}, emit: (event) => void emitted.push(event), token: (token, _c, _e, stream, start, end) => void tokens.push([`${stream} ${token}`, start, end]) };
  const [us, them] = [server({ tracer, receivedOffset: 100, sentOffset: 50 }), client()];
  us.receiveData(them.send({ type: 'text', text: 'Hello' }));
  us.send({ type: 'binary', bytes: new Uint8Array(3) });
  expect(tokens).toEqual([
    ['c2s ws-header', 100, 102], ['c2s ws-mask', 102, 106], ['c2s ws-payload', 106, 111],
    ['s2c ws-header', 50, 52], ['s2c ws-payload', 52, 55],
  ]);
  expect(emitted.map((event) => event.type)).toEqual(['ws.frame', 'ws.message', 'ws.frame']);
});

describe('properties', () => {
  const message = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text: fc.string({ unit: 'binary', maxLength: 2000 }) }),
    fc.record({ type: fc.constant('binary' as const), bytes: fc.uint8Array({ maxLength: 2000 }) }),
    fc.record({ type: fc.constant('ping' as const), payload: fc.uint8Array({ maxLength: 125 }) }),
  );
  const parameters = fc.record({ serverMaxWindowBits: fc.integer({ min: 9, max: 15 }), clientMaxWindowBits: fc.integer({ min: 8, max: 15 }), serverNoContextTakeover: fc.boolean(), clientNoContextTakeover: fc.boolean() });

  test('what one end sends is what the other receives, however it is cut, compressed or not', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.option(parameters, { nil: undefined }), fc.boolean(), fc.integer({ min: 1, max: 700 }), (messages, deflate, fromServer, step) => {
        const options = { deflateThreshold: 0, ...(deflate ? { deflate } : {}) };
        const [from, to] = fromServer ? [server(options), client(options)] : [client(options), server(options)];
        const received: WsReceivedEvent[] = [];
        for (const one of messages) {
          const bytes = from.send(one);
          for (let at = 0; at < bytes.length; at += step) {
            to.receiveData(bytes.subarray(at, at + step));
            received.push(...events(to));
          }
        }
        expect(received.map(({ span: _span, ...rest }: WsReceivedEvent & { span?: unknown }) => rest)).toEqual(messages);
        expect(to.bufferedBytes).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('RFC6455-8.1 a text is refused where TextDecoder refuses it, however it is fragmented', () => {
    const edges = ['\0', '\x7f', '\x80', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\ufeff', '\uffff', '\u{10000}', '\u{10ffff}'].map((character) => new TextEncoder().encode(character));
    const octets = fc.array(fc.oneof(fc.constantFrom(...edges), fc.constantFrom(...edges).map((bytes) => bytes.subarray(0, -1)), fc.uint8Array({ maxLength: 3 })), { maxLength: 6 }).map((parts) => parts.map((part) => [...part]).flat());
    let refused = 0;
    fc.assert(
      fc.property(octets, fc.nat(20), fc.boolean(), (bytes, cut, fromServer) => {
        const us = fromServer ? client() : server();
        const mask = fromServer ? {} : { mask: maskKey() };
        const [first, rest] = [writeFrame({ opcode: 'text', payload: Uint8Array.from(bytes.slice(0, cut)), ...mask }), writeFrame({ opcode: 'continuation', payload: Uint8Array.from(bytes.slice(cut)), ...mask })];
        first[0]! &= 0x7f;
        us.receiveData(first);
        us.receiveData(rest);
        let text: string | undefined;
        try {
          text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
        } catch {
          refused += 1;
        }
        if (text === undefined) expect(codeOf(() => us.nextEvent())).toBe('ws-invalid-utf8');
        else expect(us.nextEvent()).toMatchObject({ type: 'text', text });
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(900);
  });

  test('any octets at all: events or RemoteProtocolError, nothing else, and never more held than the limit', () => {
    const frames = fc.array(fc.record({ first: fc.integer({ min: 0, max: 255 }), payload: fc.uint8Array({ maxLength: 40 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(frames, fc.uint8Array({ maxLength: 30 }), fc.boolean(), (parts, junk, compress) => {
        const us = server({ maxMessageBytes: 60, ...(compress ? { deflate: { serverMaxWindowBits: 15, clientMaxWindowBits: 15, serverNoContextTakeover: false, clientNoContextTakeover: false } } : {}) });
        const input = [...parts.map(({ first, payload }) => {
          const frame = writeFrame({ opcode: 'text', payload, mask: maskKey() });
          frame[0] = first;
          return frame;
        }), junk];
        for (const bytes of input) {
          us.receiveData(bytes);
          expect(us.bufferedBytes).toBeLessThanOrEqual(60 * (parts.length + 1));
          try {
            events(us);
          } catch (error) {
            expect(error).toBeInstanceOf(RemoteProtocolError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
