/** WebSockets that the page opens through the machine. */
import { describe, expect, test } from 'vitest';
import type { Machine, WebSocketEvent, WebSocketRequest, WebSocketSession } from '../../src/machine/types.ts';
import { rig, wsgi } from './rig.ts';

/** A WebSocket, what it has told, and a wait for the next event of a kind. */
function opened(machine: Machine, request: WebSocketRequest) {
  const events: WebSocketEvent[] = [];
  const watchers = new Set<() => void>();
  const session: WebSocketSession = machine.openWebSocket(request, (event) => {
    events.push(event);
    for (const watcher of [...watchers]) watcher();
  });
  const next = <T extends WebSocketEvent['type']>(type: T): Promise<Extract<WebSocketEvent, { type: T }>> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = events.find((event) => event.type === type);
        if (!found) return;
        watchers.delete(look);
        events.splice(events.indexOf(found), 1);
        resolve(found as Extract<WebSocketEvent, { type: T }>);
      };
      watchers.add(look);
      look();
    });
  return { session, events, next };
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a WebSocket that does not come about', () => {
  test('nothing runs', async () => {
    const { session, next, events } = opened(rig().machine, { target: '/' });
    expect([session.connection, session.state, events.length]).toEqual([0, 'CLOSED', 0]);
    expect(await next('closed')).toEqual({ type: 'closed', code: 1006, reason: '', clean: false, message: 'Nothing is running.' });
    expect(session.send({ type: 'text', text: 'x' })).toMatchObject({ code: 'ws-not-open' });
  });

  test('a handshake that cannot be written', async () => {
    const { machine, run } = rig();
    await run(wsgi('1'));
    const { session, next } = opened(machine, { target: '/ two words' });
    expect(session.state).toBe('CLOSED');
    expect(await next('closed')).toMatchObject({ code: 1006, error: { code: 'local-bad-target' } });
  });

  test('a handshake of one\'s own that the server refuses', async () => {
    const { machine, run } = rig();
    await run(wsgi('1'));
    const { session, next } = opened(machine, { bytes: ascii('GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n') });
    const rejected = await next('rejected');
    expect(rejected).toMatchObject({ status: 400, error: { code: 'ws-not-101' } });
    expect(new TextDecoder().decode(rejected.body)).toContain('RFC9112-3.2-6');
    expect(session.state).toBe('CLOSED');
  });

  test('the server is stopped', async () => {
    const { machine, run } = rig();
    await run(wsgi('(() => { for (;;); })()'));
    const { next } = opened(machine, { target: '/' });
    await machine.stop();
    expect(await next('closed')).toMatchObject({ code: 1006, message: 'The server was stopped.' });
  });

  test('it is disconnected before it is open', async () => {
    const { machine, run } = rig();
    await run(wsgi('(() => { for (;;); })()'));
    const { session, next } = opened(machine, { target: '/' });
    machine.disconnect(session.connection, 'reset');
    expect(await next('closed')).toMatchObject({ code: 1006, message: 'The connection was reset from this side.' });
  });
});

const echo = `
export const app = async (scope: any, receive: any, send: any) => {
  if (scope.type !== 'websocket') return;
  await receive();
  if (scope.path === '/no') return send({ type: 'websocket.close' });
  await send({ type: 'websocket.accept', subprotocol: scope.subprotocols[0] ?? null });
  for (;;) {
    const event = await receive();
    if (event.type !== 'websocket.receive') return;
    await send({ type: 'websocket.send', text: event.text, bytes: event.bytes });
  }
};
`;

