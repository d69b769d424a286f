/**
 * The public face: what each entry of the package exports, that package.json leads there, and that `inject` does what it says.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InjectError, inject } from '../src/api/inject.ts';
import type { AsgiApp } from '../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../src/gateway/wsgi/types.ts';
import { publicEntries } from '../scripts/build-package.ts';
import { builtPackage } from './helpers/package.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Values, by entry. A name that goes or comes is a change that users see: say so in CHANGELOG.md. */
const names: Record<(typeof publicEntries)[number], readonly string[]> = {
  index: ['HttpClient', 'InjectError', 'InterfaceError', 'MemoryNetwork', 'Recorder', 'Server', 'SocketError', 'formatAddress', 'inject', 'materialise', 'noTrace', 'socketPair', 'systemHost', 'toGatewayApp'],
  core: ['CONNECTION_CLOSED', 'Connection', 'LocalProtocolError', 'NEED_DATA', 'PAUSED', 'ProtocolError', 'RemoteProtocolError', 'WS_NEED_DATA', 'WsConnection', 'answerHandshake', 'defaultLimits', 'isRefusal', 'noTrace', 'openHandshake', 'readAnswerToHandshake', 'readHandshake', 'wantsWebSocket'],
  wsgi: ['WsgiViolation', 'dispatcher', 'proxyFix', 'timing', 'validate'],
  asgi: ['AsgiViolation', 'ClientDisconnected', 'asgiFromWsgi', 'fromFetch', 'toFetch'],
  node: ['AppImportError', 'InterfaceError', 'SocketError', 'importApp', 'openFile', 'serve'],
  process: ['args', 'exit', 'readLine', 'write'],
  socket: ['AF_INET', 'SHUT_RD', 'SHUT_RDWR', 'SHUT_WR', 'SOCK_STREAM', 'SOL_SOCKET', 'SOMAXCONN', 'SO_REUSEADDR', 'Socket', 'SocketError', 'socket'],
  embed: ['PortholePlayground', 'definePlayground', 'protocolVersion'],
  'frameworks/flasklike': ['Flask', 'HttpError', 'MultiDict', 'Request', 'Response', 'TestClient', 'abort', 'jsonify', 'makeResponse', 'redirect', 'request'],
  'frameworks/fastapilike': ['BackgroundTasks', 'FastApi', 'HttpException', 'Request', 'Response', 'Type', 'ValidationError', 'WebSocket', 'WebSocketDisconnect', 'html', 'json'],
  snippet: ['LinkError', 'SnippetError', 'decodeSnippet', 'embedUrl', 'encodeSnippet', 'parseSnippet', 'shareUrl'],
};

interface Manifest { readonly exports: Record<string, string | { readonly types: string; readonly default: string }>; readonly bin: Record<string, string>; readonly files: readonly string[]; readonly main: string; readonly types: string }
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

describe('the entries', () => {
  it.each(publicEntries)('%s exports these names and no others', async (entry) => {
    const module = (await import(/* @vite-ignore */ join(root, `src/api/${entry}.ts`))) as object;
    expect(Object.keys(module).sort()).toEqual([...names[entry]].sort());
  });

  it.each(publicEntries)('%s names each export, and has no default', (entry) => {
    const text = readFileSync(join(root, `src/api/${entry}.ts`), 'utf8');
    expect(text).toMatch(/^\/\*\*/);
    expect(text).not.toMatch(/export \*|export default/);
  });

  it('are those that package.json exports', () => {
    const exported = Object.keys(manifest.exports).filter((name) => name !== './package.json');
    expect(exported.sort()).toEqual(publicEntries.map((name) => (name === 'index' ? '.' : `./${name}`)).sort());
  });

  it('have a doc comment on every declaration that they export', () => {
    const missing: string[] = [];
    for (const entry of publicEntries) {
      const text = readFileSync(join(root, `src/api/${entry}.ts`), 'utf8');
      for (const [, list, from] of text.matchAll(/export (?:type )?\{([^}]*)\} from '(\.[^']+)'/g)) {
        const source = readFileSync(join(root, 'src/api', dirname(entry), from!), 'utf8');
        for (const name of list!.split(',').map((each) => each.replace(/\btype\b/, '').trim()).filter(Boolean)) {
          if (!new RegExp(`\\*/\\s*(?:export )?(?:abstract |declare )?(?:async )?(?:class|function|const|interface|type) ${name}\\b`).test(source)) missing.push(`${name} (${from})`);
        }
      }
    }
    expect(missing).toEqual([]);
  });
});

