import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../src/client/http-client.ts';
import { examples, exampleSnippet } from '../../src/examples/index.ts';
import { systemHost } from '../../src/host/system.ts';
import { tcpNetwork } from '../../src/node/tcp-network.ts';
import { checkResponse } from '../examples/claims.ts';
import { Command, builtPackage, run, talk } from '../helpers/package.ts';

const network = tcpNetwork(() => 1);

const files: Record<string, string> = {
  'app.ts': `import type { WsgiApp, WsgiEnviron, StartResponse } from 'porthole';
const encoder = new TextEncoder();
export const app = (environ: WsgiEnviron, startResponse: StartResponse): Uint8Array[] => {
  (environ['wsgi.errors']).write('asked for ' + environ.PATH_INFO + '\\n');
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [encoder.encode(environ.REQUEST_METHOD + ' ' + environ.SCRIPT_NAME + ' ' + environ.PATH_INFO)];
};
export const checked: WsgiApp = app;
export const three = async (scope: any, receive: any, send: any): Promise<void> => {
  if (scope.type !== 'http') return;
  await send({ type: 'http.response.start', status: 200, headers: [] });
  await send({ type: 'http.response.body', body: encoder.encode('asgi ' + scope.path) });
};
export const handler = { fetch: (request: Request) => new Response('fetch ' + new URL(request.url).pathname) };
export const vague = (...rest: unknown[]) => rest;
export const make = () => app;
export const number = 3;
let release = (): void => {};
export const slow = async (scope: any, receive: any, send: any): Promise<void> => {
  if (scope.type !== 'http') return;
  if (scope.path === '/go') release();
  else await new Promise<void>((resolve) => { release = resolve; console.error('slow has begun'); });
  await send({ type: 'http.response.start', status: 200, headers: [] });
  await send({ type: 'http.response.body', body: encoder.encode('slow ' + scope.path) });
};
export const later = async (scope: any, receive: any, send: any): Promise<void> => {
  if (scope.type !== 'http') return;
  if (scope.path === '/timer') setTimeout(() => { throw new Error('thrown by a timer'); });
  if (scope.path === '/promise') void Promise.reject(new Error('rejected and forgotten'));
  await send({ type: 'http.response.start', status: 200, headers: [] });
  await send({ type: 'http.response.body', body: encoder.encode('fine') });
};
export const failsToStart = async (scope: any, receive: any, send: any): Promise<void> => {
  if (scope.type !== 'lifespan') return;
  await receive();
  await send({ type: 'lifespan.startup.failed', message: 'no database' });
};
`,
  'who.mjs': "export const app = (environ, start) => { start('200 OK', []); return [new TextEncoder().encode(environ.REMOTE_ADDR + ' ' + environ['wsgi.url_scheme'])]; };\n",
  'syntax.ts': 'export const app = (\n',
  'throws.ts': '\nthrow new Error("at import");\n',
  'configured/app.mjs': "export const app = (environ, start) => { start('200 OK', []); return [new TextEncoder().encode(environ.SCRIPT_NAME)]; };\n",
  'configured/porthole.config.ts': "const settings: { app: string; bind: string; rootPath: string } = { app: 'app', bind: '127.0.0.1:0', rootPath: '/from/config' };\nexport default settings;\n",
  'configured/wrong.mjs': 'export default { keepalive: 3 };\n',
  'configured/env': 'PORTHOLE_ROOT_PATH=/from/env-file\n',
};

let folder: string;
const running: Command[] = [];

beforeAll(async () => {
  await builtPackage();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'porthole-cli-')));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  for (const { id, files: own } of examples) for (const [name, text] of Object.entries(own)) write(join('examples', id, name), text);
}, 60_000);
afterEach(() => { for (const command of running.splice(0)) command.child.kill('SIGKILL'); });
afterAll(() => rmSync(folder, { recursive: true }));

