import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveStatic, type StaticServer } from '../../scripts/serve-static.ts';

let folder: string;
let server: StaticServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'porthole-static-'));
  mkdirSync(join(folder, 'site/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'outside');
  writeFileSync(join(folder, 'site/index.html'), '<p>start');
  writeFileSync(join(folder, 'site/assets/a b.js'), 'x');
  server = await serveStatic(join(folder, 'site'), { base: '/docs/porthole/' });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** The status of a request target as it is, without a client that tidies it. */
async function statusOf(target: string): Promise<number> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString('latin1');
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
}

test('the start page, a file with a space, types and lengths', async () => {
  const start = await fetch(server.url);
  expect([start.status, start.headers.get('content-type'), await start.text()]).toEqual([200, 'text/html; charset=utf-8', '<p>start']);
  const script = await fetch(`${server.url}assets/a%20b.js`);
  expect([script.status, script.headers.get('content-type'), script.headers.get('content-length')]).toEqual([200, 'text/javascript; charset=utf-8', '1']);
});

test('HEAD has no body, other methods are refused', async () => {
  expect((await fetch(server.url, { method: 'HEAD' })).status).toBe(200);
  expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
});

test.each([
  '/', '/docs/', '/docs/porthole/nope', '/docs/porthole/assets/', '/docs/porthole/../../secret.txt', '/docs/porthole/%2e%2e/secret.txt',
  '/docs/porthole/..%2fsecret.txt', '/docs/porthole/assets/..%2f..%2fsecret.txt', '/docs/porthole/%00', '/docs/porthole/..%5csecret.txt',
])('%s is not found', async (target) => {
  expect(await statusOf(target)).toBe(404);
});

test('a target that cannot be decoded is a bad request', async () => {
  expect(await statusOf('/docs/porthole/%zz')).toBe(400);
});
