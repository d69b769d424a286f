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
