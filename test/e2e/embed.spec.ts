/** The playground in somebody else's page: served from another origin, which is another site too. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { FrameLocator, Page } from 'playwright-core';
import { encodeSnippet } from '../../src/api/snippet.ts';
import { snippet } from './playground.ts';
import { excuse, newVisitor, useBrowser, type Visitor, type VisitorOptions } from './visitor.ts';

useBrowser();

const site = inject('site');
const pages = new Map<string, { readonly html: string; readonly policy?: string }>();
let origin = '';
const server = createServer((request, response) => {
  const found = pages.get(request.url ?? '');
  if (!found) {
    response.writeHead(204).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...(found.policy && { 'content-security-policy': found.policy }) }).end(found.html);
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Not 127.0.0.1, where the playground is: storage and processes are those of another site.
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const script = `<script src="${site}embed.js" defer></script>`;

interface Host extends Visitor {
  readonly frame: FrameLocator;
}

/** A visitor of a page with this body. */
async function visit(body: string, options: VisitorOptions & { readonly policy?: string; readonly head?: string } = {}): Promise<Host> {
  const path = `/${pages.size + 1}`;
  pages.set(path, { html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Docs</title>${options.head ?? script}</head><body>${body}</body></html>`, ...(options.policy && { policy: options.policy }) });
  const visitor = await newVisitor(options);
  await visitor.page.goto(origin + path);
  // The host page itself is what `visitor.ts` does not expect.
  excuse(visitor.complaints, (complaint) => complaint.startsWith(`request to ${origin}/`));
  return { ...visitor, frame: visitor.page.frameLocator('porthole-playground iframe') };
}

/** The code as it is shown, whichever editor shows it. */
const code = async (frame: FrameLocator): Promise<string> => {
  const editor = frame.getByRole('region', { name: 'Editor' });
  await editor.waitFor();
  return editor.evaluate((element) =>
    [...element.querySelectorAll<HTMLElement>('textarea, .view-line, .code-picture')].map((part) => (part instanceof HTMLTextAreaElement ? part.value : part.textContent)).join('\n').replaceAll('\u00a0', ' '),
  );
};

const shows = (frame: FrameLocator, text: string): Promise<void> => expect.poll(() => code(frame), { timeout: 15_000 }).toContain(text);

const loaded = (page: Page): Promise<number> => page.locator('porthole-playground iframe').count();

/** Run, Send, and the body of the answer. */
async function answer(frame: FrameLocator): Promise<string> {
  await frame.getByRole('button', { name: 'Run', exact: true }).click();
  const status = frame.getByRole('status', { name: 'Server status' });
  await expect.poll(() => status.textContent(), { timeout: 15_000 }).toMatch(/listening/i);
  const trace = frame.getByRole('button', { name: 'Trace', exact: true });
  if ((await trace.count()) > 0 && (await trace.isVisible())) await trace.click();
  const response = frame.getByRole('tabpanel', { name: 'Response' });
  if ((await frame.getByRole('button', { name: 'Send', exact: true }).isVisible())) await frame.getByRole('button', { name: 'Send', exact: true }).click();
  await expect.poll(() => response.innerText(), { timeout: 15_000 }).toMatch(/\b200\b/);
  return response.innerText();
}

const app = (text: string): string => `export const app = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode('${text}')];
};`;

describe('what is shown', () => {
  test('an example', async () => {
    const { frame } = await visit('<porthole-playground example="hello-asgi" title="An example"></porthole-playground>');
    await shows(frame, 'Hello from ASGI');
  });

  test('a share link, as src and as link', async () => {
    const link = await encodeSnippet(snippet({ files: { 'app.ts': app('from a link') } }));
    for (const attributes of [`src="${site}${link}"`, `link="${link}"`, `base="${site}" link="${site}${link}"`]) {
      const { frame } = await visit(`<porthole-playground ${attributes}></porthole-playground>`);
      await shows(frame, 'from a link');
    }
  });

  test('files and requests of the page; they wait for Run, and then answer', async () => {
    const { frame } = await visit(`<porthole-playground width="1200">
      <script type="text/x-porthole" data-file="app.ts">
        import { text } from './text.ts';
        ${app('').replace("'')", 'text)')}
      </script>
      <script type="text/x-porthole" data-file="text.ts">export const text = 'two files &lt; one page';</script>
      <script type="text/x-http" data-name="The request">GET /from-the-page</script>
    </porthole-playground>`);
    await shows(frame, "import { text } from './text.ts'");
    expect(await frame.getByRole('status', { name: 'Server status' }).textContent()).toMatch(/not running/i);
    // The text of a script element is not HTML: what is written there is what there is.
    expect(await answer(frame)).toContain('two files &lt; one page');
  });

  test('a code block of Markdown, wrapped in what VitePress makes of it', async () => {
    const { frame } = await visit(`<porthole-playground height="500"><div class="language-ts"><button title="Copy"></button><span class="lang">ts</span><pre class="shiki"><code>${app('a block').split('\n').map((line) => `<span class="line">${line}</span>`).join('\n')}</code></pre></div></porthole-playground>`);
    await shows(frame, 'a block');
    expect(await code(frame)).not.toContain('Copy');
  });

  test('what the page changes later', async () => {
    const { frame, page } = await visit(`<porthole-playground><pre data-file="app.ts">${app('before')}</pre></porthole-playground>`);
    await shows(frame, 'before');
    await page.evaluate((text) => { document.querySelector('pre')!.textContent = text; }, app('after'));
    await shows(frame, 'after');
  });

  test('a source that is none: the page is told', async () => {
    const { page, complaints } = await visit('', { head: '' });
    const told = page.evaluate(async ({ address }) => {
      const message = new Promise((resolve) => addEventListener('porthole-problem', (event) => resolve((event as CustomEvent<{ message: string }>).detail.message), { capture: true }));
      const loader = Object.assign(document.createElement('script'), { src: address });
      document.head.append(loader);
      await new Promise((resolve) => { loader.onload = resolve; });
      document.body.innerHTML = '<porthole-playground><pre data-file="../app.ts">x</pre></porthole-playground>';
      return message;
    }, { address: `${site}embed.js` });
    expect(await told).toContain('../app.ts');
    excuse(complaints, (complaint) => complaint.includes('<porthole-playground>'));
  });
});

describe('without JavaScript', () => {
  test('the code is there to be read', async () => {
    const { page } = await visit(`<porthole-playground><pre data-file="app.ts">${app('plain')}</pre><script type="text/x-http">GET /</script></porthole-playground>`, { head: '' });
    await expect.poll(() => page.locator('pre').innerText()).toContain('plain');
    expect(await page.locator('body').innerText()).not.toContain('GET /');
  });
});

describe('when it is fetched', () => {
  const far = '<div style="height:5000px"></div>';

  test('lazy: not before the reader comes near', async () => {
    const { page, frame } = await visit(`${far}<porthole-playground example="hello-wsgi"></porthole-playground>`);
    await page.waitForTimeout(500);
    expect(await loaded(page)).toBe(0);
    await page.evaluate(() => scrollTo(0, 4000));
    await shows(frame, 'Hello from WSGI');
  });

  test('visible: not before it is in view', async () => {
    const { page } = await visit('<div style="height:1000px"></div><porthole-playground loading="visible" example="hello-wsgi"></porthole-playground>');
    await page.waitForTimeout(500);
    expect(await loaded(page)).toBe(0);
    await page.evaluate(() => scrollTo(0, 300));
    await expect.poll(() => loaded(page)).toBe(1);
  });

  test('click: until then embed.js and nothing else, under 10 kB', async () => {
    const { page, frame, requests } = await visit(`<porthole-playground loading="click" label="Run this" example="hello-wsgi"><pre>${app('read me')}</pre></porthole-playground>`);
    await page.waitForTimeout(500);
    expect(await page.locator('pre').isVisible()).toBe(true);
    expect(requests.filter((url) => url.startsWith(site))).toEqual([`${site}embed.js`]);
    const size = (await (await page.request.get(`${site}embed.js`)).body()).length;
    console.log(`embed, idle: ${size} bytes`);
    expect(size).toBeLessThan(10_000);
    await page.getByRole('button', { name: 'Run this' }).click();
    await shows(frame, 'Hello from WSGI');
    expect(await page.locator('pre').isVisible()).toBe(false);
  });
});

describe('how it looks', () => {
  const theme = (frame: FrameLocator): Promise<string | null> => frame.locator('html').getAttribute('data-theme');

  test('the theme follows the page', async () => {
    const { page, frame } = await visit('<style>html.dark { color-scheme: dark }</style><porthole-playground example="hello-wsgi"></porthole-playground>', { colorScheme: 'light' });
    await expect.poll(() => theme(frame)).toBe('light');
    await page.evaluate(() => document.documentElement.classList.add('dark'));
    await expect.poll(() => theme(frame)).toBe('dark');
    await page.evaluate(() => document.querySelector('porthole-playground')!.setAttribute('theme', 'light'));
    await expect.poll(() => theme(frame)).toBe('light');
  });

  test('height: as asked, and auto as the code wants', async () => {
    const height = (page: Page): Promise<number> => page.evaluate(() => document.querySelector('porthole-playground')!.getBoundingClientRect().height);
    const fixed = await visit('<porthole-playground height="600" example="hello-wsgi"></porthole-playground>');
    expect(await height(fixed.page)).toBe(600);
    const lines = `${app('long')}\n${'// a line\n'.repeat(24)}`;
    const auto = await visit(`<porthole-playground height="auto"><pre data-file="app.ts">${lines}</pre></porthole-playground>`);
    await expect.poll(() => height(auto.page)).toBeGreaterThan(500);
  });

  test('a panel', async () => {
    const { frame } = await visit('<porthole-playground example="hello-wsgi" panel="timeline"></porthole-playground>');
    await expect.poll(() => frame.getByRole('tab', { name: 'Timeline', exact: true }).getAttribute('aria-selected')).toBe('true');
  });

  test('read-only: the code cannot be changed', async () => {
    const { page, frame } = await visit('<porthole-playground example="hello-wsgi" read-only></porthole-playground>');
    await shows(frame, 'Hello from WSGI');
    await frame.getByRole('region', { name: 'Editor' }).getByRole('textbox', { name: 'Editor' }).focus();
    await page.keyboard.type('typed anyway');
    await page.waitForTimeout(300);
    expect(await code(frame)).not.toContain('typed anyway');
  });

  test('the frame has a name', async () => {
    const { page } = await visit('<porthole-playground example="hello-wsgi" title="A first look"></porthole-playground>');
    await expect.poll(() => page.locator('porthole-playground iframe').getAttribute('title')).toBe('A first look');
  });
});

test('under a strict policy of the page nothing is violated', async () => {
  const play = new URL(site).origin;
  const { frame } = await visit(`<porthole-playground><pre data-file="app.ts">${app('strict')}</pre></porthole-playground>`, { policy: `default-src 'none'; script-src ${play}; frame-src ${play}` });
  await shows(frame, 'strict');
});

test('a page without the script gets a working <iframe>', async () => {
  const { page } = await visit(`<iframe src="${site}embed.html#ex=hello-wsgi" title="x" width="900" height="480"></iframe>`, { head: '' });
  await shows(page.frameLocator('iframe'), 'Hello from WSGI');
});

describe('docs/embedding.md', () => {
  const text = readFileSync(new URL('../../docs/embedding.md', import.meta.url), 'utf8').replaceAll('https://play.example/porthole/', site);
  const blocks = [...text.matchAll(/^(`{3,})(\w+)\n([^]*?)\n\1$/gm)].map(([, , language, body]) => ({ language: language!, body: body! }));
  const examples = blocks.flatMap(({ language, body }): { name: string; html: string; says: string }[] => {
    const says = /encode\('([^'\\]+)|encode\(`(You asked)/.exec(body);
    const expected = says?.[1] ?? says?.[2] ?? 'Hello from WSGI';
    switch (language) {
      // … stands for the reader's own link or recording; `share.spec.ts` plays a recorded run, and tests above one between the tags.
      case 'html': return body.includes('…') ? [] : [{ name: 'HTML', html: body, says: expected }];
      // What the site generators make of it, as far as the element can see.
      case 'markdown': return [{ name: 'Markdown', html: body.replace(/```ts\n([^]*?)```/, (_, inner: string) => `<div class="language-ts"><pre><code>${inner}</code></pre></div>`), says: expected }];
      case 'jsx': return [{ name: 'JSX', html: body.replace(/\{`|`\}/g, ''), says: expected }];
      case 'rst': return [{ name: 'reStructuredText', html: body.replace(/^\.\. raw:: html\n\n/, '').replace(/^ {3}/gm, ''), says: expected }];
      default: return [];
    }
  });

  test('has an example for each kind of site', () => {
    expect(examples.map(({ name }) => name)).toEqual(['HTML', 'HTML', 'Markdown', 'HTML', 'JSX', 'reStructuredText']);
  });

  test.each(examples)('$name: $says', async ({ html, says }) => {
    const { page, frame } = await visit(html, { head: html.includes('embed.js') ? '' : script });
    await shows(html.includes('<iframe') ? page.frameLocator('iframe') : frame, says);
  });
});