describe('the package', () => {
  let dist: string;
  let user: string;
  beforeAll(async () => {
    dist = await builtPackage();
    // Somebody's project that has installed it.
    user = mkdtempSync(join(root, '.cache/user-'));
    mkdirSync(join(user, 'node_modules/porthole'), { recursive: true });
    // Without it, the project would be taken for a part of ours, and `porthole` for itself.
    writeFileSync(join(user, 'package.json'), '{"name":"user","type":"module"}');
    symlinkSync(dist, join(user, 'node_modules/porthole/dist'));
    writeFileSync(join(user, 'node_modules/porthole/package.json'), JSON.stringify(manifest));
  }, 60_000);
  afterAll(() => rmSync(user, { recursive: true }));

  it('resolves from a project that has installed it, each entry with its names', () => {
    const script = `const result = {}; for (const entry of ${JSON.stringify(publicEntries)}) result[entry] = Object.keys(await import(entry === 'index' ? 'porthole' : 'porthole/' + entry)).sort(); console.log(JSON.stringify(result));`;
    writeFileSync(join(user, 'names.mjs'), script);
    const printed = JSON.parse(execFileSync(process.execPath, ['names.mjs'], { cwd: user, encoding: 'utf8' })) as unknown;
    expect(printed).toEqual(Object.fromEntries(publicEntries.map((entry) => [entry, [...names[entry]].sort()])));
  });

  it('has every file that package.json names, as far as JavaScript goes', () => {
    const files = [manifest.main, ...Object.values(manifest.bin), ...Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [] : [target.default]))].filter((file) => file.includes('dist/'));
    expect(files.filter((file) => !existsSync(join(dist, file.replace(/^(?:\.\/)?dist\//, ''))))).toEqual([]);
    expect(readFileSync(join(dist, 'cli.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('is safe for browsers but for what is Node\'s own: no other entry reaches a module of Node', () => {
    const reach = (file: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(file)) return seen;
      seen.add(file);
      for (const [, specifier] of readFileSync(join(dist, file), 'utf8').matchAll(/(?:^|\n)\s*(?:import|export)[^'"\n]*from\s*["']([^"']+)["']|(?:^|\n)\s*import\s*["']([^"']+)["']/g)) {
        if (specifier === undefined) continue;
        if (specifier.startsWith('./')) reach(specifier.slice(2), seen);
        else seen.add(specifier);
      }
      return seen;
    };
    for (const entry of publicEntries.filter((name) => !['node', 'process', 'socket'].includes(name))) {
      expect([...reach(`${entry.replace('/', '-')}.js`)].filter((name) => name.startsWith('node:')), entry).toEqual([]);
    }
    // The same search finds them where they are.
    expect([...reach('node.js')].some((name) => name.startsWith('node:'))).toBe(true);
  });

  it('serves an application for a user of porthole/node', () => {
    writeFileSync(join(user, 'serve.mjs'), `import { serve } from 'porthole/node';
const server = await serve((environ, start) => { start('200 OK', []); return [new TextEncoder().encode(environ.PATH_INFO)]; }, { bind: '127.0.0.1:0' });
console.log(await (await fetch(server.urls[0] + '/served')).text(), server.address.host, server.connections >= 0);
await server.close();`);
    expect(execFileSync(process.execPath, ['serve.mjs'], { cwd: user, encoding: 'utf8' })).toBe('/served 127.0.0.1 true\n');
  });

  it('has no file that is not JavaScript', () => {
    expect(readdirSync(dist).filter((name) => !name.endsWith('.js'))).toEqual([]);
    expect(pathToFileURL(dist).protocol).toBe('file:');
  });
});

describe('inject', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const echo: WsgiApp = (environ, startResponse) => {
    startResponse('201 Created', [['Content-Type', 'application/json'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']]);
    return [bytes(JSON.stringify({ method: environ.REQUEST_METHOD, path: environ.PATH_INFO, query: environ.QUERY_STRING, type: environ.CONTENT_TYPE, host: environ.HTTP_HOST, body: new TextDecoder().decode(environ['wsgi.input'].read()) }))];
  };

  it('sends a GET for a string', async () => {
    const response = await inject(echo, '/a%20b?x=1');
    expect(response).toMatchObject({ status: 201, reason: 'Created' });
    expect(response.json()).toEqual({ method: 'GET', path: '/a b', query: 'x=1', host: 'localhost', body: '' });
    expect(response.header('set-cookie')).toBe('a=1, b=2');
    expect(response.headers.filter(([name]) => name === 'Set-Cookie')).toEqual([['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']]);
    expect(response.header('x-none')).toBeUndefined();
  });

  it('sends a body as POST, with its length, in UTF-8', async () => {
    const response = await inject(echo, { target: '/ü', headers: { 'Content-Type': 'text/plain' }, body: 'grüße' });
    expect(response.json()).toMatchObject({ method: 'POST', path: '/Ã¼', type: 'text/plain', body: 'grüße' });
  });

  it('sends octets as they are, and takes the refusal for a response', async () => {
    const response = await inject(echo, { raw: 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n' });
    expect(response.status).toBe(400);
    expect(new TextDecoder().decode(response.raw)).toMatch(/^HTTP\/1\.1 400 /);
    expect(response.trace.some((event) => event.type === 'http.error')).toBe(true);
  });

  it('tells the trace', async () => {
    const { trace } = await inject(echo, '/traced', { name: 'echo' });
    expect(trace.filter(({ type }) => ['app.call', 'app.start', 'app.body'].includes(type)).map(({ type }) => type)).toEqual(['app.call', 'app.start', 'app.body']);
    expect(trace.find((event) => event.type === 'app.call')).toMatchObject({ name: 'echo', interface: 'wsgi' });
  });

  it('runs ASGI applications with their lifespan, and fetch handlers', async () => {
    const seen: string[] = [];
    const app: AsgiApp = async (scope, receive, send) => {
      if (scope.type === 'lifespan') {
        for (;;) {
          const { type } = await receive();
          seen.push(type);
          await send({ type: type === 'lifespan.startup' ? 'lifespan.startup.complete' : 'lifespan.shutdown.complete' });
          if (type === 'lifespan.shutdown') return;
        }
      }
      await send({ type: 'http.response.start', status: 200, headers: [] });
      await send({ type: 'http.response.body', body: bytes(scope.type) });
    };
    expect((await inject(app)).text()).toBe('http');
    expect(seen).toEqual(['lifespan.startup', 'lifespan.shutdown']);
    expect((await inject({ fetch: (request: Request) => new Response(new URL(request.url).pathname) }, '/x')).text()).toBe('/x');
  });

  it('rejects with what happened where no response comes', async () => {
    const never: AsgiApp = async (scope, _receive, _send) => { if (scope.type === 'http') await new Promise(() => {}); };
    const failure = await inject(never, '/', { timeoutMs: 50 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InjectError);
    expect(failure).toMatchObject({ kind: 'timeout' });
    expect((failure as InjectError).trace.some(({ type }) => type === 'app.call')).toBe(true);
  });

  it('rejects what is no application, and a field that is not latin-1', async () => {
    await expect(inject(3)).rejects.toMatchObject({ name: 'InterfaceError' });
    await expect(inject(echo, { headers: { 'X-A': '€' } })).rejects.toThrow(TypeError);
  });
});
