/** After the first visit the page opens without a network; a newer build is offered, and taken when the visitor says so. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { siteFolder } from '../../scripts/build.ts';
import { serveStatic } from '../../scripts/serve-static.ts';
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

test('the server is gone: the page opens, runs an app, and keeps to its sandbox', async () => {
  const server = await serveStatic(siteFolder, { base: '/sub/path/' });
  const visitor = await newVisitor({ offline: true, site: server.url });
  const { page, playground } = visitor;
  await playground.open('ex=hello-wsgi');
  await playground.listening();
  await kept(visitor);
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
  await playground.button('Load it').click();
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
