/** Scripts of the page in a terminal: the same files, with the package as it is published, over TCP. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'sucrase';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examples } from '../../src/examples/index.ts';
import { builtPackage } from '../helpers/package.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
beforeAll(async () => {
  const dist = await builtPackage();
  folder = mkdtempSync(join(root, '.cache/scripts-'));
  mkdirSync(join(folder, 'node_modules/porthole'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"scripts","type":"module"}');
  writeFileSync(join(folder, 'node_modules/porthole/package.json'), readFileSync(join(root, 'package.json')));
  symlinkSync(dist, join(folder, 'node_modules/porthole/dist'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

interface Running { readonly exit: Promise<number | null>; readonly output: () => string; readonly saying: (text: string) => Promise<void>; readonly type: (text: string) => void; readonly stop: () => void }

/** Run a script of an example with Node, its port replaced: types are taken off, as newer versions of Node do by themselves. */
function run(id: string, file: string, ports: Readonly<Record<number, number>>, args: readonly string[] = []): Running {
  const files = examples.find((example) => example.id === id)!.files;
  const dir = join(folder, id);
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const { code } = transform(text, { transforms: ['typescript'], disableESTransforms: true });
    let own = code.replace(/(from '\.\/\w+)\.ts'/g, "$1.js'");
    for (const [port, free] of Object.entries(ports)) own = own.replaceAll(port, String(free));
    writeFileSync(join(dir, name.replace(/\.ts$/, '.js')), own);
  }
  return start(dir, file, args);
}

function start(dir: string, file: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, [file, ...args], { cwd: dir, stdio: 'pipe' });
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const watcher of [...watchers]) watcher();
    });
  }
  return {
    exit: once(child, 'close').then(([code]) => code as number | null),
    output: () => output,
    saying: (text) => new Promise((resolve) => {
      const watcher = (): void => {
        if (!output.includes(text)) return;
        watchers.delete(watcher);
        resolve();
      };
      watchers.add(watcher);
      watcher();
    }),
    type: (text) => child.stdin.end(text),
    stop: () => child.kill(),
  };
}

test('the echo server and its client, each a process of Node', async () => {
  const port = await freePort();
  const server = run('echo', 'server.js', { 7000: port });
  await server.saying('listening at');
  const client = run('echo', 'client.js', { 7000: port });
  expect(await client.exit).toBe(0);
  expect(client.output()).toContain('echo: Hello, is anybody there?');
  expect(await server.exit).toBe(0);
  expect(server.output()).toMatch(/somebody has come from port \d+\ngot "Hello, is anybod"\n/);
}, 30_000);

test('a client whose server is not there ends with exit code 1 and the line', async () => {
  const client = run('echo', 'client.js', { 7000: await freePort() });
  expect(await client.exit).toBe(1);
  expect(client.output()).toMatch(/SocketError: connect: ECONNREFUSED[\s\S]*client\.js:\d+/);
}, 30_000);

test('the WSGI server by hand answers over TCP, as badly as in the page', async () => {
  const [own, gateway] = [await freePort(), await freePort()];
  const server = run('wsgi-by-hand', 'server.js', { 8000: own, 8001: gateway });
  await server.saying('by hand at port');
  const compare = run('wsgi-by-hand', 'compare.js', { 8000: own, 8001: gateway });
  // There is no gateway here.
  expect(await compare.exit).toBe(1);
  expect(compare.output()).toContain('by hand: "HTTP/1.1 200 OK\\nContent-Type: text/plain; charset=utf-8\\n\\nGET /hello, 0 octets\\n"');
  server.stop();
  await server.exit;
}, 30_000);

test('porthole/process: arguments, lines, output and exit code', async () => {
  writeFileSync(join(folder, 'lines.js'), "import { args, exit, readLine, write } from 'porthole/process';\nwrite(`${args.join(',')}: `);\nfor (let line = await readLine(); line !== undefined; line = await readLine()) write(`<${line}>`);\nexit(7);\n");
  const script = start(folder, 'lines.js', ['a', 'b']);
  script.type('one\ntwo');
  expect(await script.exit).toBe(7);
  expect(script.output()).toBe('a,b: <one><two>');
}, 30_000);
