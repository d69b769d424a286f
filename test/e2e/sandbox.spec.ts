/** Somebody else's code runs here. It reaches nothing of the visitor's, and the page says nothing on the console meanwhile. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examples } from '../../src/examples/index.ts';
import { excuse, newVisitor, useBrowser } from './visitor.ts';

useBrowser({ editor: 'plain' });

/** A place outside that code might want to send something to; it counts who knocks. */
let outside: Server;
let knocks: string[];
beforeEach(async () => {
  knocks = [];
  outside = createServer((request, response) => {
    knocks.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' }).end('export const reached = true;');
  });
  outside.on('upgrade', (request, socket) => {
    knocks.push(`UPGRADE ${request.url}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  outside.closeAllConnections();
  outside.close();
});

/** Every way out that we know of. Each probe answers `open` or why it is closed. */
const probes = (origin: string, site: string): Record<string, string> => ({
  'fetch': `fetch('${origin}/fetch').then(() => 'open')`,
  'fetch no-cors': `fetch('${origin}/nocors', { mode: 'no-cors' }).then(() => 'open')`,
  'fetch of the site': `fetch('${site}').then(() => 'open')`,
  'XMLHttpRequest': `new Promise((yes) => { const x = new XMLHttpRequest(); x.onload = () => yes('open'); x.onerror = () => yes('blocked'); x.open('GET', '${origin}/xhr'); x.send(); })`,
  'WebSocket': `new Promise((yes) => { const s = new WebSocket('${origin.replace('http', 'ws')}/ws'); s.onopen = () => yes('open'); s.onerror = () => yes('blocked'); })`,
  'EventSource': `new Promise((yes) => { const s = new EventSource('${origin}/events'); s.onopen = () => yes('open'); s.onerror = () => yes('blocked'); })`,
  'import()': `import('${origin}/module.js').then(() => 'open')`,
  'importScripts': `(importScripts('${origin}/script.js'), 'open')`,
  'a worker from outside': `new Promise((yes) => { const w = new Worker('${origin}/worker.js'); w.onmessage = () => yes('open'); w.onerror = () => yes('blocked'); setTimeout(() => yes('silent'), 800); })`,
  'a nested worker that fetches': `new Promise((yes) => { const w = new Worker('data:text/javascript,' + encodeURIComponent("fetch('${origin}/nested').then(() => postMessage('open'), () => postMessage('blocked'))")); w.onmessage = (e) => yes(e.data); w.onerror = () => yes('blocked'); setTimeout(() => yes('silent'), 1500); })`,
  'sendBeacon': `navigator.sendBeacon('${origin}/beacon', 'x') ? 'open' : 'blocked'`,
  'document.cookie': `document.cookie === undefined ? 'none' : 'open'`,
  'localStorage': `localStorage.length >= 0 ? 'open' : 'none'`,
  'the IndexedDB of the page': `new Promise((yes) => { const r = indexedDB.open('visitor'); r.onsuccess = () => yes(r.result.objectStoreNames.contains('secrets') ? 'open' : 'other'); r.onerror = () => yes('blocked'); })`,
  'caches': `caches.open('visitor').then((c) => c.keys()).then((k) => (k.length > 0 ? 'open' : 'other'))`,
  'the private file system': `navigator.storage.getDirectory().then((d) => d.getFileHandle('secret')).then(() => 'open')`,
  'BroadcastChannel': `new Promise((yes) => { const c = new BroadcastChannel('visitor'); c.onmessage = () => yes('open'); c.postMessage('ping'); setTimeout(() => yes('silent'), 500); })`,
  'parent or opener': `(self.parent ?? self.opener ?? self.top) === undefined ? 'none' : 'open'`,
});

describe('user code', () => {
  test('reaches no network, no cookie, no storage of the page', async () => {
    const { playground, page, complaints } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    // What a visitor may have lying around on this origin.
    await page.evaluate(async () => {
      document.cookie = 'secret=cookie; path=/';
      localStorage.setItem('secret', 'local');
      sessionStorage.setItem('secret', 'session');
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('visitor', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore('secrets');
        opening.onsuccess = () => resolve();
        opening.onerror = () => reject(new Error('no IndexedDB'));
      });
      const channel = new BroadcastChannel('visitor');
      channel.onmessage = () => channel.postMessage('pong');
    });
    const origin = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const list = Object.entries(probes(origin, playground.address())).map(
      ([name, code]) => `  [${JSON.stringify(name)}, async () => ${code}],`,
    );
    await playground.openSnippet({
      interface: 'asgi',
      files: {
        'app.js': `const probes = [
${list.join('\n')}
];
export const app = async (scope, receive, send) => {
  const results = {};
  for (const [name, probe] of probes) {
    try {
      results[name] = await Promise.race([probe(), new Promise((yes) => setTimeout(() => yes('silent'), 3000))]);
    } catch (error) {
      results[name] = 'blocked: ' + error.name;
    }
  }
  results.origin = String(self.origin);
  const body = new TextEncoder().encode(JSON.stringify(results));
  await send({ type: 'http.response.start', status: 200, headers: [[new TextEncoder().encode('content-type'), new TextEncoder().encode('text/plain')]] });
  await send({ type: 'http.response.body', body });
};
`,
      },
      lang: 'js',
    });
    await playground.run();
    await playground.send();
    await expect.poll(() => playground.traceText('Response'), { timeout: 40_000 }).toContain('200');
    const results = JSON.parse(await playground.responseBody()) as Record<string, string>;
    console.log(results);
    expect(results['origin']).toBe('null');
    expect(Object.entries(results).filter(([, result]) => result === 'open')).toEqual([]);
    expect(knocks).toEqual([]);
    // The policy of the sandbox did its work and says so on the console. That is what this test provoked; nothing else is excused.
    excuse(complaints, (text) => text.includes(origin) || /Content Security Policy|violates/.test(text));
  });

  test('what it sends as HTML is previewed without scripts', async () => {
    const { playground, page, complaints } = await newVisitor();
    await playground.openSnippet({
      files: {
        'app.ts': `export const app = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/html']]);
  return [new TextEncoder().encode('<h1>previewed</h1><script>parent.postMessage("script ran", "*"); document.title = "ran"</script><img src=x onerror="parent.postMessage(1, \\'*\\')">')];
};
`,
      },
    });
    await page.evaluate(() => {
      addEventListener('message', (event) => {
        if (event.data === 'script ran' || event.data === 1) document.documentElement.dataset['breached'] = 'yes';
      });
    });
    await playground.run();
    await playground.send();
    await playground.answer();
    const preview = await playground.preview();
    await expect.poll(() => preview.locator('h1').innerText()).toBe('previewed');
    await page.waitForTimeout(500);
    expect(await page.evaluate(() => document.documentElement.dataset['breached'])).toBeUndefined();
    excuse(complaints, (text) => /Blocked script execution in 'about:srcdoc'|img-src data:/.test(text));
  });

  test('names of files and keys, and output, are shown as text', async () => {
    const { playground, page } = await newVisitor();
    const markup = '<img src=x onerror=document.documentElement.dataset.breached=1>';
    await playground.openSnippet({
      title: markup,
      files: {
        'app.ts': `console.log(${JSON.stringify(markup)});
export const app = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['X-Markup', ${JSON.stringify(markup)}]]);
  return [new TextEncoder().encode(${JSON.stringify(markup)})];
};
`,
      },
      requests: [{ name: markup, raw: `GET / HTTP/1.1\r\nHost: x\r\nX-Markup: ${markup}\r\n\r\n` }],
    });
    await playground.run();
    await playground.send();
    await playground.answer();
    for (const tab of ['Response', 'Wire', 'Timeline', 'Environ', 'Console'] as const) await playground.showTrace(tab);
    expect(await page.evaluate(() => document.documentElement.dataset['breached'])).toBeUndefined();
  });
});

test('a whole session leaves no complaint: examples, edits, tabs, dialogs, stop', async () => {
  // `useBrowser` asserts after each test that there were no console errors, policy violations, failed or foreign requests.
  const { playground, page } = await newVisitor();
  await playground.open();
  const offered = await page.getByRole('combobox', { name: 'Example' }).locator('option').allInnerTexts();
  // Some ask PyPI for packages, whose part `python.spec.ts` plays; `machine.spec.ts` and `python-scripts.spec.ts` have those about sockets and workers.
  const elsewhere = examples.filter(({ group, files, programs }) => group === 'Sockets' || group === 'Workers' || programs || Object.values(files).some((text) => /^(?:from|import) (?:flask|starlette)\b/m.test(text))).map(({ title }) => title);
  const titles = offered.filter((title) => !elsewhere.includes(title));
  expect(titles.length).toBeGreaterThan(15);
  for (const title of titles) {
    await playground.chooseExample(title);
    await playground.run();
    await playground.send();
    await expect.poll(() => playground.traceText('Response')).toMatch(/HTTP\/1\.1|\d{3}|closed|reset/);
    for (const tab of ['Wire', 'Timeline', 'Console'] as const) await playground.showTrace(tab);
  }
  for (const name of ['Share', 'Embed', 'Drafts', 'Settings']) {
    await playground.button(name).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }
  await playground.typeCode('export const app = 1;');
  await playground.button('Stop').click();
});
