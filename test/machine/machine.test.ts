/** The machine with real processes: threads of Node that run the very bundle that the page gives to its workers. */
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../src/machine/machine.ts';
import { realHost } from '../helpers/hosts.ts';
import { createNodeSpawner } from '../helpers/spawner-node.ts';
import { bodyOf, rig, snippetOf, wsgi } from './rig.ts';

const asgi = (body: string): string => `
export const app = async (scope: any, receive: any, send: any) => {
  if (scope.type !== 'http') return;
  await send({ type: 'http.response.start', status: 200, headers: [] });
  await send({ type: 'http.response.body', body: new TextEncoder().encode(String(${body})) });
};
`;

describe('an app is served', () => {
  test('WSGI', async () => {
    const { run, get } = rig();
    expect(await run(wsgi('environ.PATH_INFO'))).toMatchObject({ state: 'running', interface: 'wsgi', text: 'Listening at http://127.0.0.1:8000 (wsgi)' });
    const result = await get('/a%20b');
    expect(result.response?.status).toBe(200);
    expect(bodyOf(result)).toBe('/a b');
    expect(new TextDecoder().decode(result.raw)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test('ASGI', async () => {
    const { run, get } = rig();
    expect(await run(asgi('scope.path'))).toMatchObject({ state: 'running', interface: 'asgi' });
    expect(bodyOf(await get('/x'))).toBe('/x');
  });

  test('a fetch handler', async () => {
    const { run, get } = rig();
    expect(await run('export default { fetch: (request: Request) => new Response(new URL(request.url).pathname) };', { entry: 'app.ts' })).toMatchObject({ state: 'running', interface: 'asgi' });
    expect(bodyOf(await get('/x'))).toBe('/x');
  });

  test('of several files', async () => {
    const { run, get } = rig();
    await run({ 'app.ts': wsgi('greet("you")', `import { greet } from './lib/greet';`), 'lib/greet.ts': 'export const greet = (whom: string): string => `Hello, ${whom}`;' });
    expect(bodyOf(await get('/'))).toBe('Hello, you');
  });

  test('in JavaScript', async () => {
    const { run, get } = rig();
    await run({ 'main.js': `export function application(environ, startResponse) { startResponse('200 OK', []); return [new Uint8Array([111, 107])]; }` }, { lang: 'js', entry: 'main' });
    expect(bodyOf(await get('/'))).toBe('ok');
  });

  test('on a connection that stays open, twice', async () => {
    const { run, get } = rig();
    await run(wsgi('environ.REMOTE_PORT'));
    const first = await get('/1');
    const second = await get('/2', first.connection);
    expect([second.connection, first.exchange, second.exchange]).toEqual([first.connection, 1, 2]);
    expect(bodyOf(second)).toBe(bodyOf(first));
    expect((await get('/3')).connection).not.toBe(first.connection);
  });

  test('with a body that streams in both directions', async () => {
    const { run, machine } = rig();
    await run(`export const app = async (scope: any, receive: any, send: any) => {
  if (scope.type !== 'http') return;
  await send({ type: 'http.response.start', status: 200, headers: [] });
  for (let more = true; more; ) {
    const event = await receive();
    more = event.more_body;
    await send({ type: 'http.response.body', body: event.body, more_body: true });
  }
  await send({ type: 'http.response.body' });
};`);
    const body = 'x'.repeat(300_000);
    const result = await machine.send({ bytes: new TextEncoder().encode(`POST / HTTP/1.1\r\nHost: t\r\nContent-Length: ${body.length}\r\n\r\n${body}`) });
    expect(bodyOf(result)).toBe(body);
  });

  test('cut into segments where asked', async () => {
    const { run, machine, events } = rig();
    await run(wsgi('1'));
    await machine.send({ bytes: new TextEncoder().encode('GET / HTTP/1.1\r\nHost: t\r\n\r\n'), cuts: [3, 10] });
    const received = events.flatMap((event) => (event.type === 'socket.data' && event.process === 'worker-1' && event.flow === 'recv' ? [event.span] : []));
    expect(received).toEqual([[0, 3], [3, 10], [10, 27]]);
  });

  test('pipelined requests are all answered', async () => {
    const { run, machine } = rig();
    await run(wsgi('environ.PATH_INFO'));
    const { response, responses } = await machine.send({ bytes: new TextEncoder().encode('GET /1 HTTP/1.1\r\nHost: t\r\n\r\nGET /2 HTTP/1.1\r\nHost: t\r\n\r\n') });
    expect(responses?.map((each) => new TextDecoder().decode(each.body))).toEqual(['/1', '/2']);
    expect(response).toBe(responses?.[0]);
  });

  test('with the settings of the snippet', async () => {
    const { run, get } = rig();
    await run(wsgi('JSON.stringify([environ.SCRIPT_NAME, environ["wsgi.multiprocess"]])'), { server: { rootPath: '/mount', keepAlive: 0 } });
    const result = await get('/mount/x');
    expect(bodyOf(result)).toBe('["/mount",false]');
    expect(result.response?.keepAlive).toBe(false);
  });
});

describe('the trace', () => {
  test('of a request is complete when its answer is given, causes before effects', async () => {
    const { run, get, events } = rig();
    await run(wsgi('1'));
    await get('/');
    const at = (process: string, type: string): number => events.findIndex((event) => event.process === process && event.type === type);
    const order = [
      at('arbiter', 'socket.listen'), at('arbiter', 'process.start'), at('arbiter', 'process.ready'), at('client', 'socket.connect'),
      at('worker-1', 'socket.accept'), at('worker-1', 'http.request'), at('worker-1', 'gateway.environ'), at('worker-1', 'app.call'),
      at('worker-1', 'app.start'), at('worker-1', 'http.response'), at('client', 'http.response'), at('client', 'http.end'),
    ];
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((one, other) => one - other));
    // Along these, Lamport time rises.
    const clocks = order.map((index) => events[index]!.clock);
    expect(clocks).toEqual([...new Set(clocks)].sort((one, other) => one - other));
  });

  test('has no gap in the numbers of a process', async () => {
    const { run, get, events } = rig();
    await run(wsgi('1'));
    await get('/');
    for (const process of ['arbiter', 'client', 'worker-1']) {
      const numbers = events.filter((event) => event.process === process).map((event) => event.seq);
      expect(numbers).toEqual(numbers.map((_, index) => index));
    }
  });

  test('has the times of all processes on one clock', async () => {
    const { run, get, events } = rig();
    await run(wsgi('1'));
    await get('/');
    const time = (process: string, type: string): number => events.find((event) => event.process === process && event.type === type)!.at;
    // Clocks of threads begin with the thread; unaligned they would be off by seconds. Alignment is as good as the quickest round trip.
    expect(time('worker-1', 'http.request')).toBeGreaterThan(time('client', 'socket.connect') - 20);
    expect(time('worker-1', 'http.request')).toBeLessThan(time('client', 'http.response') + 20);
  });

  test('names the line that called', async () => {
    const { run, get, events } = rig();
    await run({
      'app.ts': `import { answer } from './answer.ts';\nimport type { WsgiApp } from 'porthole';\n\nexport const app: WsgiApp = (environ, startResponse) => {\n  console.log('here');\n  return answer(startResponse);\n};\n`,
      'answer.ts': `export function answer(startResponse: any) {\n  const write =\n    startResponse('200 OK', []);\n  write(new Uint8Array(1));\n  return [];\n}`,
    });
    await get('/');
    const site = (type: string): unknown => (events.find((event) => event.type === type && event.process === 'worker-1') as { site?: unknown } | undefined)?.site;
    expect(site('app.start')).toEqual({ file: 'answer.ts', line: 3, column: 5, name: 'answer' });
    expect(site('app.body')).toEqual({ file: 'answer.ts', line: 4, column: 3, name: 'answer' });
    expect(site('log')).toEqual({ file: 'app.ts', line: 5, column: 11, name: 'app' });
  });

  test('tells an error of the app in terms of its files', async () => {
    const { run, get, events } = rig();
    await run({ 'app.ts': `import { fail } from './fail.ts';\nexport const app = (environ: any, startResponse: any) => fail(environ as string);`, 'fail.ts': `interface Unused {}\nexport function fail(x: string): never {\n  throw new RangeError('no ' + typeof x);\n}` });
    expect((await get('/')).response?.status).toBe(500);
    // The page that says so does it in these terms, too.
    expect(bodyOf(await get('/'))).toContain('RangeError: no object\n    at fail (fail.ts:3:9)\n    at app (app.ts:2:58)\n');
    const error = events.find((event) => event.type === 'app.error');
    expect(error).toMatchObject({
      name: 'RangeError', message: 'no object', site: { file: 'fail.ts', line: 3, column: 9, name: 'fail' },
      stack: 'RangeError: no object\n    at fail (fail.ts:3:9)\n    at app (app.ts:2:58)',
    });
  });
});

describe('an app that cannot be loaded', () => {
  test.each([
    ['a syntax error', { 'app.ts': 'export const app = (environ: any) => {\n  return 1 +;\n};' }, { name: 'SyntaxError', site: { file: 'app.ts', line: 2, column: 13 } }],
    ['a failed import', { 'app.ts': `import { x } from './nothing.ts';\nexport const app = x;` }, { name: 'ImportError', site: { file: 'app.ts', line: 1, column: 19 } }],
    ['a name that is not exported', { 'app.ts': `import { y } from './lib.ts';\nexport const app = y;`, 'lib.ts': 'export const x = 1;' }, { name: 'ImportError', site: { file: 'app.ts', line: 1, column: 10 } }],
    ['an error while importing', { 'app.ts': `const f = (x: any): any => x.y.z;\nexport const app = f({});` }, { name: 'TypeError', site: { file: 'app.ts', line: 1, column: 32, name: 'f' } }],
    ['an error after an await', { 'app.ts': `await null;\nthrow new Error('late');` }, { name: 'Error', message: 'late', site: { file: 'app.ts', line: 2, column: 7 } }],
    ['something thrown that is no error', { 'app.ts': `throw 'a string';` }, { name: 'Error', message: 'app.ts threw a string while it was being imported.' }],
    ['a missing module', { 'other.ts': '' }, { name: 'ImportError', message: "There is no file 'app.ts' to start from." }],
    ['a missing name', { 'app.ts': 'export const ap = 1;' }, { name: 'ImportError', message: "app.ts exports no 'app'.", advice: "Did you mean 'ap'? It exports: ap." }],
    ['no application', { 'app.ts': 'export const app = 42;' }, { name: 'InterfaceError' }],
    ['a shape that leaves a doubt', { 'app.ts': 'export const app = (one: unknown) => one;' }, { name: 'InterfaceError', advice: expect.stringContaining('interface') }],
  ])('%s', async (_what, files, problem) => {
    const { run, statuses, get, events } = rig();
    const status = await run(files as unknown as Record<string, string>);
    expect(status).toMatchObject({ state: 'failed', problem, processes: [] });
    expect(statuses.at(-1)).toBe(status);
    expect(bodyOf(await get('/'))).toMatch(/^stopped/);
    expect(events.find((event) => event.type === 'app.error')).toMatchObject({ stage: 'load', name: problem.name });
  });

  test('three names are tried where none is given', async () => {
    const { run } = rig();
    expect(await run('export const something = 1;', { entry: 'app.ts' })).toMatchObject({
      problem: { message: 'app.ts exports neither app nor application nor a default.', advice: 'It exports: something. Export the application: `export const app = …`.' },
    });
  });

  test('a lifespan that fails', async () => {
    const { run } = rig();
    const status = await run(`export const app = async (scope: any, receive: any, send: any) => {
  if (scope.type === 'lifespan') { await receive(); await send({ type: 'lifespan.startup.failed', message: 'no database' }); }
};`);
    expect(status.state).toBe('failed');
    expect(status.problem?.message).toContain('no database');
  });

  test('and then one that can', async () => {
    const { run, get } = rig();
    await run('export const');
    expect((await run(wsgi('1'))).state).toBe('running');
    expect(bodyOf(await get('/'))).toBe('1');
  });
});

describe('the console', () => {
  test('is kept, in order, with level and place', async () => {
    const { run, get, events } = rig();
    await run(wsgi('1', `console.log('loading %s', 'it', { a: [1, 2] });\nconsole.warn(new Map([['k', 1n]]));`));
    await get('/');
    expect(events.filter((event) => event.type === 'log' && event.source !== 'access')).toMatchObject([
      { source: 'stdout', level: 'info', text: 'loading it { a: [ 1, 2 ] }', site: { file: 'app.ts', line: 1 } },
      { source: 'stderr', level: 'warning', text: "Map(1) { 'k' => 1n }", site: { file: 'app.ts', line: 2 } },
    ]);
  });

  test('wsgi.errors', async () => {
    const { run, get, events } = rig();
    await run(wsgi('1', '').replace('startResponse(', "environ['wsgi.errors'].write('oops\\n'); startResponse("));
    await get('/');
    expect(events.find((event) => event.type === 'log' && event.source === 'wsgi.errors')).toMatchObject({ text: expect.stringContaining('oops') });
  });

  test('an error is shown with the places of the snippet', async () => {
    const { run, logs, get } = rig();
    await run(wsgi('1', `const fail = () => { throw new Error('x', { cause: new TypeError('y') }); };\ntry { fail(); } catch (error) { console.error('caught', error); }`));
    await get('/');
    expect(logs()[0]).toBe('caught Error: x\n    at fail (app.ts:1:28)\n    at app.ts:2:7\n  [cause]: TypeError: y\n    at fail (app.ts:1:52)\n    at app.ts:2:7');
  });

  test('tells errors that nobody caught, and the process lives on', async () => {
    const { run, get, logs, seen, machine } = rig();
    await run(wsgi('1', `setTimeout(() => { throw new Error('in a timer'); }, 1);\nvoid Promise.reject(new TypeError('in a promise'));`));
    await seen((event) => event.type === 'log' && event.text.includes('in a timer'));
    await seen((event) => event.type === 'log' && event.text.includes('in a promise'));
    expect(logs().some((text) => /^Uncaught Error: in a timer\n {4}at .*app\.ts:1:\d+/.test(text))).toBe(true);
    expect(logs().some((text) => /^Uncaught \(in promise\) TypeError: in a promise\n {4}at app\.ts:2:\d+/.test(text))).toBe(true);
    expect(machine.status.state).toBe('running');
    expect(bodyOf(await get('/'))).toBe('1');
  });

  test('a flood is cut short with a word about how much', async () => {
    const { run, get, logs, seen } = rig();
    await run(wsgi('1', `for (let i = 0; i < 100_000; i++) console.log('line', i);`));
    await get('/');
    const note = await seen((event) => event.type === 'log' && event.source === 'server' && event.text.includes('more lines'));
    expect(note).toMatchObject({ level: 'warning' });
    const kept = logs().filter((text) => text.startsWith('line '));
    expect(kept.slice(0, 4000)).toEqual(Array.from({ length: 4000 }, (_, i) => `line ${i}`));
    const notes = logs().flatMap((text) => /^(\d+) more lines? w/.exec(text)?.[1] ?? []);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(kept.length + notes.reduce((sum, count) => sum + Number(count), 0)).toBe(100_000);
  });
});

describe('an endless loop', () => {
  test('in a request: reported, stopped, and the next run is fine', async () => {
    const { run, get, machine, until, seen, logs, spawner } = rig();
    await run(wsgi('1').replace('startResponse(', "console.log('on my way'); for (;;); startResponse("));
    const answer = get('/');
    expect((await until('silent')).text).toMatch(/^Not responding: worker-1/);
    await seen((event) => event.type === 'process.silent');
    // What it said before is there, though it never came to rest.
    expect(logs()).toEqual(['on my way']);
    const began = performance.now();
    await machine.stop();
    expect(machine.status).toMatchObject({ state: 'stopped', processes: [] });
    expect(bodyOf(await answer)).toMatch(/^stopped: /);
    expect((await run(wsgi('"fine"'))).state).toBe('running');
    expect(bodyOf(await get('/'))).toBe('fine');
    expect(performance.now() - began).toBeLessThan(3000);
    expect(spawner.alive).toBeLessThanOrEqual(2);
  });

  test('at the top of a module: run says so instead of waiting', async () => {
    const { run, get } = rig();
    expect((await run('for (;;);')).state).toBe('silent');
    expect((await run(wsgi('1'))).state).toBe('running');
    expect(bodyOf(await get('/'))).toBe('1');
  });

  test('of promises', async () => {
    const { run } = rig();
    expect((await run('for (;;) await null;')).state).toBe('silent');
  });

  test('that ends: the process is back', async () => {
    const { run, get, until, statuses } = rig();
    await run(wsgi('1').replace('startResponse(', "const until = Date.now() + 1500; while (Date.now() < until); startResponse("));
    const answer = get('/');
    await until('silent');
    expect(bodyOf(await answer)).toBe('1');
    expect(statuses.map((status) => status.state)).toContain('silent');
    expect((await until('running')).processes).toEqual([{ name: 'worker-1', state: 'running' }]);
    expect(bodyOf(await get('/'))).toBe('1');
  });

  test('longer than the timeout: the arbiter replaces the process', async () => {
    const { run, get, seen, until } = rig();
    await run(wsgi('1').replace('startResponse(', "if (environ.PATH_INFO === '/loop') for (;;); startResponse("), { server: { timeout: 1.5 } });
    const answer = get('/loop');
    await until('silent');
    expect(await seen((event) => event.type === 'process.kill')).toMatchObject({ process: 'arbiter', detail: 'worker-1: silent for 1.5 s' });
    expect(bodyOf(await answer)).toMatch(/^reset: /);
    expect((await until('running')).processes).toEqual([{ name: 'worker-2', state: 'running' }]);
    expect(bodyOf(await get('/'))).toBe('1');
  });
});

describe('libraries', () => {
  test('are there for whoever imports them: Flask over WSGI', async () => {
    const { run, get } = rig();
    const status = await run("import { Flask } from 'porthole/frameworks/flasklike';\nexport const app = new Flask();\napp.route('/hi/<int:n>')(function hi({ n }) { return `hi ${n}`; });\n");
    expect(status).toMatchObject({ state: 'running', interface: 'wsgi' });
    expect(bodyOf(await get('/hi/7'))).toBe('hi 7');
  });

  test('FastAPI over ASGI, with its schemas', async () => {
    const { run, get } = rig();
    const status = await run("import { FastApi, Type } from 'porthole/frameworks/fastapilike';\nexport const app = new FastApi();\napp.get('/n/{n}', { path: { n: Type.Integer() } }, ({ path }) => ({ next: path.n + 1 }));\n");
    expect(status).toMatchObject({ state: 'running', interface: 'asgi' });
    expect(bodyOf(await get('/n/7'))).toBe('{"next":8}');
  });

  test('are proposed to whoever misspells one', async () => {
    const { run } = rig();
    const { problem } = await run("import { Flask } from 'porthole/frameworks/flask';\nexport const app = new Flask();\n");
    expect(problem).toMatchObject({ name: 'ImportError', advice: expect.stringContaining("Did you mean 'porthole/frameworks/flasklike'?") });
  });

  test('that cannot be had are a reason not to start', async () => {
    const machine = createMachine({ spawner: createNodeSpawner(), host: realHost(), library: () => Promise.reject(new Error('no network')) });
    expect(await machine.run(snippetOf("import 'porthole/frameworks/flasklike';\n"))).toMatchObject({ state: 'failed', problem: { message: 'no network' }, processes: [] });
  });
});

describe('what the app gives', () => {
  test('is traced with the line that gave it, and so is a broken rule', async () => {
    const { run, get, events } = rig();
    await run("export const app = function* (environ: unknown, startResponse: Function) {\n  startResponse('200 OK', []);\n  yield new Uint8Array(1);\n  yield 'text';\n};\n");
    await get('/');
    expect(events.filter(({ type }) => type === 'app.body')).toMatchObject([{ via: 'yield', site: { file: 'app.ts', line: 3, column: 3 } }]);
    expect(events.filter(({ type }) => type === 'app.violation')).toMatchObject([
      { code: 'no-content-type', site: { file: 'app.ts', line: 2 } }, { code: 'body-not-bytes', given: '"text"', expected: 'a Uint8Array', site: { file: 'app.ts', line: 4, column: 3 } },
    ]);
  });
});

describe('a process that ends', () => {
  test('while it runs, by itself: replaced, and its connections are reset', async () => {
    const { run, get, seen, until } = rig();
    await run(wsgi('1').replace('startResponse(', "if (environ.PATH_INFO === '/exit') (globalThis as any).close(); startResponse("));
    expect(bodyOf(await get('/exit'))).toMatch(/^reset: /);
    expect(await seen((event) => event.type === 'process.exit')).toMatchObject({ detail: 'worker-1: the program called close()' });
    await until('running');
    expect(bodyOf(await get('/'))).toBe('1');
  });

  test('without a word', async () => {
    const { run, get, seen } = rig();
    await run(wsgi('1').replace('startResponse(', "if (environ.PATH_INFO === '/exit') (globalThis as any).process.exit(3); startResponse("));
    expect(bodyOf(await get('/exit'))).toMatch(/^reset: /);
    await seen((event) => event.type === 'process.exit');
  });

  test('while it loads: a problem', async () => {
    const { run } = rig();
    expect(await run('console.log("bye"); (globalThis as any).close();')).toMatchObject({ state: 'failed', problem: { name: 'ProcessExit', message: expect.stringContaining('close()') } });
  });

  test('again and again: given up', async () => {
    const { run, until } = rig();
    await run(wsgi('1', 'setTimeout(() => (globalThis as any).close(), 200);'));
    expect(await until('failed')).toMatchObject({ problem: { name: 'ProcessExit', message: expect.stringContaining('4 processes have died') } });
  });
});

describe('several workers', () => {
  test('accept in turn, each with a state of its own', async () => {
    const { run, get } = rig();
    const status = await run(wsgi('`${++count} ${environ["wsgi.multiprocess"]}`', 'let count = 0;'), { server: { workers: 3 } });
    expect(status.processes.map((process) => process.name)).toEqual(['worker-1', 'worker-2', 'worker-3']);
    const counts: string[] = [];
    for (let request = 0; request < 6; request += 1) counts.push(bodyOf(await get('/')));
    expect(counts.sort()).toEqual(['1 true', '1 true', '1 true', '2 true', '2 true', '2 true']);
  });

  test('a silent one gets no connection', async () => {
    const { run, get, until, machine } = rig();
    await run(wsgi('1').replace('startResponse(', "if (environ.PATH_INFO === '/loop') for (;;); startResponse("), { server: { workers: 2 } });
    const stuck = get('/loop');
    await until('silent');
    for (let request = 0; request < 4; request += 1) expect(bodyOf(await get('/'))).toBe('1');
    await machine.stop();
    expect(bodyOf(await stuck)).toMatch(/^stopped/);
  });

  test('one that fails fails all', async () => {
    const { run, spawner, machine } = rig();
    expect((await run('export const app = 1;', { server: { workers: 3 } })).state).toBe('failed');
    expect(machine.status.processes).toEqual([]);
    await expect.poll(() => spawner.alive).toBe(0);
  });

  test('a sync worker serves one connection after the other', async () => {
    const { run, get, machine } = rig();
    await run(`export const app = async (scope: any, receive: any, send: any) => {
  if (scope.type !== 'http') return;
  if (scope.path === '/slow') await new Promise((resolve) => setTimeout(resolve, 120));
  await send({ type: 'http.response.start', status: 200, headers: [] });
  await send({ type: 'http.response.body', body: new TextEncoder().encode(scope.path) });
};`, { server: { workerClass: 'sync', keepAlive: 0 } });
    const order: string[] = [];
    await Promise.all(['/slow', '/quick'].map(async (path) => order.push(bodyOf(await get(path)))));
    expect(order).toEqual(['/slow', '/quick']);
    expect(machine.status.state).toBe('running');
  });
});

describe('stop and run', () => {
  test('stop lets an app clean up', async () => {
    const { run, machine, logs } = rig();
    await run(`export const app = async (scope: any, receive: any, send: any) => {
  if (scope.type !== 'lifespan') return;
  await receive(); await send({ type: 'lifespan.startup.complete' });
  await receive(); console.log('cleaning up'); await send({ type: 'lifespan.shutdown.complete' });
};`);
    await machine.stop();
    expect(logs()).toEqual(['cleaning up']);
    expect(machine.status).toMatchObject({ state: 'stopped', text: 'Stopped', interface: 'asgi', processes: [], programs: [{ name: 'gateway', state: 'exited', ending: 'stopped', listening: [], names: ['worker-1'] }] });
  });

  test('stop does not wait for one that does not', async () => {
    const { run, machine, get, spawner } = rig();
    await run(`export const app = async (scope: any, receive: any, send: any) => { if (scope.type === 'http') await new Promise(() => {}); };`);
    const answer = get('/');
    await machine.stop();
    expect(bodyOf(await answer)).toMatch(/^stopped/);
    await expect.poll(() => spawner.alive).toBe(0);
  });

  test('what was running before is gone, and says nothing any more', async () => {
    const { run, events, machine } = rig();
    await run(wsgi('"old"', 'setInterval(() => console.log("old"), 1);'));
    await run(wsgi('"new"'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(events.filter((event) => event.type === 'log' && event.text === 'old')).toEqual([]);
    expect(machine.status.state).toBe('running');
  });

  test('run twice at once: the last one counts', async () => {
    const { run, get, spawner } = rig();
    const [first, second] = await Promise.all([run(wsgi('1')), run(wsgi('2'))]);
    expect(first).toEqual(second);
    expect(bodyOf(await get('/'))).toBe('2');
    await expect.poll(() => spawner.alive).toBe(1);
  });

  test('stop while it starts', async () => {
    const { run, machine, spawner } = rig();
    const starting = run(wsgi('1'));
    await machine.stop();
    expect((await starting).state).toBe('stopped');
    await expect.poll(() => spawner.alive).toBe(0);
  });

  test('nothing can be sent to what does not run', async () => {
    const { get, run, machine } = rig();
    expect(bodyOf(await get('/'))).toBe('stopped: Nothing is running.');
    await run(wsgi('1'));
    await machine.stop();
    expect(bodyOf(await get('/'))).toBe('stopped: Nothing is running.');
  });

  test('a connection can be closed and cut', async () => {
    const { run, get, machine, seen } = rig();
    await run(wsgi('1'));
    const { connection } = await get('/');
    machine.disconnect(connection, 'close');
    await seen((event) => event.type === 'socket.close' && event.process === 'worker-1' && event.connection === connection);
    expect(bodyOf(await get('/', connection))).toBe(`closed: Connection ${connection} is not open any more.`);
    const other = await get('/');
    machine.disconnect(other.connection, 'reset');
    expect(await seen((event) => event.type === 'socket.close' && event.process === 'worker-1' && event.connection === other.connection)).toMatchObject({ reason: expect.stringContaining('ECONNRESET') });
  });

  test('an unsubscribed listener hears nothing', async () => {
    const { run, machine } = rig();
    let heard = 0;
    const leave = machine.subscribe(() => (heard += 1));
    leave();
    await run(wsgi('1'));
    expect(heard).toBe(0);
  });
});
