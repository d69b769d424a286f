import { describe, expect, test } from 'vitest';
import { Lifespan, LifespanError } from '../../src/gateway/asgi/lifespan.ts';
import type { AsgiApp, AsgiReceiveEvent, AsgiSendEvent } from '../../src/gateway/asgi/types.ts';
import { recordingTracer } from '../helpers/trace.ts';
import { get, harness } from '../server/harness.ts';
import { encode } from '../helpers/apps.ts';

/** A lifespan with what it tells. */
function start(app: AsgiApp, mode: 'auto' | 'on' | 'off' = 'auto'): { readonly lifespan: Lifespan; readonly log: string[]; trace(): string[] } {
  const log: string[] = [];
  const recording = recordingTracer();
  const lifespan = new Lifespan({ app, mode, tracer: recording.tracer, log: (level, text) => log.push(`${level}: ${text.split('\n')[0]}`) });
  return {
    lifespan, log,
    trace: () => recording.events.map((event) => (event.type === 'app.message' ? `${event.direction} ${event.message}` : event.type === 'app.error' ? `${event.type} ${event.stage} ${event.message}` : event.type)),
  };
}

/** An application that answers each lifespan event as it is told. */
const answering = (answers: Partial<Record<AsgiReceiveEvent['type'], AsgiSendEvent | Error>>): AsgiApp => async (_scope, receive, send) => {
  for (;;) {
    const { type } = await receive();
    const answer = answers[type];
    if (answer instanceof Error) throw answer;
    if (answer !== undefined) await send(answer);
    if (type === 'lifespan.shutdown') return;
  }
};
const decent = answering({ 'lifespan.startup': { type: 'lifespan.startup.complete' }, 'lifespan.shutdown': { type: 'lifespan.shutdown.complete' } });

describe('startup', () => {
  test('ASGI-lifespan-2: the server waits for lifespan.startup.complete', async () => {
    let complete!: () => void;
    const begun = new Promise<void>((resolve) => { complete = resolve; });
    const { lifespan, trace } = start(async (_scope, receive, send) => {
      await receive();
      await begun;
      await send({ type: 'lifespan.startup.complete' });
      await receive();
    });
    let done = false;
    const startup = lifespan.startup().then(() => { done = true; });
    await new Promise(setImmediate);
    expect(done).toBe(false);
    complete();
    await startup;
    expect(trace()).toEqual(['receive lifespan.startup', 'send lifespan.startup.complete']);
  });

  test.each(['auto', 'on'] as const)('ASGI-lifespan-3: lifespan.startup.failed is fatal (%s)', async (mode) => {
    const { lifespan } = start(answering({ 'lifespan.startup': { type: 'lifespan.startup.failed', message: 'no database' } }), mode);
    await expect(lifespan.startup()).rejects.toThrow(new LifespanError("The application's startup failed: no database"));
  });

  test.each([
    ['throws', async () => { throw new TypeError('lifespan? http only'); }],
    ['throws at once', () => { throw new TypeError('lifespan? http only'); }],
    ['throws when it gets lifespan.startup', answering({ 'lifespan.startup': new Error('not today') })],
    ['returns', async () => {}],
  ] as [string, AsgiApp][])('ASGI-lifespan-1: an application that %s has no lifespan, and the server goes on', async (_what, app) => {
    const { lifespan, log } = start(app);
    await lifespan.startup();
    expect(log).toEqual([expect.stringMatching(/^info: The application does not support lifespan: it (threw|returned)/)]);
    expect(lifespan.state).toBeUndefined();
    await lifespan.shutdown();
  });

  test('ASGI-lifespan-1: unless it must have one', async () => {
    await expect(start(async () => { throw new TypeError('http only'); }, 'on').lifespan.startup()).rejects.toThrow(/does not support lifespan, which is required: it threw TypeError: http only/);
    await expect(start(async () => {}, 'on').lifespan.startup()).rejects.toThrow(LifespanError);
  });

  test('off: the application is not called', async () => {
    let called = false;
    const { lifespan } = start(async () => { called = true; }, 'off');
    await lifespan.startup();
    await lifespan.shutdown();
    expect(called).toBe(false);
  });

  test('ASGI-app-3: a message that is not an answer is refused', async () => {
    const codes: unknown[] = [];
    const { lifespan, trace } = start(async (_scope, receive, send) => {
      await receive();
      await send({ type: 'lifspan.startup.complete' as 'lifespan.startup.complete' }).catch((error: { code: string }) => codes.push(error.code));
      await send({ type: 'lifespan.startup.complete' });
      await send({ type: 'lifespan.startup.complete' }).catch((error: { code: string }) => codes.push(error.code));
      await receive();
    });
    await lifespan.startup();
    await new Promise(setImmediate);
    expect(codes).toEqual(['lifespan-order', 'lifespan-order']);
    expect(trace().filter((line) => line === 'app.violation').length).toBe(2);
  });
});

