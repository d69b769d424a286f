/** The settings of the network, on the connections of real processes. */
import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../src/machine/network-shape.ts';
import type { SnippetNetwork } from '../../src/snippet/schema.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { bodyOf, rig, wsgi, type Rig } from './rig.ts';

/** Lengths of the segments that a process received, or sent. */
const segments = (events: readonly TraceEvent[], process: string, flow: 'recv' | 'send'): number[] =>
  events.flatMap((event) => (event.type === 'socket.data' && event.process === process && event.flow === flow ? [event.bytes.length] : []));

async function ask(network: SnippetNetwork, app = wsgi("'x'.repeat(50)")): Promise<Rig & { answer: string }> {
  const made = rig();
  await made.run(app, { network });
  return { ...made, answer: bodyOf(await made.get('/')) };
}

test('without settings nothing is in the way', () => {
  expect(shapeOf({})).toBeUndefined();
  expect(shapeOf({ seed: 3, ragged: true, cut: 'silence', latencyMs: 0 })).toBeUndefined();
  expect(shapeOf({ latencyMs: 1, bytesPerSecond: 9, readBytesPerSecond: 5 })).toEqual({ send: { latencyMs: 1, bytesPerSecond: 9 }, receive: { latencyMs: 1, bytesPerSecond: 5 } });
});

describe('settings', () => {
  test('segments', async () => {
    const { events, answer } = await ask({ segmentBytes: 10 });
    expect(answer).toBe('x'.repeat(50));
    const got = segments(events, 'worker-1', 'recv');
    expect(got.slice(0, -1).every((length) => length === 10)).toBe(true);
    expect(Math.max(...segments(events, 'client', 'recv'))).toBe(10);
  });

  test('ragged segments: the same with the same seed, others with another', async () => {
    const run = async (seed: number): Promise<number[]> => segments((await ask({ segmentBytes: 12, ragged: true, seed })).events, 'worker-1', 'recv');
    const [one, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  test('latency', async () => {
    const made = rig();
    await made.run(wsgi('1'), { network: { latencyMs: 40 } });
    const { ms } = await made.get('/');
    expect(ms).toBeGreaterThanOrEqual(79);
  });

  test('a connection that is lost', async () => {
    const { answer, seen } = await ask({ cutAfterBytes: 20 });
    expect(answer).toMatch(/^reset: /);
    await seen((event) => event.type === 'socket.close' && event.process === 'worker-1' && event.reason.includes('ECONNRESET'));
  });

  test('a slow reader: the sender is held up, and it is in the trace', async () => {
    const app = `export const app = async (scope: any, receive: any, send: any) => {
  if (scope.type !== 'http') return;
  await send({ type: 'http.response.start', status: 200, headers: [] });
  for (let i = 0; i < 40; i++) await send({ type: 'http.response.body', body: new Uint8Array(20_000), more_body: i < 39 });
};`;
    const made = rig();
    await made.run(app, { network: { readBytesPerSecond: 2_000_000 } });
    const { response } = await made.get('/');
    expect(response?.body.length).toBe(800_000);
    const pressure = made.events.flatMap((event) => (event.type === 'socket.pressure' && event.process === 'worker-1' ? [event.state] : []));
    expect(pressure.slice(0, 2)).toEqual(['full', 'drained']);
  });

  test('scripts are subject to them, too', async () => {
    const made = rig();
    await made.run({
      'server.ts': "import { socket } from 'porthole/socket';\nconst l = socket(); await l.bind(['', 7000]); await l.listen();\nconst [c] = await l.accept();\nfor (let b = await c.recv(100); b.length > 0; b = await c.recv(100)) console.log(b.length);",
      'client.ts': "import { socket } from 'porthole/socket';\nconst s = socket(); await s.connect(['127.0.0.1', 7000]); await s.sendall('x'.repeat(25)); s.close();",
    }, { programs: [{ name: 'server', kind: 'script', entry: 'server.ts' }, { name: 'client', kind: 'script', entry: 'client.ts' }], network: { segmentBytes: 10, latencyMs: 5, jitterMs: 3 } });
    await made.seen((event) => event.type === 'process.exit' && event.detail.startsWith('server'));
    expect(made.logs().map(Number).reduce((sum, length) => sum + length, 0)).toBe(25);
    expect(Math.max(...made.logs().map(Number))).toBeLessThanOrEqual(25);
  });
});

test('any connection can be cut, those between scripts in the middle', async () => {
  const made = rig();
  const wait = 'for (;;) { try { await s.recv(10); } catch (error) { console.log((error as any).code); break; } }';
  await made.run({
    'server.ts': `import { socket } from 'porthole/socket';\nconst l = socket(); await l.bind(['', 7000]); await l.listen();\nconst [s] = await l.accept();\nconsole.log('here');\n${wait}`,
    'client.ts': `import { socket } from 'porthole/socket';\nconst s = socket(); await s.connect(['127.0.0.1', 7000]);\n${wait}`,
  }, { programs: [{ name: 'server', kind: 'script', entry: 'server.ts' }, { name: 'client', kind: 'script', entry: 'client.ts' }] });
  await made.seen((event) => event.type === 'log' && event.text === 'here');
  made.machine.disconnect(1, 'reset');
  for (const name of ['server', 'client-1']) await made.seen((event) => event.type === 'log' && event.process === name && event.text === 'ECONNRESET');
});