async function serveApp(target: string, args: readonly string[] = [], options: { readonly cwd?: string; readonly env?: Record<string, string> } = {}): Promise<Command> {
  const command = await Command.start([target, '-b', '127.0.0.1:0', ...args], { cwd: folder, ...options });
  running.push(command);
  return command;
}

const get = async (url: string, path = '/'): Promise<string> => (await fetch(url + path)).text();

describe('porthole MODULE:NAME', () => {
  it.each([
    ['app.ts:app', 'GET  /a b'],
    ['app', 'GET  /a b'],
    ['app:three', 'asgi /a b'],
    ['app:handler', 'fetch /a%20b'],
  ])('serves %s to fetch and to a plain socket', async (target, body) => {
    const url = await (await serveApp(target)).url();
    expect(await get(url, '/a%20b')).toBe(body);
    expect(await talk(url, 'GET /a%20b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(new RegExp(`^HTTP/1.1 200 OK\\r\\n[^]*\\r\\n\\r\\n[^]*${body}`));
  });

  it('serves what a factory makes, and what an ambiguous shape is said to be', async () => {
    expect(await get(await (await serveApp('app:make', ['--factory'])).url())).toBe('GET  /');
    expect(await get(await (await serveApp('app', ['--interface', 'wsgi', '--root-path', '/mounted'])).url(), '/mounted/x')).toBe('GET /mounted /x');
  });

  // Node reads a flag of that name itself, wherever it stands, before it gives us the word.
  it.each(['--env-file env app', 'app --env-file env', '--env-file=env app', 'app --env-file=env'])('takes an env file: porthole %s', async (args) => {
    const ended = await run([...args.split(' '), '--print-config'], { cwd: join(folder, 'configured') });
    expect(ended.stdout).toMatch(/^rootPath +"\/from\/env-file" +environment$/m);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends where the env file is missing, in its own words or in those of Node, which looks for it first', async () => {
    const ended = await run(['app', '--env-file', 'nowhere'], { cwd: folder });
    expect(ended.stderr).toMatch(/^porthole: --env-file nowhere: |: nowhere: not found\n$/);
    expect([2, 9]).toContain(ended.code);
  });

  it('listens at several addresses, a Unix socket among them', async () => {
    const path = join(folder, 'several.sock');
    const command = await serveApp('app', ['-b', `unix:${path}`]);
    await command.until('stderr', /^Listening at: unix:/m);
    const url = await command.url();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(command.stderr).toContain(`\nListening at: unix:${path}\n`);
    const socket = await import('node:net').then(({ connect }) => connect(path));
    socket.write('GET /unix HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const text = await new Promise<string>((resolve) => { let all = ''; socket.on('data', (chunk) => { all += chunk.toString(); }).on('end', () => resolve(all)); });
    expect(text).toContain('GET  /unix');
    expect((await command.stop()).code).toBe(0);
  });

  it('reads its settings from porthole.config.ts, the environment, a file of it, and flags, the last being nearest', async () => {
    const cwd = join(folder, 'configured');
    const start = async (args: readonly string[], env: Record<string, string> = {}): Promise<string> => {
      const command = await Command.start(args, { cwd, env });
      running.push(command);
      return command.url();
    };
    expect(await get(await start([]), '/from/config')).toBe('/from/config');
    expect(await get(await start(['--env-file', 'env']), '/from/env-file')).toBe('/from/env-file');
    expect(await get(await start(['--env-file', 'env'], { PORTHOLE_ROOT_PATH: '/from/env' }), '/from/env')).toBe('/from/env');
    expect(await get(await start(['--root-path', '/from/flag'], { PORTHOLE_ROOT_PATH: '/from/env' }), '/from/flag')).toBe('/from/flag');
  });

  it('writes wsgi.errors to stderr, and access lines to stdout only when asked', async () => {
    const quiet = await serveApp('app');
    await get(await quiet.url(), '/quiet');
    expect(await quiet.stop()).toMatchObject({ stdout: '', stderr: expect.stringContaining('\nasked for /quiet\n') as string });
    const chatty = await serveApp('app', ['--access-log']);
    await get(await chatty.url(), '/chatty');
    await chatty.until('stdout', /"GET \/chatty HTTP\/1\.1" 200 \d+ /);
  });

  it('writes an access line for each request with --access-log, in the form that was asked for', async () => {
    const command = await serveApp('app', ['--access-log', '--access-logformat', '%(m)s %(U)s %(s)s %({x-id}i)s %(p)s']);
    await (await fetch(`${await command.url()}/a?b`, { headers: { 'X-Id': '7' } })).text();
    await command.until('stdout', new RegExp(`^GET /a 200 7 <${command.child.pid}>\n`, 'm'));
    const json = await serveApp('app', ['--access-logfile', '-', '--access-logformat', 'json']);
    await get(await json.url(), '/j');
    const [line] = await json.until('stdout', /^\{.*\}$/m);
    expect(JSON.parse(line)).toMatchObject({ method: 'GET', target: '/j', status: 200, version: 'HTTP/1.1' });
    expect((await json.stop()).stdout.trim().split('\n')).toHaveLength(1);
  });

  it.skipIf(!existsSync('/dev/full'))('serves on while the disk of the log is full, says so once, and gets better with the disk', async () => {
    const link = join(folder, 'full.log');
    symlinkSync('/dev/full', link);
    const command = await serveApp('app', ['--access-logfile', link, '--access-logformat', '%(r)s']);
    const url = await command.url();
    for (let i = 0; i < 20; i += 1) expect(await get(url, `/lost/${i}`)).toContain('/lost/');
    await command.until('stderr', /\[ERROR\] Access log: ENOSPC: .*; lines are lost until that is mended/);
    rmSync(link);
    command.child.kill('SIGUSR1');
    await command.until('stderr', /SIGUSR1: reopening/);
    await get(url, '/kept');
    await command.until('stderr', /Access log: \d+ lines were lost; it is written again/);
    // What was waiting meanwhile is there, too.
    expect(readFileSync(link, 'utf8')).toMatch(/^GET \/kept HTTP\/1\.1\n$/m);
    expect(command.stderr.match(/ENOSPC/g)).toHaveLength(1);
  });

  it('prints each request and response as curl -v would with --verbose-wire', async () => {
    const command = await serveApp('app:three', ['--verbose-wire']);
    const url = await command.url();
    await talk(url, 'POST /w HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc');
    await command.until('stdout', /\* Connection #1 closed: /);
    expect(command.stdout.replace(/^< date: .*$/im, '< Date: then').replace(/#1 from .*/, '#1 from there')).toBe([
      '* Connection #1 from there', '> POST /w HTTP/1.1', '> Host: a', '> Content-Length: 3', '> Connection: close', '>', '{ [3 bytes data]',
      '< HTTP/1.1 200 OK', '< content-length: 7', '< Date: then', '< Server: porthole', '< Connection: close', '<', '} [7 bytes data]', '* Connection #1 closed: closed in order', '',
    ].join('\n'));
    await talk(url, 'GET / HTTP/9\r\n\r\n');
    await command.until('stdout', /^\* 400 [a-z-]+ at byte \d+ \(RFC9112-/m);
  });

  it('believes what a proxy on this machine says of its client, and nobody else if told so', async () => {
    const asked = async (args: readonly string[]): Promise<string> => {
      const command = await serveApp('who.mjs', args);
      return (await fetch(await command.url(), { headers: { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' } })).text();
    };
    expect(await asked([])).toBe('203.0.113.9 https');
    expect(await asked(['--forwarded-allow-ips', ''])).toBe('127.0.0.1 http');
  });

  it('prints the trace with --trace', async () => {
    const command = await serveApp('app', ['--trace']);
    await get(await command.url(), '/traced');
    await command.until('stdout', /socket\.accept/);
    await command.until('stdout', /gateway\.environ +PATH_INFO = "\/traced"/);
    await command.until('stdout', /app\.start +"200 OK" .*at app\.ts:5:3/);
    await command.until('stdout', /http\.token +s2c 0-8 version "HTTP\/1\.1"/);
  });

  it('goes on after a timer of the app throws or a promise is forgotten', async () => {
    const command = await serveApp('app:later');
    const url = await command.url();
    for (const path of ['/timer', '/promise', '/']) expect(await get(url, path)).toBe('fine');
    await command.until('stderr', /\[ERROR\] Uncaught exception outside of any request: Error: thrown by a timer\n +at .*app\.ts:/);
    await command.until('stderr', /\[ERROR\] Unhandled rejection outside of any request: Error: rejected and forgotten/);
    expect((await command.stop()).code).toBe(0);
  });
});

describe('every example, over TCP', () => {
  // Those in Python: python.test.ts.
  it.each(examples.filter((example) => example.group !== 'Sockets' && example.group !== 'Workers' && exampleSnippet(example).lang !== 'py').map((example) => [example.id, example] as const))('%s', async (id, example) => {
    const command = await Command.start([example.entry ?? 'app.ts:app', '-b', '127.0.0.1:0'], { cwd: join(folder, 'examples', id) });
    running.push(command);
    const { hostname, port } = new URL(await command.url());
    for (const { raw, claim } of example.requests) {
      const client = new HttpClient(await network.connect({ host: hostname, port: Number(port) }), { host: systemHost, timeoutMs: 10_000 });
      const result = await client.send(Buffer.from(raw, 'latin1'));
      checkResponse(claim, { raw: result.raw, response: result.failure === undefined ? result.responses.find(({ status }) => status >= 200 || status === 101) : undefined });
      client.close();
      // wsgi.errors goes to stderr, the console's lines where the console puts them.
      if (claim.log !== undefined) {
        const log = new RegExp(claim.log.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
        await Promise.any([command.until('stderr', log), command.until('stdout', log)]);
      }
    }
    expect((await command.stop()).code).toBe(0);
  });
});

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)('%s lets the request in flight finish, refuses new ones, and ends with 0', async (signal) => {
    const command = await serveApp('app:slow');
    const url = await command.url();
    const waiting = get(url, '/wait');
    await command.until('stderr', /slow has begun/);
    // Another request is in flight: half of its head has been sent. When the rest comes, the first is let go.
    const { hostname, port } = new URL(url);
    const socket = await network.connect({ host: hostname, port: Number(port) });
    socket.write(Buffer.from('GET /go HTTP/1.1\r\nHo'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    command.child.kill(signal);
    await command.until('stderr', new RegExp(`${signal}: stopping`));
    await expect(fetch(url)).rejects.toThrow();
    socket.write(Buffer.from('st: a\r\n\r\n'));
    expect(await waiting).toBe('slow /wait');
    expect((await command.ended).code).toBe(0);
  });

  it('does not wait for idle connections', async () => {
    const command = await serveApp('app');
    const url = await command.url();
    const { hostname, port } = new URL(url);
    const client = new HttpClient(await network.connect({ host: hostname, port: Number(port) }), { host: systemHost });
    await client.send(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    expect((await command.stop('SIGTERM')).code).toBe(0);
  });

  it('cuts what is left at the second signal', async () => {
    const command = await serveApp('app:slow');
    const waiting = get(await command.url(), '/wait');
    waiting.catch(() => {});
    await command.until('stderr', /slow has begun/);
    command.child.kill('SIGTERM');
    await command.until('stderr', /SIGTERM: stopping/);
    expect((await command.stop('SIGTERM')).code).toBe(0);
    await expect(waiting).rejects.toThrow();
  });

  it('cuts what is left after --graceful-timeout', async () => {
    const command = await serveApp('app:slow', ['--graceful-timeout', '0.2']);
    const waiting = get(await command.url(), '/wait');
    waiting.catch(() => {});
    await command.until('stderr', /slow has begun/);
    expect((await command.stop('SIGTERM')).code).toBe(0);
    await expect(waiting).rejects.toThrow();
  });
});

describe('what goes wrong ends with gunicorn\'s exit codes', () => {
  let taken: Server;
  let port: number;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve); });
    ({ port } = taken.address() as AddressInfo);
  });
  afterAll(() => { taken.close(); });

  it.each([
    [4, ['ap'], /^porthole: There is no module 'ap' in .* Did you mean 'app'\?\n$/],
    [4, ['app:ap'], /^porthole: app\.ts exports no 'ap'\. It exports: .* Did you mean app\.ts:app\?\n$/],
    [4, ['app:number'], /^porthole: app\.ts:number is a number, not an application/],
    [4, ['app:vague'], /^porthole: app\.ts:vague takes 0 parameters.*--interface/],
    [4, ['syntax'], /^porthole: syntax\.ts:2:1: SyntaxError: /],
    [4, ['throws'], /^porthole: throws\.ts:2:7: Error: at import\nError: at import\n +at /],
    [3, ['app:failsToStart', '--lifespan', 'on'], /no database/],
    [2, ['app', '--bnid', 'x'], /^porthole: There is no --bnid\. Did you mean --bind\?\n$/],
    [2, ['app', '-b', '127.0.0.1:http'], /^porthole: 'http' in '127\.0\.0\.1:http' is no port: 0 to 65535\.\n$/],
    [2, ['app', '--certfile', 'x'], /^porthole: TLS needs both --certfile and --keyfile\.\n$/],
    [2, [], /^porthole: No application\. /],
    [2, ['app', '-c', 'nope.ts'], /^porthole: There is no config file .*nope\.ts\.\n$/],
    [2, ['app', '-c', 'configured/wrong.mjs'], /there is no setting 'keepalive'\. Did you mean keepAlive\?\n$/],
    [2, ['app', '--chdir', 'nowhere'], /^porthole: --chdir nowhere: /],
  ] as const)('%i: porthole %j', async (code, args, message) => {
    const ended = await run(args, { cwd: folder });
    expect(ended.stderr).toMatch(message);
    expect(ended).toMatchObject({ code, stdout: '' });
  });

  it('1: an address that is taken', async () => {
    const ended = await run(['app', '-b', `127.0.0.1:${port}`], { cwd: folder });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^porthole: bind: EADDRINUSE/) as string });
  });
});

describe('answers without serving', () => {
  it('--help, --version', async () => {
    expect(await run(['--help'], { cwd: folder })).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: porthole MODULE[:NAME]') as string, stderr: '' });
    expect(await run(['--version'], { cwd: folder })).toMatchObject({ code: 0, stdout: expect.stringMatching(/^porthole \d+\.\d+\.\d+ \(node /) as string });
  });

  it('--print-config says what holds and why', async () => {
    const { stdout, code } = await run(['--print-config', '--backlog', '7'], { cwd: join(folder, 'configured'), env: { PORTHOLE_KEEP_ALIVE: '9' } });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^backlog +7 +command line$/m);
    expect(stdout).toMatch(/^keepAlive +9 +environment$/m);
    expect(stdout).toMatch(/^rootPath +"\/from\/config" +.*porthole\.config\.ts$/m);
    expect(stdout).toMatch(/^trace +false +default$/m);
  });

  it('--check-config loads the application and says what it is', async () => {
    expect(await run(['app:three', '--check-config'], { cwd: folder })).toMatchObject({ code: 0, stdout: 'app.ts:three speaks ASGI; the settings are in order.\n' });
    expect(await run(['app:number', '--check-config'], { cwd: folder })).toMatchObject({ code: 4, stdout: '' });
  });
});
