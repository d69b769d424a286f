/** After the first visit the page opens without a network; a newer build is offered, and taken when the visitor says so. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { siteFolder } from '../../scripts/build.ts';
import { serveStatic } from '../../scripts/serve-static.ts';
import type { Playground } from './playground.ts';
import { excuse, newVisitor, useBrowser, type Visitor } from './visitor.ts';

useBrowser();

/** Says that the page is kept: its service worker is in charge, and Monaco has been seen by it. */
async function kept({ page }: Visitor): Promise<void> {
  await page.locator('.monaco-editor').first().waitFor();
  await expect.poll(() => page.evaluate(async () => {
    if (!navigator.serviceWorker.controller) return [];
    const names = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url.replace(/^.*\//, ''))));
    return names.flat().filter((name) => /^((editor\.api|monaco|ts\.worker)-.*\.js|index\.html|sandbox\.html)$/.test(name)).map((name) => name.replace(/-.*/, '')).toSorted();
  }), { timeout: 30_000 }).toEqual(['editor.api', 'index.html', 'monaco', 'sandbox.html', 'ts.worker']);
}

const tellsOrigin = 'export const app = (environ, startResponse) => {\n  startResponse("200 OK", []);\n  return [new TextEncoder().encode(self.origin + " " + (typeof indexedDB))];\n};\n';

/** Runs an app that tells its origin, and asserts that it has none, by whichever way its frame was made: by attribute or by header. */
async function isStranger(playground: Playground, way: 'attribute' | 'header'): Promise<void> {
  await playground.typeCode(tellsOrigin);
  await playground.run();
  await playground.send();
  await playground.answer();
  await expect.poll(() => playground.responseBody()).toMatch(/^null /);
  expect(await playground.page.locator('iframe[title=Sandbox]').first().getAttribute('sandbox')).toBe(way === 'attribute' ? 'allow-scripts' : null);
  // Neither side can look into the other.
  expect(await playground.page.locator('iframe[title=Sandbox]').evaluateAll((frames) => frames.map((frame) => (frame as HTMLIFrameElement).contentDocument))).toEqual([null]);
}

test('the app is a stranger on every way to its frame: first visit, kept, past the worker, worker gone', async () => {
  const server = await serveStatic(siteFolder, { base: '/sub/path/' });
  onTestFinished(() => server.close());
  const visitor = await newVisitor({ offline: true, site: server.url });
  const { page, context, playground } = visitor;
  await playground.open('ex=hello-wsgi');
  await playground.listening();
  await kept(visitor);
  await page.reload();
  await page.locator('.monaco-editor').first().waitFor();
  await isStranger(playground, 'header');

  // Shift and Reload: the page is not the worker's, and no frame of it is.
  const session = await context.newCDPSession(page);
  const loaded = page.waitForEvent('load');
  await session.send('Page.reload', { ignoreCache: true });
  await loaded;
  await page.locator('.monaco-editor').first().waitFor();
  expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();
  await isStranger(playground, 'attribute');

  // The worker is unregistered while the page, which still names it as its controller, goes on: the frame comes from the network, without the header.
  await page.reload();
  await page.locator('.monaco-editor').first().waitFor();
  await playground.listening();
  expect(await page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())!.unregister();
    return navigator.serviceWorker.controller !== null;
  })).toBe(true);
  await playground.button('Stop').click();
  await isStranger(playground, 'attribute');
  // sandbox.html has said that it does not run in our origin.
  excuse(visitor.complaints, (complaint) => complaint.includes('This page only works in <iframe sandbox='));
});

test('a host that takes .html off names: the page opens again', async () => {
  const folder = await serveStatic(siteFolder);
  onTestFinished(() => folder.close());
  // As Cloudflare Pages does.
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://localhost').pathname;
    if (path.endsWith('.html')) {
      response.writeHead(308, { location: path.replace(/(?:\/index)?\.html$/, (end) => (end.startsWith('/') ? '/' : '')) }).end();
      return;
    }
    const file = path === '/' || path.includes('.') ? path : `${path}.html`;
    void fetch(folder.url.slice(0, -1) + file).then(async (found) => {
      response.writeHead(found.status, { 'content-type': found.headers.get('content-type') ?? '' }).end(Buffer.from(await found.arrayBuffer()));
    });
  });
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  const visitor = await newVisitor({ offline: true, site: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
  const { page, playground } = visitor;
  await playground.open('ex=hello-wsgi');
  await playground.listening();
  await kept(visitor);
  await page.reload();
  await playground.listening();
  await playground.send();
  expect(await playground.answer()).toContain('200 OK');
});

test('the server is gone: the page opens, runs an app, and keeps to its sandbox', async () => {
  const server = await serveStatic(siteFolder, { base: '/sub/path/' });
  const visitor = await newVisitor({ offline: true, site: server.url });
  const { page, playground } = visitor;
  await playground.open('ex=hello-wsgi');
  await playground.listening();
  await kept(visitor);
  // Nothing is under way any more.
  await page.waitForLoadState('networkidle', { timeout: 60_000 });
  await server.close();
  await page.reload();
  await playground.run();
  await playground.send();
  expect(await playground.answer()).toContain('200 OK');
  await page.locator('.monaco-editor').first().waitFor();
  // What runs there has an origin of its own, as with a network.
  await playground.chooseExample('Everything in environ');
  await playground.typeCode('export const app = (environ, startResponse) => {\n  startResponse("200 OK", []);\n  return [new TextEncoder().encode(self.origin + " " + (typeof indexedDB))];\n};\n');
  await playground.send();
  await expect.poll(() => playground.responseBody()).toContain('null');
  excuse(visitor.complaints, (complaint) => complaint.includes('ERR_CONNECTION_REFUSED') || complaint.includes('service-worker.js'));
});

test('a newer build is offered, and taken with what was typed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'porthole-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(siteFolder, folder, { recursive: true });
  const server = await serveStatic(folder);
  onTestFinished(() => server.close());
  const visitor = await newVisitor({ offline: true, site: server.url });
  const { page, playground } = visitor;
  await playground.open('ex=hello-wsgi');
  await kept(visitor);
  await playground.typeCode('// typed before\n');

  // The next build: another page, and a service worker that says so.
  const index = join(folder, 'index.html');
  writeFileSync(index, readFileSync(index, 'utf8').replace('<div id="root">', '<div id="root" data-build="next">'));
  const script = join(folder, 'service-worker.js');
  const text = readFileSync(script, 'utf8');
  const changed = text.replace(/(id:\s*[`'"][^`'"]*)/, '$1 next');
  expect(changed).not.toBe(text);
  writeFileSync(script, changed);
  await page.reload();
  expect(await page.locator('#root').getAttribute('data-build')).toBeNull();
  // It is offered once all of it has been fetched.
  await playground.button('Load it').click({ timeout: 40_000 });
  await expect.poll(() => page.locator('#root').getAttribute('data-build').catch(() => null)).toBe('next');
  await expect.poll(() => playground.code()).toContain('typed before');
});

test('somebody else\'s page gets none', async () => {
  const visitor = await newVisitor({ offline: true });
  const { page, playground } = visitor;
  await page.goto(playground.address('ex=hello-wsgi').replace('#', 'embed.html#'));
  await playground.editor.waitFor();
  await playground.listening();
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});