describe('a WebSocket', () => {
  test('text, bytes, a ping, and the close; both ends of each frame are in the trace, at the same octets', async () => {
    const { machine, run, seen } = rig();
    await run(echo);
    const { session, next } = opened(machine, { target: '/chat?a=1', subprotocols: ['one'], headers: [['Origin', 'http://page']] });
    expect(session.state).toBe('CONNECTING');
    expect(await next('open')).toMatchObject({ subprotocol: 'one', compressed: false });
    expect(session.state).toBe('OPEN');
    expect(session.send({ type: 'text', text: 'hé' })).toBeUndefined();
    const sent = await next('frame');
    expect(sent).toMatchObject({ direction: 'sent', opcode: 'text', fin: true, masked: true, length: 3 });
    expect(await next('message')).toEqual({ type: 'message', data: 'hé' });
    expect(await next('frame')).toMatchObject({ direction: 'received', opcode: 'text', masked: false, length: 3 });
    for (const process of ['client', 'worker-1']) {
      expect(await seen((event) => event.type === 'ws.frame' && event.process === process && event.stream === 'c2s')).toMatchObject({ connection: session.connection, span: sent.span });
    }
    session.send({ type: 'binary', bytes: Uint8Array.of(1, 2) });
    expect((await next('message')).data).toEqual(Uint8Array.of(1, 2));
    session.send({ type: 'ping', payload: ascii('x') });
    expect(await next('pong')).toMatchObject({ payload: ascii('x') });
    expect(session.send({ type: 'close', code: 1006, reason: '' })).toMatchObject({ code: 'ws-bad-close-code', clause: 'RFC6455-7.4-CODE' });
    session.send({ type: 'close', code: 3000, reason: 'done' });
    expect(session.state).toBe('CLOSING');
    expect(await next('closed')).toEqual({ type: 'closed', code: 3000, reason: '', clean: true });
    expect(session.send({ type: 'raw', bytes: ascii('x') })).toMatchObject({ code: 'ws-not-open' });
    expect(await seen((event) => event.type === 'gateway.scope')).toMatchObject({ entries: expect.arrayContaining([expect.objectContaining({ key: 'subprotocols', value: '["one"]' })]) });
  });

  test('compressed', async () => {
    const { machine, run } = rig();
    await run(echo);
    const { session, next } = opened(machine, { target: '/', compress: true });
    expect(await next('open')).toMatchObject({ compressed: true });
    session.send({ type: 'text', text: 'ab'.repeat(5000) });
    expect(await next('frame')).toMatchObject({ compressed: true });
    expect((await next('message')).data).toBe('ab'.repeat(5000));
  });

  test('a handshake of one\'s own, and a frame of one\'s own that breaks a rule', async () => {
    const { machine, run, seen } = rig();
    await run(echo);
    const { session, next } = opened(machine, { bytes: ascii('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n') });
    await next('open');
    expect(session.send({ type: 'raw', bytes: Uint8Array.of(0x81, 0x01, 0x41) })).toBeUndefined();
    expect(await next('closed')).toMatchObject({ code: 1002, reason: 'A frame from the client is not masked.' });
    expect(await seen((event) => event.type === 'ws.error')).toMatchObject({ process: 'worker-1', code: 'ws-unmasked', clause: 'RFC6455-5.1-CLIENT-MASKS' });
  });

  test('a handshake of the wrong version', async () => {
    const { machine, run } = rig();
    await run(echo);
    const { next } = opened(machine, { bytes: ascii('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n') });
    const rejected = await next('rejected');
    expect(rejected).toMatchObject({ status: 426, headers: expect.arrayContaining([['Sec-WebSocket-Version', '13']]) });
    expect(new TextDecoder().decode(rejected.body)).toContain('RFC6455-4.4-VERSION');
  });

  test('refused by the application', async () => {
    const { machine, run } = rig();
    await run(echo);
    expect(await opened(machine, { target: '/no' }).next('rejected')).toMatchObject({ status: 403, error: { code: 'ws-not-101' } });
  });

  test('a WSGI application answers as it does to any request', async () => {
    const { machine, run } = rig();
    await run(wsgi('environ.PATH_INFO'));
    const rejected = await opened(machine, { target: '/chat' }).next('rejected');
    expect([rejected.status, new TextDecoder().decode(rejected.body)]).toEqual([200, '/chat']);
  });

  test('closed by disconnect: the closing handshake', async () => {
    const { machine, run } = rig();
    await run(echo);
    const { session, next } = opened(machine, { target: '/' });
    await next('open');
    machine.disconnect(session.connection, 'close');
    expect(await next('closed')).toMatchObject({ code: 1000, clean: true });
  });

  test('Stop ends it with 1012, or at once where the process is silent', async () => {
    const { machine, run } = rig();
    await run(echo);
    const polite = opened(machine, { target: '/' });
    await polite.next('open');
    await machine.stop();
    expect(await polite.next('closed')).toMatchObject({ code: 1012 });
    // It says so in the same turn in which it goes into its loop. A text sent to it would not do: Stop travels by another port, and may come first.
    await run(echo.replace('const event = await receive();', "void send({ type: 'websocket.send', text: 'stuck' }); for (;;);"));
    const stuck = opened(machine, { target: '/' });
    expect((await stuck.next('message')).data).toBe('stuck');
    await machine.stop();
    expect(await stuck.next('closed')).toMatchObject({ code: 1006, message: 'The server was stopped.' });
  });
});
