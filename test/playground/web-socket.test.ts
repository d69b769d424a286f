import { describe, expect, test } from 'vitest';
import { RemoteProtocolError } from '../../src/core/http1/errors.ts';
import { WsConnection } from '../../src/core/ws/connection.ts';
import { latin1Bytes } from '../../src/client/latin1.ts';
import { inspect } from '../../src/playground/inspect.ts';
import { handshakeFor, isHandshake, maxLog, newsOf, openingOf, readable, readHex, withNews, writeHex, type WsState } from '../../src/playground/web-socket.ts';
import { wsLab } from '../../src/playground/ws-lab.ts';

describe.each(wsLab)('the malformed frame "$id"', ({ hex, close, clause }) => {
  test('is refused as it promises', () => {
    const server = new WsConnection({ role: 'server' });
    server.receiveData(readHex(hex)!);
    const read = (): void => {
      while (server.nextEvent().type !== 'need-data');
    };
    let facts: unknown;
    try {
      read();
    } catch (error) {
      if (error instanceof RemoteProtocolError) facts = error.facts();
    }
    expect(facts).toMatchObject({ status: close, clause });
  });
});

describe('how it is asked for', () => {
  const get = 'GET /chat?a=1 HTTP/1.1\r\nHost: h\r\n\r\n';

  test('for the target of a plain request, or with the bytes of a handshake', () => {
    expect(openingOf(get, { subprotocols: ['a'], compress: true })).toEqual({ target: '/chat?a=1', subprotocols: ['a'], compress: true });
    const own = handshakeFor(get);
    expect([isHandshake(get), isHandshake(own)]).toEqual([false, true]);
    expect(openingOf(own, { subprotocols: [], compress: false })).toEqual({ bytes: latin1Bytes(own) });
    expect(own).toContain('GET /chat?a=1 HTTP/1.1\r\n');
    expect(inspect(own).kind).toBe('ok');
  });
});

test('the log: phases, and no more than so many lines', () => {
  let state: WsState = { phase: 'connecting', connection: 1, log: [] };
  state = withNews(state, newsOf({ type: 'open', compressed: false, headers: [] }));
  expect(state.phase).toBe('open');
  for (let at = 0; at < maxLog; at += 1) state = withNews(state, newsOf({ type: 'message', data: String(at) }));
  expect([state.log.length, state.log[0]!.kind, state.log.at(-1)!.id]).toEqual([maxLog, 'message', maxLog + 1]);
  state = withNews(state, newsOf({ type: 'closed', code: 1000, reason: '', clean: true }));
  expect([state.phase, state.log.at(-1)]).toMatchObject(['over', { kind: 'closed', code: 1000, clean: true }]);
});

test('hexadecimal digits', () => {
  expect([readHex('48 65\n6C'), readHex(''), readHex('4'), readHex('4g')]).toEqual([Uint8Array.of(0x48, 0x65, 0x6c), new Uint8Array(), undefined, undefined]);
  expect(writeHex(Uint8Array.of(0, 255))).toBe('00 ff');
  expect([readable(latin1Bytes('h\xc3\xa9\n')), readable(Uint8Array.of(0, 1)), readable(Uint8Array.of(0xff))]).toEqual(['hé\n', undefined, undefined]);
});
