/** With replay on, two runs of a snippet give the same trace, event for event; on real threads. */
import { describe, expect, test } from 'vitest';
import { examples, exampleSnippet } from '../../src/examples/index.ts';
import type { Snippet } from '../../src/snippet/schema.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { formatTrace } from '../../src/trace/format.ts';
import { rig, snippetOf, wsgi, type Rig } from './rig.ts';

/** The trace of a run in which these inputs are given, as text with every time. */
async function traceOf(snippet: Snippet, inputs: (made: Rig) => Promise<unknown>): Promise<string> {
  const made = rig();
  await made.machine.run(snippet);
  await inputs(made);
  await made.machine.stop();
  return formatTrace(made.events as TraceEvent[], { most: Infinity });
}

const both = async (snippet: Snippet, inputs: (made: Rig) => Promise<unknown> = async () => {}): Promise<string> => {
  const one = await traceOf({ ...snippet, replay: true }, inputs);
  const other = await traceOf({ ...snippet, replay: true }, inputs);
  expect(other).toBe(one);
  return one;
};

const burst = async ({ machine }: Rig): Promise<unknown> => machine.load({ count: 12, concurrency: 4, keepAlive: false, thinkMs: 0, request: new TextEncoder().encode('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n') });

describe('two runs are one', () => {
  test('of an app that asks for time and chance', async () => {
    const app = wsgi('[Date.now(), new Date().toISOString(), Math.random(), performance.now(), crypto.randomUUID()].join(" ")');
    const text = await both(snippetOf(app), async (made) => {
      await made.get('/');
      await made.get('/');
    });
    expect(text).toContain('2026-01-01T00:00:0');
    expect(text.match(/app\.call/g)).toHaveLength(2);
  });

  test('and another with another seed', async () => {
    const app = wsgi('Math.random()');
    const [one, other] = await Promise.all([1, 2].map((seed) => traceOf(snippetOf(app, { replay: true, network: { seed } }), (made) => made.get('/'))));
    expect(other).not.toBe(one);
  });

  test.each(['echo', 'http-client', 'keep-alive', 'wsgi-by-hand'])('of the programs of the example %s', async (id) => {
    const text = await both(exampleSnippet(examples.find((example) => example.id === id)!));
    expect(text).toMatch(/process\.exit .*exit code 0/);
  }, 20_000);

  test('of four workers under load', async () => {
    const text = await both(exampleSnippet(examples.find(({ id }) => id === 'counter')!), burst);
    for (const worker of ['worker-1', 'worker-2', 'worker-3', 'worker-4']) expect(text).toMatch(new RegExp(`${worker} .*app\\.call`));
  }, 20_000);

  test('of an app that waits, in a burst', async () => {
    const asgi = exampleSnippet(examples.find(({ id }) => id === 'sync-async')!);
    expect(await both({ ...asgi, server: { workerClass: 'async' } }, burst)).toMatch(/app\.call/);
  }, 20_000);

  test('over a bad network', async () => {
    await both(snippetOf(wsgi("'x'.repeat(3000)"), { network: { segmentBytes: 300, ragged: true, latencyMs: 7, jitterMs: 9, bytesPerSecond: 50_000, seed: 5 } }), async (made) => {
      await made.get('/');
      await made.get('/again');
    });
  }, 20_000);

  test('of a script that reads', async () => {
    const text = await both(snippetOf({ 'main.ts': "import { readLine } from 'porthole/process';\nfor (let line = await readLine(); line !== undefined; line = await readLine()) console.log(line, Date.now());" }, { programs: [{ name: 'main', kind: 'script', entry: 'main.ts' }] }), async ({ machine, seen }) => {
      machine.input('main', 'one\n');
      await seen((event) => event.type === 'log' && event.text.startsWith('one'));
      machine.input('main', 'two\n', true);
      await seen((event) => event.type === 'process.exit');
    });
    expect(text).toContain('exit code 0');
  });
});

test('time passes without being waited for', async () => {
  const made = rig();
  await made.run({ 'main.ts': "const began = Date.now();\nfor (let i = 0; i < 60; i++) await new Promise((resolve) => setTimeout(resolve, 1000));\nconsole.log(Math.round((Date.now() - began) / 1000));" }, { programs: [{ name: 'main', kind: 'script', entry: 'main.ts' }], replay: true });
  await made.seen((event) => event.type === 'log' && event.text === '60');
});

test('an endless loop is noticed and can be stopped', async () => {
  const made = rig();
  await made.run('for (;;);', { replay: true });
  expect(made.machine.status.state).toBe('silent');
  await made.machine.stop();
  expect(made.machine.status.state).toBe('stopped');
  await expect.poll(() => made.spawner.alive).toBe(0);
});
