/** docs/deployment.md is true: its nginx configuration in front of the command, and its command lines as the command reads them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { ensureProgram } from '../../scripts/programs.ts';
import { readArgs, splitWords } from '../../src/node/args.ts';
import { block, containerCommand, page } from '../helpers/deployment-page.ts';
import { Command, builtPackage } from '../helpers/package.ts';

const app = `
const encoder = new TextEncoder();
export const wsgi = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']]);
  if (environ.PATH_INFO === '/big') return (function* () { for (let i = 0; i < 320; i += 1) yield new Uint8Array(65536).fill(120); })();
  const size = environ['wsgi.input'].read().length;
  return [encoder.encode(JSON.stringify({ client: environ.REMOTE_ADDR, port: environ.REMOTE_PORT, scheme: environ['wsgi.url_scheme'], host: environ.HTTP_HOST, path: environ.PATH_INFO, size }))];
};
export const asgi = async (scope, receive, send) => {
  if (scope.type === 'websocket') {
    await receive();
    await send({ type: 'websocket.accept' });
    for (;;) {
      const event = await receive();
      if (event.type === 'websocket.disconnect') return;
      await send({ type: 'websocket.send', text: event.text + ' from ' + scope.client?.[0] + ' by ' + scope.scheme });
    }
  }
  if (scope.type !== 'http') return;
  let size = 0;
  for (let more = true; more; ) {
    const event = await receive();
    size += event.body.length;
    more = event.more_body;
  }
  await send({ type: 'http.response.start', status: 200, headers: [] });
  if (scope.path === '/big') for (let i = 0; i < 320; i += 1) await send({ type: 'http.response.body', body: new Uint8Array(65536).fill(120), more_body: true });
  else await send({ type: 'http.response.body', body: encoder.encode(JSON.stringify({ client: scope.client?.[0], port: String(scope.client?.[1]), scheme: scope.scheme, host: new TextDecoder().decode(scope.headers.find(([name]) => new TextDecoder().decode(name) === 'host')[1]), path: scope.path, size })), more_body: true });
  await send({ type: 'http.response.body' });
};
`;

let nginx: string;
let folder: string;
let proxy: ChildProcess | undefined;
const running: Command[] = [];
beforeAll(async () => {
  nginx = ensureProgram('nginx');
  await builtPackage();
}, 360_000);
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'porthole-nginx-')));
  // nginx's workers are somebody else where it is started by root.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'app.mjs'), app);
});
afterEach(async () => {
  for (const command of running.splice(0)) command.child.kill('SIGKILL');
  if (proxy !== undefined && proxy.exitCode === null && proxy.signalCode === null) {
    const ended = new Promise((resolve) => { proxy!.once('exit', resolve); });
    // TERM is nginx's fast shutdown.
    proxy.kill('SIGTERM');
    await ended;
  }
  proxy = undefined;
  rmSync(folder, { recursive: true, maxRetries: 3 });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

/** The page's configuration, with our socket and port in the place of its. */
async function startNginx(upstream: string): Promise<number> {
  const port = await freePort();
  const site = block('nginx').replace('unix:/run/porthole/app.sock', upstream).replace('listen 80;', `listen 127.0.0.1:${port};`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n');
  writeFileSync(join(folder, 'nginx.conf'), `daemon off;\nmaster_process on;\nworker_processes 1;\npid ${folder}/nginx.pid;\nerror_log ${folder}/error.log;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${site}\n}\n`);
  proxy = spawn(nginx, ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  while (!(await new Promise<boolean>((resolve) => { request({ port, host: '127.0.0.1', path: '/' }, (response) => { response.resume(); resolve(true); }).on('error', () => resolve(false)).end(); }))) {
    if (proxy.exitCode !== null) throw new Error(`nginx did not start:\n${existsSync(join(folder, 'error.log')) ? readFileSync(join(folder, 'error.log'), 'utf8') : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return port;
}

async function startApp(name: string, over: string, args: readonly string[] = []): Promise<string> {
  const bind = over === 'unix' ? `unix:${folder}/app.sock` : '127.0.0.1:0';
  const command = await Command.start([`app.mjs:${name}`, '-b', bind, '-w', '1', '--limit-request-body', '100MB', ...args], { cwd: folder });
  running.push(command);
  const url = await command.url();
  return over === 'unix' ? url : new URL(url).host;
}

/** Ask nginx, from an address that is not the proxy's own. */
function ask(port: number, path: string, options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: Uint8Array } = {}): Promise<{ response: IncomingMessage; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', localAddress: '127.0.0.2', path, method: options.method ?? 'GET', headers: { Host: 'example.com', ...options.headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ response, text: Buffer.concat(parts).toString('latin1') }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
}

describe.runIf(process.platform === 'linux')('behind nginx, as docs/deployment.md configures it', () => {
  it.each([['wsgi', 'tcp'], ['wsgi', 'unix'], ['asgi', 'tcp'], ['asgi', 'unix']])('%s over %s: client, scheme, host; large bodies both ways', async (name, over) => {
    const port = await startNginx(await startApp(name, over));
    const { text } = await ask(port, '/a%20b?c', { headers: { 'X-Forwarded-For': '203.0.113.9' } });
    // What the client claims stands before what nginx saw.
    expect(JSON.parse(text)).toMatchObject({ client: '127.0.0.2', scheme: 'http', host: 'example.com', path: '/a b', size: 0 });
    expect(JSON.parse((await ask(port, '/', { method: 'POST', body: new Uint8Array(20_000_000) })).text)).toMatchObject({ size: 20_000_000 });
    expect((await ask(port, '/big')).text).toHaveLength(320 * 65_536);
  }, 60_000);

  it.each([['wsgi'], ['asgi']])('%s: nginx keeps its connection and uses it again', async (name) => {
    const port = await startNginx(await startApp(name, 'tcp', ['--forwarded-allow-ips', '', '--keep-alive', '75']));
    const ports = new Set<string>();
    for (let i = 0; i < 10; i += 1) ports.add((JSON.parse((await ask(port, '/')).text) as { port: string }).port);
    expect(ports.size).toBe(1);
  });

  it.each([['tcp'], ['unix']])('WebSocket over %s', async (over) => {
    const port = await startNginx(await startApp('asgi', over));
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { localAddress: '127.0.0.2' });
    await new Promise((resolve, reject) => { socket.once('open', resolve).once('error', reject); });
    const answer = new Promise<string>((resolve) => { socket.once('message', (data: Buffer) => resolve(data.toString())); });
    socket.send('hello');
    expect(await answer).toBe('hello from 127.0.0.2 by ws');
    const closed = new Promise((resolve) => { socket.once('close', resolve); });
    socket.close(1000);
    expect(await closed).toBe(1000);
  });

  it('HUP behind nginx: no request is lost', async () => {
    const port = await startNginx(await startApp('asgi', 'unix', ['--keep-alive', '75']));
    const command = running[0]!;
    const statuses = new Map<number, number>();
    let done = false;
    const clients = Array.from({ length: 4 }, async () => {
      while (!done) {
        const { response } = await ask(port, '/');
        statuses.set(response.statusCode!, (statuses.get(response.statusCode!) ?? 0) + 1);
      }
    });
    for (let round = 1; round <= 3; round += 1) {
      command.child.kill('SIGHUP');
      while (command.stderr.split('has finished').length - 1 < round) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    done = true;
    await Promise.all(clients);
    expect([...statuses.keys()]).toEqual([200]);
    expect(statuses.get(200)).toBeGreaterThan(20);
  }, 90_000);
});

describe('command lines in docs/deployment.md', () => {
  const lines = [...page.matchAll(/^ {4}(?:npx )?porthole (.*)$/gm)].map(([, line]) => splitWords(line!));
  const service = splitWords(/^ExecStart=\S+ (.*)$/m.exec(block('ini'))![1]!);
  const container = containerCommand.slice(1);

  it.each([...lines, service, container].map((words) => [words.join(' '), words] as const))('%s', (_, words) => {
    expect(readArgs(words)).toMatchObject({ target: 'app.ts:app', help: false });
  });

  it('flags in its tables are flags', () => {
    const named = [...page.matchAll(/`(--[a-z][a-z-]+)/g)].map(([, flag]) => flag!);
    expect(named.length).toBeGreaterThan(10);
    for (const flag of named) expect(() => readArgs(['app', `${flag}=1`])).not.toThrow(/There is no/);
  });
});
