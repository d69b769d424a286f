import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { latin1Bytes } from '../../../src/client/latin1.ts';
import { exampleSnippet, findExample } from '../../../src/examples/index.ts';
import { systemHost } from '../../../src/host/system.ts';
import { createMachine } from '../../../src/machine/machine.ts';
import { nodeProject, projectName, slug, type ProjectFiles } from '../../../src/playground/export/node-project.ts';
import type { SavedExchange } from '../../../src/playground/export/vitest-file.ts';
import { zipFiles } from '../../../src/playground/export/zip.ts';
import type { Snippet } from '../../../src/snippet/schema.ts';
import { builtPackage, Command, talk } from '../../helpers/package.ts';
import { library, createNodeSpawner } from '../../helpers/spawner-node.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
mkdirSync(join(root, '.cache'), { recursive: true });
// Inside the repository, so that `vitest` is found.
const scratch = mkdtempSync(join(root, '.cache/project-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The snippet's requests, sent on a real machine. */
async function sendAll(snippet: Snippet): Promise<SavedExchange[]> {
  const machine = createMachine({ spawner: createNodeSpawner(), host: systemHost, library });
  await machine.run(snippet);
  const exchanges: SavedExchange[] = [];
  for (const { name, raw } of snippet.requests) exchanges.push({ name, raw, result: await machine.send({ bytes: latin1Bytes(raw) }) });
  await machine.stop();
  return exchanges;
}

const snippetOf = (id: string): Snippet => exampleSnippet(findExample(id)!);

/** Writes a project, with the built package where npm would install it. */
async function write(name: string, files: ProjectFiles): Promise<string> {
  const folder = join(scratch, name);
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const installed = join(folder, 'node_modules/porthole');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ type: 'module', exports: './dist/index.js' }));
  symlinkSync(await builtPackage(), join(installed, 'dist'), 'junction');
  return folder;
}

/** `npm test`, without npm. */
function runTests(folder: string): { readonly status: number | null; readonly output: string } {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  // Vitest looks for a configuration in the folders above, and would find ours.
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {};\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder], { cwd: folder, env: { ...env, NO_COLOR: '1' }, encoding: 'utf8', timeout: 90_000 });
  return { status, output: stdout + stderr };
}

describe('the project runs', () => {
  test('its test passes as it was exported, and fails once the app says something else', async () => {
    const parts = await Promise.all(['hello-wsgi', 'form', 'forgets-start', 'streaming'].map(async (id) => ({ id, snippet: snippetOf(id), exchanges: await sendAll(snippetOf(id)) })));
    let count = 0;
    for (const { id, snippet, exchanges } of parts) {
      await write(`whole/${id}`, nodeProject(snippet, exchanges, { version: '0.1.0' }));
      count += exchanges.length;
    }
    const passed = runTests(join(scratch, 'whole'));
    expect(passed.output).toMatch(new RegExp(`Tests\\s+${count} passed`));
    expect(passed.status).toBe(0);

    const { snippet, exchanges } = parts[0]!;
    const changed = { ...snippet, files: { 'app.ts': snippet.files['app.ts']!.replace('Hello', 'Goodbye') } };
    const failed = runTests(await write('changed', nodeProject(changed, exchanges, { version: '0.1.0' })));
    expect(failed.status).toBe(1);
    expect(failed.output).toContain('Goodbye from WSGI');
  }, 180_000);

  test('its start script serves the app, and a saved request is answered', async () => {
    const snippet = snippetOf('hello-wsgi');
    const files = nodeProject(snippet, [{ name: 'GET /world', raw: snippet.requests[0]!.raw }], { version: '0.1.0' });
    const folder = await write('started', files);
    const { scripts } = JSON.parse(files.get('package.json') as string) as { scripts: { start: string } };
    const [program, ...args] = scripts.start.split(' ');
    expect(program).toBe('porthole');
    const command = await Command.start([...args, '-b', '127.0.0.1:0'], { cwd: folder });
    const raw = files.get('requests/01-get-world.raw') as Uint8Array;
    const answer = await talk(await command.url(), Buffer.from(raw).toString('latin1'), { enough: (text) => text.includes('/world') });
    expect(answer).toContain('Hello from WSGI. You asked for /world');
    await command.stop();
  }, 90_000);
});

