/** Programs of a snippet in processes of their own: scripts, their sockets, their standard streams and how they end. */
import { describe, expect, test, vi } from 'vitest';
import type { ProgramStatus } from '../../src/machine/program-types.ts';
import type { MessagePortLike, Spawner } from '../../src/machine/types.ts';
import type { SnippetProgram } from '../../src/snippet/schema.ts';
import { createNodeSpawner } from '../helpers/spawner-node.ts';
import { makeAssert, socketCases } from '../net/bsd/contract.ts';
import { bodyOf, rig, snippetOf, wsgi, type Rig } from './rig.ts';

const script = (name: string, more: Partial<SnippetProgram> = {}): SnippetProgram => ({ name, kind: 'script', entry: `${name}.ts`, ...more });

/** Resolves with the status of a program once it has ended. */
async function ended({ machine, seen }: Rig, name: string): Promise<ProgramStatus> {
  const look = (): ProgramStatus | undefined => machine.status.programs?.find((program) => program.name === name && ['exited', 'failed'].includes(program.state));
  await seen((event) => event.type === 'process.exit' && event.detail.startsWith(name));
  await expect.poll(look).toBeDefined();
  return look()!;
}

/** Run one script to its end. */
async function runScript(source: string, more: Partial<SnippetProgram> = {}): Promise<{ status: ProgramStatus; logs: string[]; rig: Rig }> {
  const made = rig();
  await made.run({ 'main.ts': source }, { programs: [script('main', more)] });
  const status = await ended(made, 'main');
  return { status, logs: made.logs(), rig: made };
}

