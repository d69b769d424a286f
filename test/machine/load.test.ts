/** Bursts, workers and what the arbiter does with them, on real processes. */
import { describe, expect, test } from 'vitest';
import type { LoadPlan, LoadReport } from '../../src/machine/load-types.ts';
import { bodyOf, rig, snippetOf, wsgi } from './rig.ts';

const request = new TextEncoder().encode('GET / HTTP/1.1\r\nHost: test\r\n\r\n');
const plan = (more: Partial<LoadPlan> = {}): LoadPlan => ({ count: 8, concurrency: 4, keepAlive: false, thinkMs: 0, request, ...more });

/** Most requests that were being served at one moment. */
const atOnce = ({ requests }: LoadReport, process?: string): number => {
  const served = requests.filter((one) => one.startedAt !== undefined && (process === undefined || one.process === process));
  return Math.max(...served.map(({ startedAt }) => served.filter((other) => other.startedAt! <= startedAt! && startedAt! < other.servedAt!).length));
};

const slowWsgi = wsgi('1').replace('startResponse(', 'const until = Date.now() + 30; while (Date.now() < until); startResponse(');
const slowAsgi = `export const app = async (scope: any, receive: any, send: any) => {
  if (scope.type !== 'http') return;
  await new Promise((resolve) => setTimeout(resolve, 60));
  await send({ type: 'http.response.start', status: 200, headers: [] });
  await send({ type: 'http.response.body', body: new TextEncoder().encode('ok') });
};`;

describe('a burst', () => {
  test('is measured request by request, in order', async () => {
    const { run, machine } = rig();
    await run(wsgi('1'));
    let progress = 0;
    const report = await machine.load(plan(), (answered) => (progress = answered));
    expect(progress).toBe(8);
    expect(report.requests.map(({ index, status, exchange, process }) => [index, status, exchange, process])).toEqual(Array.from({ length: 8 }, (_, index) => [index, 200, 1, 'worker-1']));
    expect(new Set(report.requests.map(({ connection }) => connection)).size).toBe(8);
    for (const { queuedAt, acceptedAt, startedAt, servedAt, endedAt } of report.requests) {
      const times = [queuedAt, acceptedAt, startedAt, servedAt, endedAt];
      expect(times).toEqual(times.toSorted((a, b) => a! - b!));
    }
    expect(report.ms).toBe(Math.max(...report.requests.map(({ endedAt }) => endedAt)));
    expect(report.processes).toEqual(['worker-1']);
  });

  test('keeps its connections, one for each client, if it is to', async () => {
    const { run, machine } = rig();
    await run(wsgi('1'));
    const { requests } = await machine.load(plan({ keepAlive: true, count: 9, concurrency: 3 }));
    expect(new Set(requests.map(({ connection }) => connection)).size).toBe(3);
    expect(Math.max(...requests.map(({ exchange }) => exchange))).toBeGreaterThan(1);
    for (const client of [0, 1, 2]) expect(new Set(requests.filter((one) => one.client === client).map(({ connection }) => connection)).size).toBe(1);
  });

  test('one sync worker serves one request at a time; two serve two', async () => {
    const { run, machine } = rig();
    await run(slowWsgi, { server: { workerClass: 'sync' } });
    expect(atOnce(await machine.load(plan()))).toBe(1);
    await run(slowWsgi, { server: { workerClass: 'sync', workers: 2 } });
    const two = await machine.load(plan({ count: 12 }));
    expect(new Set(two.requests.map(({ process }) => process))).toEqual(new Set(['worker-1', 'worker-2']));
    for (const process of two.processes) expect(atOnce(two, process)).toBe(1);
  });

  test('one async worker serves many at a time', async () => {
    const { run, machine } = rig();
    await run(slowAsgi, { server: { workerClass: 'async' } });
    expect(atOnce(await machine.load(plan()))).toBe(4);
    await run(slowAsgi, { server: { workerClass: 'sync' } });
    expect(atOnce(await machine.load(plan()))).toBe(1);
  });

  test('failures are told', async () => {
    const { run, machine } = rig();
    await run({ 'main.ts': 'await new Promise((resolve) => setTimeout(resolve, 5000));' }, { programs: [{ name: 'main', kind: 'script', entry: 'main.ts' }] });
    const { requests } = await machine.load(plan({ count: 3 }));
    expect(requests.map(({ failure, status, process }) => [failure, status, process])).toEqual(Array.from({ length: 3 }, () => ['connect: ECONNREFUSED: nobody listens at 127.0.0.1:8000', undefined, undefined]));
  });

  test('stop ends it', async () => {
    const { run, machine } = rig();
    await run(slowWsgi, { server: { workerClass: 'sync' } });
    const loading = machine.load(plan({ count: 2000, concurrency: 5 }), (answered) => {
      if (answered === 3) void machine.stop();
    });
    expect((await loading).requests.length).toBeLessThan(50);
  });

  test('where nothing runs there is nothing to measure', async () => {
    expect((await rig().machine.load(plan())).requests).toEqual([]);
  });
});