describe('shutdown', () => {
  test('ASGI-lifespan-4: the server waits for the answer', async () => {
    const { lifespan, trace, log } = start(decent);
    await lifespan.startup();
    await lifespan.shutdown();
    await lifespan.shutdown();
    expect(trace()).toEqual(['receive lifespan.startup', 'send lifespan.startup.complete', 'receive lifespan.shutdown', 'send lifespan.shutdown.complete']);
    expect(log).toEqual([]);
  });

  test('ASGI-lifespan-4: what goes wrong is logged, and the server ends all the same', async () => {
    const failed = start(answering({ 'lifespan.startup': { type: 'lifespan.startup.complete' }, 'lifespan.shutdown': { type: 'lifespan.shutdown.failed', message: 'busy' } }));
    await failed.lifespan.startup();
    await failed.lifespan.shutdown();
    expect(failed.log).toEqual(["error: The application's shutdown failed: busy"]);
    const threw = start(answering({ 'lifespan.startup': { type: 'lifespan.startup.complete' }, 'lifespan.shutdown': new Error('boom') }));
    await threw.lifespan.startup();
    await threw.lifespan.shutdown();
    expect(threw.trace()).toContain('app.error lifespan boom');
  });

  test('an application that ended before hears of no shutdown; an error is told', async () => {
    const { lifespan, log } = start(async (_scope, receive, send) => {
      await receive();
      await send({ type: 'lifespan.startup.complete' });
      throw new Error('gone');
    });
    await lifespan.startup();
    await new Promise(setImmediate);
    await lifespan.shutdown();
    expect(log).toEqual(["error: Error in the application's lifespan"]);
  });
});

test('ASGI-lifespan-5 and ASGI-scope-8: each request gets a shallow copy of state', async () => {
  const seen: unknown[] = [];
  const shared = { count: 0 };
  const app: AsgiApp = async (scope, receive, send) => {
    if (scope.type === 'lifespan') {
      Object.assign(scope.state!, { shared, own: 1 });
      return decent(scope, receive, send);
    }
    const state = scope.state as { shared: { count: number }; own: number };
    state.shared.count += 1;
    state.own += 1;
    seen.push({ shared: state.shared.count, own: state.own });
    await send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body', body: encode('x') });
  };
  const { server, connect } = harness(app, { lifespan: 'on' });
  await server.startup();
  const peer = connect();
  await peer.send(get() + get());
  expect(seen).toEqual([{ shared: 1, own: 2 }, { shared: 2, own: 2 }]);
  peer.socket.end();
  await server.shutdown(0);
});

test('ASGI-lifespan-1: without a lifespan there is no state', async () => {
  let state: unknown = 'unset';
  const { server, connect } = harness((async (scope, _receive, send) => {
    if (scope.type !== 'http') throw new TypeError('http only');
    state = scope.state;
    await send({ type: 'http.response.start', status: 200 });
    await send({ type: 'http.response.body' });
  }) as AsgiApp, { lifespan: 'auto' });
  await server.startup();
  await connect().send(get());
  expect(state).toBeUndefined();
});
