/**
 * A plain static file server for the built site: what any static host does and nothing more, so that a page which works
 * here needs no special response headers.
 *
 *     usage: npx tsx scripts/serve-static.ts [DIRECTORY] [--port N] [--delay MS]
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { countOf, readOptions } from './options.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

/** A running static server. */
export interface StaticServer {
  /** Where the site's start page is, with the base path and a trailing slash. */
  readonly url: string;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

export interface StaticOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Path the site lives under, with a slash at both ends. Default `/`. Anything outside answers 404. */
  readonly base?: string;
  /** Wait before each answer, as a slow network would. ms, default 0. */
  readonly delayMs?: number;
}

/** Serves the files below `directory` on the loopback interface. Rejects where the port is taken. */
export function serveStatic(directory: string, { port = 0, base = '/', delayMs = 0 }: StaticOptions = {}): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const answered = delayMs === 0 ? answer(directory, base, request, response) : wait(delayMs).then(() => answer(directory, base, request, response));
    answered.catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `http://127.0.0.1:${port}${base}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function answer(directory: string, base: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
  let path: string;
  try {
    path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  } catch {
    return refuse(response, 400);
  }
  if (!path.startsWith(base) || path.includes('\0')) return refuse(response, 404);
  // `new URL` has removed plain dot segments; `%2e%2e` and backslashes are met here.
  const root = normalize(directory + sep);
  let file = normalize(join(root, path.slice(base.length)));
  if (!file.startsWith(root)) return refuse(response, 404);
  if (path.endsWith('/')) file = join(file, 'index.html');
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined || !facts.isFile()) return refuse(response, 404);
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-length': facts.size,
    'cache-control': 'no-cache',
  });
  if (request.method === 'HEAD') return void response.end();
  createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${status}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = readOptions('usage: npx tsx scripts/serve-static.ts [DIRECTORY] [--port N] [--delay MS]', { allowPositionals: true, options: { port: { type: 'string', default: '0' }, delay: { type: 'string', default: '0' } } });
  const { url } = await serveStatic(positionals[0] ?? 'dist/site', { port: countOf(values.port, '--port', 0), delayMs: countOf(values.delay, '--delay', 0) });
  console.log(url);
}
