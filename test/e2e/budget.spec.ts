/** What is transferred before the code is seen, and before an embed is wanted. Sizes, not times: compressed as a host does it, as well as brotli can. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, inject, onTestFinished, test } from 'vitest';
import { siteFolder } from '../../scripts/build.ts';
import { excuse, newVisitor, useBrowser, type Visitor } from './visitor.ts';

useBrowser();

/** Octets of a file of the site, compressed. */
function compressed(url: string): number {
  const path = url.replace(/[?#].*$/s, '').slice(inject('site').length) || 'index.html';
  return brotliCompressSync(readFileSync(join(siteFolder, path))).length;
}

/** The page and everything that it asked for before its first paint. */
async function critical({ page }: Visitor): Promise<readonly { readonly name: string; readonly size: number }[]> {
  const early = await page.evaluate(() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0]!.startTime;
    return performance.getEntriesByType('resource').filter(({ startTime }) => startTime <= paint).map(({ name }) => name);
  });
  return [page.url(), ...early].filter((url) => !url.endsWith('favicon.svg')).map((url) => ({ name: url.replace(/#.*$/s, '').slice(inject('site').length), size: compressed(url) }));
}

test.each(['', 'ex=hello-wsgi', 'ex=hello-asgi'])('the code is seen after 60 kB: #%s', async (fragment) => {
  const visitor = await newVisitor();
  await visitor.playground.open(fragment);
  await visitor.playground.listening();
  const files = await critical(visitor);
  const sum = files.reduce((bytes, { size }) => bytes + size, 0);
  console.log(`critical path: ${sum} bytes in ${files.length} files`);
  expect(files.some(({ name }) => /main-.*\.js/.test(name))).toBe(true);
  expect(sum, JSON.stringify(files.toSorted((a, b) => b.size - a.size), null, 1)).toBeLessThanOrEqual(60_000);
});

test('an embed that nobody has opened costs less than 10 kB', async () => {
  const site = inject('site');
  const html = `<!doctype html><title>Docs</title><script src="${site}embed.js" async></script><porthole-playground loading="click" example="hello-wsgi"><pre>code</pre></porthole-playground>`;
  const server = createServer((_request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(html));
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  const visitor = await newVisitor();
  await visitor.page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await visitor.page.getByRole('button', { name: 'Open the playground' }).waitFor();
  const fetched = visitor.requests.filter((url) => url.startsWith(site));
  expect(fetched).toEqual([`${site}embed.js`]);
  expect(compressed(fetched[0]!)).toBeLessThan(10_000);
  excuse(visitor.complaints, (complaint) => complaint.startsWith('request to ') || complaint.includes('favicon'));
});
