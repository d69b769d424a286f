/** `porthole app.py:app`: Python applications over TCP, from the command as it is published. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { examples, exampleSnippet } from '../../src/examples/index.ts';
import { debianPackages } from '../helpers/debian-wheels.ts';
import { Command, run, talk } from '../helpers/package.ts';

const files: Readonly<Record<string, string>> = {
  'app.py': `
import os, sys
import dep
from helper import greeting
print('imported', os.getcwd() == sys.path[0], os.environ['COLOUR'])
def app(environ, start_response):
    if environ['PATH_INFO'] == '/boom': raise ValueError('boom')
    start_response('200 OK', [('Content-Type', 'text/plain')])
    yield greeting(dep.name).encode()
def make(): return app
`,
  'helper.py': 'def greeting(name): return f"Hello, {name}"',
  'shop/__init__.py': '',
  'shop/web.py': `
async def application(scope, receive, send):
    if scope['type'] == 'lifespan':
        while True:
            kind = (await receive())['type']
            print(kind, flush=True)
            await send({'type': f'{kind}.complete'})
            if kind == 'lifespan.shutdown': return
    await send({'type': 'http.response.start', 'status': 200})
    await send({'type': 'http.response.body', 'body': b'from ' + scope['path'].encode()})
`,
  'broken.py': 'import sys\nx = 1 / 0\n',
  'elsewhere/dep.py': 'name = "PYTHONPATH"',
  '.venv/lib/python3.14/site-packages/dep.py': 'name = "the environment"',
};

/** A Python starts in one second, or in twenty where much else goes on. */
const patienceMs = 90_000;

const env = { COLOUR: 'blue', PYTHONPATH: '', VIRTUAL_ENV: '' };
let folder: string;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'porthole python ')));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  // The very first start compiles Python's library; the ones that are timed (`Command.until`) find it done.
  await run(['--check-config', 'helper.py'], { cwd: folder, env });
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

const commands: Command[] = [];
// Also where a test fails before it stops its command.
afterEach(() => {
  for (const { child } of commands.splice(0)) child.kill('SIGKILL');
});

async function start(...given: Parameters<typeof Command.start>): Promise<Command> {
  const command = await Command.start(...given);
  commands.push(command);
  return command;
}

test('WSGI, with modules beside it, a virtual environment, the trace and tracebacks', async () => {
  const command = await start(['app.py:app', '-b', '127.0.0.1:0', '--trace'], { cwd: folder, env });
  const url = await command.url(patienceMs);
  expect(await (await fetch(`${url}/a`)).text()).toBe('Hello, the environment');
  expect((await fetch(`${url}/boom`)).status).toBe(500);
  await command.stop();
  expect(command.stdout).toContain('imported True blue');
  expect(command.stdout).toMatch(/app\.start .*app\.py:8/);
  expect(command.stdout).toMatch(/app\.body .*app\.py:9/);
  expect(command.stderr).toContain('  File "app.py", line 7, in app\n');
}, 120_000);

test('ASGI with lifespan, by the name that Python gives it, and PYTHONPATH', async () => {
  const command = await start(['shop.web', '-b', '127.0.0.1:0'], { cwd: folder, env });
  expect(await (await fetch(`${await command.url(patienceMs)}/b`)).text()).toBe('from /b');
  const { code } = await command.stop();
  expect(code).toBe(0);
  expect(command.stdout).toMatch(/lifespan\.startup\n[^]*lifespan\.shutdown\n/);
}, 120_000);

/** Those with an application for the gateway. Scripts with sockets of their own need no server of ours on Node: that is what Python does. */
const applications = examples.filter((example) => {
  const { lang, programs = [] } = exampleSnippet(example);
  return lang === 'py' && (programs.length === 0 || programs.some(({ kind }) => kind === 'gateway'));
});
test.each(applications)('example $id', async (example) => {
  const own = join(folder, 'examples', example.id);
  mkdirSync(own, { recursive: true });
  for (const [name, text] of Object.entries(example.files)) {
    mkdirSync(dirname(join(own, name)), { recursive: true });
    writeFileSync(join(own, name), text);
  }
  const command = await start([example.entry!, '-b', '127.0.0.1:0'], { cwd: own, env: { ...env, PYTHONPATH: example.files['requirements.txt'] === undefined ? '' : debianPackages() } });
  const url = await command.url(patienceMs);
  for (const { raw, claim } of example.requests) {
    const octets = await talk(url, raw.replace('\r\n', '\r\nConnection: close\r\n'));
    expect(octets).toMatch(new RegExp(`^HTTP/1\\.1 ${claim.status} `));
    for (const piece of claim.bodyIncludes ?? []) expect(Buffer.from(octets, 'latin1').toString()).toContain(piece);
  }
  await command.stop();
}, 120_000);

test('a factory, and PYTHONPATH before the environment', async () => {
  const command = await start(['app:make', '--factory', '-b', '127.0.0.1:0'], { cwd: folder, env: { ...env, PYTHONPATH: 'elsewhere' } });
  expect(await (await fetch(await command.url(patienceMs))).text()).toBe('Hello, PYTHONPATH');
  await command.stop();
}, 120_000);

test('an import that fails has its line and its traceback', async () => {
  const { code, stderr } = await run(['broken.py', '-b', '127.0.0.1:0'], { cwd: folder, env });
  expect(code).toBe(4);
  expect(stderr).toContain('broken.py:2: ZeroDivisionError: division by zero');
  expect(stderr).toContain('  File "broken.py", line 2, in <module>\n');
}, 120_000);