test('a request goes where it is told to go: the same bytes to each that listens', async () => {
  const made = rig();
  const echo = "import { socket } from 'porthole/socket';\nconst l = socket(); await l.bind(['127.0.0.1', 9000]); await l.listen();\nfor (;;) { const [c] = await l.accept(); let asked = ''; while (!asked.endsWith('\\r\\n\\r\\n')) asked += String.fromCharCode(...await c.recv(4096)); await c.sendall('HTTP/1.1 200 OK\\r\\nContent-Length: ' + asked.length + '\\r\\n\\r\\n'); await c.sendall(asked); }";
  await made.run({ 'app.ts': wsgi("'gateway'"), 'echo.ts': echo }, { programs: [{ name: 'gateway', kind: 'gateway', entry: 'app.ts:app' }, script('echo')] });
  const bytes = new TextEncoder().encode('GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
  const opened: number[] = [];
  const [one, other, nobody, nowhere] = await Promise.all(['127.0.0.1:8000', '127.0.0.1:9000', '127.0.0.1:9999', 'somewhere'].map((to) => made.machine.send({ bytes, cuts: [3], to, onConnection: (id) => opened.push(id) })));
  expect(bodyOf(one!)).toBe('gateway');
  expect(bodyOf(other!)).toBe(new TextDecoder().decode(bytes));
  expect(opened).toEqual([one!.connection, other!.connection]);
  expect([nobody!.failure?.kind, nowhere!.failure?.kind]).toEqual(['refused', 'refused']);
}, 20_000);

describe('sockets in a process of the machine', () => {
  // As text: what runs there is the very module that the page's scripts import.
  const assertText = makeAssert.toString();
  test.each(socketCases)('$name', async ({ run }) => {
    const text = run.toString().replace(/^async run/, 'async function run');
    const { status, logs } = await runScript(`
import * as sockets from 'porthole/socket';
const makeAssert: any = ${assertText};
const run: any = ${text};
await run(sockets, makeAssert());
console.log('passed');
`.replaceAll('__vite_ssr_import_', ''));
    expect([logs.at(-1), status.exitCode]).toEqual(['passed', 0]);
  }, 20_000);
});

describe('how a script ends', () => {
  test('at its end: exit code 0', async () => {
    const { status, logs, rig: { machine } } = await runScript('const x: number = await Promise.resolve(41);\nconsole.log(x + 1);');
    expect(logs).toEqual(['42']);
    expect(status).toMatchObject({ state: 'exited', exitCode: 0, ending: 'done', names: ['main'], processes: [] });
    expect(machine.status).toMatchObject({ state: 'stopped', text: 'Every program has ended', processes: [] });
  });

  test('when nothing waits any more, and not before', async () => {
    const { logs } = await runScript("setTimeout(() => console.log('later'), 30);\nconst id = setInterval(() => { console.log('tick'); clearInterval(id); }, 5);\nclearTimeout(setTimeout(() => {}, 1e9));\nconsole.log('end of text');");
    expect(logs).toEqual(['end of text', 'tick', 'later']);
  });

  test('by exit, from anywhere', async () => {
    const { status, logs } = await runScript("import { exit } from 'porthole/process';\nconsole.log('before');\nsetTimeout(() => exit(7), 1);\nawait new Promise(() => {});\nconsole.log('never');");
    expect([status.exitCode, logs]).toEqual([7, ['before']]);
  });

  test('nothing behind exit is heard, even if somebody catches', async () => {
    const { status, logs } = await runScript("import { exit } from 'porthole/process';\ntry { exit(3); } catch { console.log('caught'); }\nexit(4);");
    expect([status.exitCode, logs]).toEqual([3, []]);
  });

  test('by an error that nobody catches: exit code 1, with file and line', async () => {
    const { status, logs } = await runScript("console.log('a');\nfunction fail(): never {\n  throw new TypeError('no');\n}\nfail();");
    expect(status).toMatchObject({ state: 'exited', exitCode: 1, problem: { name: 'TypeError', message: 'no', site: { file: 'main.ts', line: 3 } } });
    expect(logs.at(-1)).toMatch(/^Uncaught TypeError: no\n {4}at fail \(main\.ts:3:\d+\)\n {4}at main\.ts:5:\d+$/);
  });

  test('…also where its end is heard of before its start: they come by different ports', async () => {
    const inner = createNodeSpawner();
    const late: Spawner = {
      async spawn(name) {
        const spawned = await inner.spawn(name);
        const { port } = spawned;
        const delayed: MessagePortLike = { postMessage: (message, transfer) => port.postMessage(message, transfer), close: () => port.close(), onmessage: null };
        port.onmessage = (event) => void setTimeout(() => delayed.onmessage?.(event), 300);
        return { name: spawned.name, port: delayed, terminate: () => spawned.terminate(), onExit: (listener) => spawned.onExit(listener) };
      },
    };
    const made = rig(late);
    await made.run({ 'main.ts': "throw new TypeError('no');" }, { programs: [script('main')] });
    expect(await ended(made, 'main')).toMatchObject({ state: 'exited', exitCode: 1, problem: { name: 'TypeError' } });
  });

  test('by one in a timer or a promise', async () => {
    expect((await runScript("setTimeout(() => {\n  throw new Error('late');\n}, 1);")).status).toMatchObject({ exitCode: 1, problem: { message: 'late', site: { line: 2 } } });
    expect((await runScript("void Promise.reject(new Error('nobody'));\nawait new Promise((resolve) => setTimeout(resolve, 1000));")).status).toMatchObject({ exitCode: 1, problem: { message: 'nobody' } });
  });

  test('it cannot be loaded: exit code 1 and why', async () => {
    expect((await runScript('const = 1;')).status).toMatchObject({ state: 'failed', exitCode: 1, problem: { name: 'SyntaxError', site: { file: 'main.ts', line: 1 } } });
    expect((await runScript("import { sockets } from 'porthole/socket';\nsockets();")).status).toMatchObject({ state: 'failed', problem: { name: 'ImportError', advice: expect.stringContaining("Did you mean 'socket'") } });
  });

  test('an endless loop is reported, and stopped at once', async () => {
    const { run, until, machine, spawner } = rig();
    await run({ 'main.ts': 'for (;;);' }, { programs: [script('main')] });
    expect((await until('silent')).programs).toMatchObject([{ name: 'main', state: 'silent' }]);
    await machine.stop();
    expect(machine.status).toMatchObject({ state: 'stopped', programs: [{ state: 'exited', ending: 'stopped' }] });
    await expect.poll(() => spawner.alive).toBe(0);
  });
});

describe('standard streams', () => {
  test('arguments, input and output', async () => {
    const { logs, rig: { events } } = await runScript(`
import { args, readLine, write } from 'porthole/process';
write('name? ');
for (let line = await readLine(); line !== undefined && line !== 'end'; line = await readLine()) console.log(args[0], line);
console.error('to stderr');
`, { args: ['hello'], stdin: 'one\r\n\ntwo\nend\nmore' });
    expect(logs).toEqual(['name? ', 'hello one', 'hello ', 'hello two', 'to stderr']);
    expect(events.flatMap((event) => (event.type === 'log' && event.source !== 'access' ? [[event.source, event.partial ?? false]] : []))).toEqual([
      ['stdout', true], ['stdout', false], ['stdout', false], ['stdout', false], ['stderr', false],
    ]);
  });

  test('lines that are typed, and the end of them', async () => {
    const made = rig();
    await made.run({ 'main.ts': "import { readLine } from 'porthole/process';\nfor (let line = await readLine(); line !== undefined; line = await readLine()) console.log('got ' + line);\nconsole.log('end');" }, { programs: [script('main')] });
    made.machine.input('main', 'first\nsec');
    await made.seen((event) => event.type === 'log' && event.text === 'got first');
    made.machine.input('main', 'ond', true);
    expect((await ended(made, 'main')).exitCode).toBe(0);
    expect(made.logs()).toEqual(['got first', 'got second', 'end']);
  });

  test('a flood of output is cut short with a word about how much, and the script goes on', async () => {
    const { logs, status } = await runScript("for (let i = 0; i < 50_000; i++) console.log(i);\nawait new Promise((resolve) => setTimeout(resolve, 700));");
    expect(status.exitCode).toBe(0);
    expect(logs[0]).toBe('0');
    expect(logs.length).toBeLessThan(6000);
    expect(logs.at(-1)).toMatch(/\d+ more lines were written here than are kept/);
  });
});

const server = `
import { socket, SOL_SOCKET, SO_REUSEADDR } from 'porthole/socket';
const listener = socket();
await listener.bind(['127.0.0.1', 7000]);
await listener.listen();
console.log('listening');
const [connection] = await listener.accept();
for (let bytes = await connection.recv(1024); bytes.length > 0; bytes = await connection.recv(1024)) await connection.sendall(bytes);
connection.close();
`;
const client = `
import { socket } from 'porthole/socket';
const s = socket();
await s.connect(['127.0.0.1', 7000]);
await s.sendall('hello');
console.log(new TextDecoder().decode(await s.recv(1024)));
`;

test('a script that eats memory is ended, and says so', async () => {
  const { status } = await runScript('const kept: number[][] = [];\nfor (;;) kept.push(new Array(100_000).fill(1.5));');
  expect(status).toMatchObject({ state: 'exited', ending: expect.stringContaining('memory') });
}, 30_000);

describe('several programs', () => {
  test('a server and a client talk; each is in the trace; what is sent last arrives', async () => {
    const made = rig();
    await made.run({ 'server.ts': server, 'client.ts': client }, { programs: [script('server'), script('client')] });
    expect(await ended(made, 'server')).toMatchObject({ exitCode: 0 });
    expect(await ended(made, 'client')).toMatchObject({ exitCode: 0 });
    expect(made.logs()).toEqual(['listening', 'hello']);
    const said = made.events.flatMap((event) => (event.type === 'socket.data' ? [`${event.process} ${event.flow} ${event.stream} ${event.span.join('-')}`] : []));
    expect(said).toEqual(['client-1 send c2s 0-5', 'server recv c2s 0-5', 'server send s2c 0-5', 'client-1 recv s2c 0-5']);
    expect(made.events.flatMap((event) => (event.type === 'process.start' ? [event.detail] : []))).toEqual(['server', 'client-1']);
  });

  test('one of them can be started again, under a name of its own in the trace', async () => {
    const made = rig();
    const files = { 'server.ts': server.replace('const [connection]', 'for (;;) { const [connection]') + '}', 'client.ts': client };
    const programs = [script('server'), script('client')];
    await made.run(files, { programs });
    await ended(made, 'client');
    await made.machine.start(snippetOf({ ...files, 'client.ts': client.replace('hello', 'again') }, { programs }), 'client');
    await made.seen((event) => event.process === 'client-2' && event.type === 'log' && event.text === 'again');
    await made.seen((event) => event.type === 'process.exit' && event.detail === 'client-2: exit code 0');
    expect(made.machine.status).toMatchObject({ state: 'running', text: 'Listening at 127.0.0.1:7000 (server)', programs: [{ listening: ['127.0.0.1:7000'] }, { names: ['client-1', 'client-2'] }] });
    await made.machine.end('server');
    expect(made.machine.status).toMatchObject({ state: 'stopped', programs: [{ state: 'exited', ending: 'stopped' }, { exitCode: 0 }] });
    // The port is free again.
    await made.machine.start(snippetOf(files, { programs }), 'server');
    await made.seen((event) => event.process === 'server-2' && event.type === 'log' && event.text === 'listening');
  });

  test('where nothing runs, one program can be started alone', async () => {
    const made = rig();
    await made.machine.start(snippetOf({ 'server.ts': server, 'client.ts': client }, { programs: [script('server'), script('client')] }), 'client');
    expect(await ended(made, 'client')).toMatchObject({ exitCode: 1, problem: { name: 'SocketError', message: 'connect: ECONNREFUSED: nobody listens at 127.0.0.1:7000', site: { file: 'client.ts', line: 4 } } });
    expect(made.machine.status.programs).toMatchObject([{ name: 'server', state: 'exited', names: [] }, { name: 'client' }]);
  });

  test('a script asks a gateway', async () => {
    const made = rig();
    await made.run({ 'app.ts': wsgi("environ.PATH_INFO + ' for you'"), 'client.ts': client.replace('7000', '8000').replace("'hello'", "'GET /a HTTP/1.0\\r\\n\\r\\n'") }, { programs: [{ name: 'web', kind: 'gateway', entry: 'app.ts:app' }, script('client')] });
    await ended(made, 'client');
    expect(made.logs().at(-1)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\/a for you$/);
    expect(made.machine.status).toMatchObject({ state: 'running', interface: 'wsgi', text: 'Listening at 127.0.0.1:8000 (web)', programs: [{ kind: 'gateway', processes: ['worker-1'] }, { kind: 'script' }] });
  });

  test('the page asks a script', async () => {
    const made = rig();
    await made.run({ 'server.ts': server.replace('7000', '8000').replace('connection.sendall(bytes)', "connection.sendall('HTTP/1.0 200 OK\\r\\n\\r\\nby hand').then(() => connection.close())") }, { programs: [script('server')] });
    expect(bodyOf(await made.get('/'))).toBe('by hand');
  });

  test('who goes away takes its listening sockets along, and is reset', async () => {
    const made = rig();
    await made.run({ 'server.ts': `${server}\nawait new Promise(() => {});`, 'client.ts': client.replace("console.log(", "await s.recv(100); console.log(") }, { programs: [script('server'), script('client')] });
    await made.seen((event) => event.process === 'client-1' && event.type === 'socket.data' && event.flow === 'recv');
    made.machine.kill('server');
    expect(await ended(made, 'client')).toMatchObject({ exitCode: 1, problem: { message: expect.stringContaining('ECONNRESET') } });
    expect(made.machine.status.programs?.[0]).toMatchObject({ state: 'exited', ending: 'killed', listening: [] });
  });

  test('sixteen processes are the most, also while they are being started', async () => {
    const made = rig();
    const web = (name: string): SnippetProgram => ({ name, kind: 'gateway', entry: 'app.ts:app', server: { workers: 9 } });
    const status = await made.run({ 'app.ts': wsgi('1') }, { programs: [web('one'), web('two')] });
    expect(status).toMatchObject({ state: 'failed', problem: { message: 'A machine has at most 16 processes.' } });
    expect(Math.max(...made.statuses.map(({ processes }) => processes.length))).toBeLessThanOrEqual(16);
  }, 60_000);

  test('sixteen processes are the most', async () => {
    const made = rig();
    await made.run({ 'app.ts': wsgi('1'), 'client.ts': 'await new Promise(() => {});' }, { programs: [{ name: 'web', kind: 'gateway', entry: 'app.ts:app', server: { workers: 16 } }, script('client')] });
    // `run` resolves as soon as one process of sixteen has been silent for long: on a busy machine before the script is tried.
    await vi.waitFor(() => expect(made.machine.status.programs?.[1]).toMatchObject({ state: 'failed', problem: { message: 'A machine has at most 16 processes.' } }), { timeout: 30_000 });
  }, 60_000);
});