const snippet: Snippet = {
  v: 1, title: 'Café & <b>more</b>', lang: 'ts', interface: 'asgi', entry: 'src/my app.ts:app', files: { 'src/my app.ts': '', 'package.json': '{}', 'README.md': 'mine' },
  requests: [], server: { workers: 2, rootPath: '/x', timeout: 5, keepAlive: 0, validate: true }, network: {}, view: {},
};

describe('its files', () => {
  const files = nodeProject(snippet, [
    { name: 'POST /form', raw: 'POST /form HTTP/1.1\r\nHost: h\r\nX-A: caf\xc3\xa9\r\nContent-Length: 5\r\n\r\nhello' },
    { name: 'bare LF', raw: 'GET / HTTP/1.1\n\n' },
    { name: '###', raw: 'GET /\xff HTTP/1.1\r\n' },
  ], { version: '1.2.3', link: 'https://example.test/#1.d.x.y' });

  test('a snippet’s own files cannot take the place of ours', () => {
    expect([...files.keys()]).toEqual([
      '.gitignore', 'README.md', 'app/README.md', 'app/package.json', 'app/src/my app.ts', 'package.json', 'requests/01-post-form.raw', 'requests/02-bare-lf.raw', 'requests/03-request.raw',
      'requests/requests.http', 'test/app.test.ts', 'tsconfig.json',
    ]);
  });

  test('package.json: settings as flags, paths quoted', () => {
    const json = JSON.parse(files.get('package.json') as string) as Record<string, any>;
    expect(json['name']).toBe('cafe-b-more-b');
    expect(json['dependencies']).toEqual({ porthole: '^1.2.3' });
    expect(json['scripts'].start).toBe('porthole "app/src/my app.ts:app" --interface asgi -w 2 --root-path /x --timeout 5 --keep-alive 0 --validate');
  });

  test('requests.http has what its readers can send, and leaves Host and Content-Length to them', () => {
    expect(files.get('requests/requests.http')).toBe('### POST /form\nPOST http://127.0.0.1:8000/form HTTP/1.1\nX-A: café\n\nhello\n');
  });

  test('the README names every request and takes no markup from the snippet', () => {
    const readme = files.get('README.md') as string;
    expect(readme).toContain('# Café & \\<b\\>more\\</b\\>');
    for (const file of ['01-post-form', '02-bare-lf', '03-request']) expect(readme).toContain(`requests/${file}.raw`);
    expect(readme).toContain('(<https://example.test/#1.d.x.y>)');
  });
});

test('the archive holds the same octets, and is the same each time', () => {
  const files = nodeProject(snippet, [{ name: 'x', raw: 'GET /\xff\n' }], { version: '1.2.3' });
  const zip = zipFiles(projectName(snippet), files);
  expect(zip).toEqual(zipFiles(projectName(snippet), files));
  const back = unzipSync(zip);
  expect(Object.keys(back)).toEqual([...files.keys()].map((path) => `cafe-b-more-b/${path}`));
  for (const [path, content] of files) {
    const found = back[`cafe-b-more-b/${path}`]!;
    if (typeof content === 'string') expect(strFromU8(found)).toBe(content);
    else expect([...found]).toEqual([...content]);
  }
});

test('the time zone does not show in the archive', () => {
  const script = "import { zipFiles } from './src/playground/export/zip.ts'; console.log(Buffer.from(zipFiles('a', new Map([['b', 'c']]))).toString('base64'));";
  const inZone = (zone: string): string => spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: root, env: { ...process.env, TZ: zone }, encoding: 'utf8' }).stdout;
  expect(inZone('Asia/Tokyo')).toMatch(/^UEs/);
  expect(inZone('Asia/Tokyo')).toBe(inZone('America/Los_Angeles'));
});

test.each([['GET /a/b?c=d', 'get-a-b-c-d'], ['Ünïcode', 'unicode'], ['一切', ''], ['x'.repeat(80), 'x'.repeat(40)]])('slug %s', (text, expected) => {
  expect(slug(text)).toBe(expected);
});