describe('the arbiter', () => {
  test('replaces a worker that is killed', async () => {
    const { run, machine, seen, get, until } = rig();
    await run(wsgi('1'), { server: { workers: 2 } });
    machine.kill('worker-1');
    await seen((event) => event.type === 'process.ready' && event.detail.startsWith('worker-3'));
    expect((await until('running')).processes.map(({ name }) => name)).toEqual(['worker-2', 'worker-3']);
    expect(bodyOf(await get('/'))).toBe('1');
  });

  test('tells of heartbeats that were missed', async () => {
    const { run, get, seen } = rig();
    await run(wsgi('1').replace('startResponse(', "if (environ.PATH_INFO === '/loop') for (;;); startResponse("), { server: { timeout: 1.5 } });
    const answer = get('/loop');
    expect(await seen((event) => event.type === 'process.beat')).toMatchObject({ process: 'arbiter', detail: 'worker-1 has not answered for 250 ms' });
    await answer;
  });

  test('tells of none where they are answered', async () => {
    const { run, events } = rig();
    await run(wsgi('1'), {});
    const beats = 6;
    await new Promise((passed) => { setTimeout(passed, beats * 250); });
    // On a machine that stands still some are late in earnest.
    expect(events.filter((event) => event.type === 'process.beat').length).toBeLessThan(beats / 2);
  });

  test('reloads: new files, new workers, the same socket, and no request is refused', async () => {
    const { run, machine, get, events } = rig();
    await run(wsgi('"old"'), { server: { workers: 2 } });
    let stop = false;
    const asking = (async () => {
      const answers: string[] = [];
      while (!stop) answers.push(bodyOf(await get('/')));
      return answers;
    })();
    await machine.reload(snippetOf(wsgi('"new"'), { server: { workers: 2 } }), 'gateway');
    stop = true;
    const answers = await asking;
    expect(new Set(answers.map((answer) => answer.replace('old', 'new')))).toEqual(new Set(['new']));
    expect(bodyOf(await get('/'))).toBe('new');
    const { processes, names } = machine.status.programs![0]!;
    expect([processes.toSorted(), names.toSorted()]).toEqual([['worker-3', 'worker-4'], ['worker-1', 'worker-2', 'worker-3', 'worker-4']]);
    const told = events.flatMap((event) => (event.type.startsWith('process.') && 'detail' in event && event.type !== 'process.beat' ? [`${event.type} ${event.detail.split(/[ :]/)[0]}`] : []));
    expect(told.indexOf('process.reload gateway')).toBeGreaterThan(told.indexOf('process.ready worker-2'));
    expect(told.slice(-2).toSorted()).toEqual(['process.exit worker-1', 'process.exit worker-2']);
  });

  test('keeps the old workers where the new files cannot be loaded', async () => {
    const { run, machine, get, seen } = rig();
    await run(wsgi('"old"'));
    await machine.reload(snippetOf('export const app = 1;'), 'gateway');
    expect(await seen((event) => event.type === 'log' && event.source === 'server' && event.level === 'error')).toMatchObject({ text: expect.stringContaining('gateway was not reloaded') });
    expect(machine.status).toMatchObject({ state: 'running', processes: [{ name: 'worker-1' }] });
    expect(bodyOf(await get('/'))).toBe('old');
  });
});
