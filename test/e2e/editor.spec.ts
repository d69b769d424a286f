/** The editor by itself, built as the site builds it, on a page that holds nothing else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { browserFlags } from '../../scripts/browser.ts';
import { serveStatic } from '../../scripts/serve-static.ts';
import { slimMonacoWorkers } from '../../scripts/vite/monaco-plugin.ts';
import type { LazyEditor } from '../../src/ui/editor/lazy-editor.ts';

/** What `fixtures/editor/main.ts` puts on the window. */
interface Fixture {
  readonly lazy: LazyEditor;
  readonly files: Readonly<Record<string, string>>;
  readonly events: readonly ({ readonly type: string } & Record<string, unknown>)[];
}

declare const fixture: Fixture;

let outDir: string;
let site: { readonly url: string; close(): Promise<void> };
let browser: Browser;
/** One for all tests: Monaco is fetched and compiled once. */
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  outDir = mkdtempSync(join(tmpdir(), 'porthole-editor-'));
  await build({
    configFile: false, logLevel: 'error', base: './', root: fileURLToPath(new URL('fixtures/editor', import.meta.url)),
    plugins: [slimMonacoWorkers()], build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 10_000 }, worker: { format: 'es' },
  });
  site = await serveStatic(outDir);
  browser = await chromium.launch({ executablePath: inject('chromium'), args: [...browserFlags] });
  context = await browser.newContext({ viewport: { width: 900, height: 520 } });
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(outDir, { recursive: true, force: true });
});

beforeEach(async () => {
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  complaints = [];
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
});

afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

async function open(query = ''): Promise<void> {
  await page.goto(`${site.url}?${query}`);
  await page.waitForFunction(() => 'fixture' in window);
}

async function upgrade(): Promise<void> {
  await page.evaluate(() => fixture.lazy.upgrade());
  expect(await kind()).toBe('monaco');
}

const kind = (): Promise<string> => page.evaluate(() => fixture.lazy.kind);
const text = (): Promise<string> => page.evaluate(() => fixture.lazy.text());
const events = (type: string): Promise<Fixture['events']> => page.evaluate((wanted) => fixture.events.filter((event) => event.type === wanted), type);
const textbox = () => page.getByRole('textbox', { name: 'Editor', exact: true });

/** Where a word is on the screen, in whole pixels: in the picture or in Monaco's lines. */
const boxOf = (word: string): Promise<readonly number[] | undefined> => page.evaluate((wanted) => {
  for (const root of document.querySelectorAll('.code-picture, .view-lines')) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.textContent!.indexOf(wanted);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + wanted.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return [x, y, width, height].map(Math.round);
    }
  }
  return undefined;
}, word);

/** Everything that holds in both editors, by the same steps. */
describe.each(['textarea', 'monaco'] as const)('%s', (which) => {
  beforeEach(async () => {
    await open('example=mounting');
    if (which === 'monaco') await upgrade();
  });

  test('is a text box called Editor', async () => {
    // Attached, not visible: Monaco's text box has no size of its own.
    await textbox().waitFor({ state: 'attached' });
    expect(await textbox().count()).toBe(1);
  });

  test('tells what is typed, and not what it is given', async () => {
    await page.evaluate(() => fixture.lazy.open('blog.ts', 'const given = 1;\n'));
    await page.evaluate(() => fixture.lazy.open('blog.ts', 'const changed = 1;\n'));
    expect(await events('change')).toEqual([]);
    await page.evaluate(() => fixture.lazy.focus());
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('// hi ');
    expect((await events('change')).at(-1)).toEqual({ type: 'change', path: 'blog.ts', text: '// hi const changed = 1;\n' });
    expect(await text()).toBe('// hi const changed = 1;\n');
  });

  test('keeps undo per file, and takes a text from outside as a step of it', async () => {
    await page.evaluate(() => fixture.lazy.open('blog.ts', 'blog'));
    await page.evaluate(() => fixture.lazy.focus());
    await page.keyboard.press('Control+End');
    await page.keyboard.type('1');
    await page.evaluate(() => fixture.lazy.open('shop.ts', 'shop'));
    await page.evaluate(() => fixture.lazy.focus());
    await page.keyboard.press('Control+End');
    await page.keyboard.type('2');
    expect(await text()).toBe('shop2');
    await page.evaluate(() => fixture.lazy.open('blog.ts', 'blog1'));
    await page.evaluate(() => fixture.lazy.open('blog.ts', 'from outside'));
    await page.evaluate(() => fixture.lazy.focus());
    await page.keyboard.press('Control+z');
    expect(await text()).toBe('blog1');
    await page.keyboard.press('Control+z');
    expect(await text()).not.toBe('blog1');
    await page.keyboard.press('Control+y');
    expect(await text()).toBe('blog1');
    await page.evaluate(() => fixture.lazy.open('shop.ts', 'shop2'));
    expect(await text()).toBe('shop2');
  });

  test('remembers the caret of each file', async () => {
    await page.evaluate(() => { fixture.lazy.reveal('app.ts', 5, 4); fixture.lazy.open('blog.ts', ''); fixture.lazy.open('app.ts', fixture.files['app.ts']!); fixture.lazy.focus(); });
    await page.keyboard.type('X');
    expect((await text()).split('\n')[4]).toBe('// XTwo applications that know nothing of each other, behind one door.');
  });

  test('reveals a place in a file that is opened later', async () => {
    await page.evaluate(() => { fixture.lazy.reveal('dispatcher.ts', 7, 3); fixture.lazy.open('dispatcher.ts', fixture.files['dispatcher.ts']!); fixture.lazy.focus(); });
    await page.keyboard.type('X');
    expect((await text()).split('\n')[6]).toMatch(/^ {2}Xreturn/);
  });

  test('leaves Ctrl+Enter to the page', async () => {
    await page.evaluate(() => fixture.lazy.focus());
    const before = await text();
    await page.keyboard.press('Control+Enter');
    expect(await events('send')).toEqual([{ type: 'send', prevented: false }]);
    expect(await text()).toBe(before);
  });

  test('lights lines, marks them, and forgets both', async () => {
    await page.evaluate(() => {
      fixture.lazy.setHighlights([{ path: 'app.ts', line: 6, kind: 'selected' }, { path: 'app.ts', line: 1, kind: 'hover' }, { path: 'blog.ts', line: 2, kind: 'hover' }]);
      fixture.lazy.setMarkers('app.ts', [{ line: 6, column: 14, message: 'dispatcher is not defined', severity: 'error' }]);
    });
    await page.locator('.code-line-selected').first().waitFor();
    expect(await page.locator('.code-lines > .code-line-hover, .view-overlays .code-line-hover').count()).toBe(1);
    const selected = (await page.locator('.code-lines > .code-line-selected, .view-overlays .code-line-selected').first().boundingBox())!;
    expect(Math.abs(selected.y - (await boxOf('export'))![1]!)).toBeLessThan(6);
    if (which === 'monaco') await page.locator('.squiggly-error').waitFor();
    else {
      await page.getByRole('button', { name: 'Error in line 6: dispatcher is not defined' }).waitFor();
      // The text stands on the band, not under it.
      const [x, y] = (await boxOf('export'))!;
      const stack = await page.evaluate(([left, top]) => document.elementsFromPoint(left! + 2, top! + 2).map((element) => element.className), [x!, y!]);
      const classes = stack.map((name) => (name.startsWith('tok-') ? 'code-picture' : name));
      expect(classes.indexOf('code-picture')).toBeLessThan(classes.findIndex((name) => name.includes('code-line-selected')));
    }
    await page.evaluate(() => { fixture.lazy.setHighlights([]); fixture.lazy.setMarkers('app.ts', []); });
    await page.waitForFunction(() => document.querySelectorAll('[class*="code-line-"], .squiggly-error').length === 0);
  });

  test('is read-only when told so', async () => {
    await page.evaluate(() => { fixture.lazy.setReadOnly(true); fixture.lazy.focus(); });
    await page.keyboard.type('x');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await text()).toBe(await page.evaluate(() => fixture.files['app.ts']));
  });

  test('tells the line of the caret', async () => {
    await page.evaluate(() => fixture.lazy.focus());
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(async () => (await events('cursor')).at(-1)).toEqual({ type: 'cursor', path: 'app.ts', line: 3 });
  });

  test('takes line ends of any kind, and gives LF', async () => {
    await page.evaluate(() => { fixture.lazy.open('blog.ts', 'a\r\nb\rc'); fixture.lazy.open('blog.ts', 'a\r\nb\rc'); });
    expect(await text()).toBe('a\nb\nc');
  });

  test('forgets a file', async () => {
    await page.evaluate(() => fixture.lazy.forget('app.ts'));
    expect(await text()).toBe('');
    await page.evaluate(() => fixture.lazy.open('app.ts', 'new'));
    await page.evaluate(() => fixture.lazy.focus());
    await page.keyboard.press('Control+z');
    expect(await text()).toBe('new');
  });
});

describe('Python', () => {
  const lines = async (): Promise<string[]> => (await text()).split('\n');
  const openPython = (): Promise<void> => page.evaluate(() => { fixture.lazy.open('app.py', ''); fixture.lazy.focus(); });

  test.each(['textarea', 'monaco'] as const)('%s: a colon opens a block, Tab is four spaces', async (which) => {
    await open();
    if (which === 'monaco') await upgrade();
    await openPython();
    // Word by word: suggestions, which Enter would take, are not wanted here.
    for (const [before, line] of ['def f(x):', 'if x:', 'return 1'].entries()) {
      await page.keyboard.type(line);
      // Monaco indents by what it has coloured, and colours a moment later; nobody types as fast as this test.
      if (which === 'monaco') await page.waitForFunction((lines) => [...document.querySelectorAll('.view-line')].filter((shown) => shown.querySelectorAll('[class^="mtk"]').length > 1).length >= lines, before + 1);
      // In the plain editor it would say that the next Tab leaves.
      if (which === 'monaco') await page.keyboard.press('Escape');
      await page.keyboard.press('Enter');
    }
    expect(await lines()).toEqual(['def f(x):', '    if x:', '        return 1', '        ']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('y');
    expect((await lines()).at(-1)).toBe('    y');
    await page.evaluate(() => { fixture.lazy.open('other.py', 'x = 1\n'); fixture.lazy.focus(); });
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Tab');
    expect((await lines())[0]).toBe('    x = 1');
  });

  test('is coloured', async () => {
    await open('monaco');
    await expect.poll(kind).toBe('monaco');
    await page.evaluate(() => fixture.lazy.open('app.py', "async def f(x): #note\n    return 'text'\n"));
    const classOf = (word: string): Promise<string | undefined> => page.evaluate((wanted) => [...document.querySelectorAll('.view-line span span')].find((span) => span.textContent?.trim() === wanted)?.className, word);
    await expect.poll(() => classOf('return')).toMatch(/mtk/);
    const classes = await Promise.all(['return', '#note', "'text'"].map(classOf));
    expect(classes.map((name) => /mtk/.test(name ?? ''))).toEqual([true, true, true]);
    expect(new Set(classes).size).toBe(3);
  });

  test('offers beginnings of applications, and only where a line begins', async () => {
    await open();
    await upgrade();
    await openPython();
    await page.keyboard.type('wsg');
    const offered = page.getByRole('option', { name: /^wsgi, / });
    await offered.waitFor();
    await page.keyboard.press('Enter');
    expect(await text()).toBe("def app(environ, start_response):\n    start_response('200 OK', [('Content-Type', 'text/plain; charset=utf-8')])\n    return [b'Hello\\n']\n");
    // What is to be typed over is selected.
    await page.keyboard.type('hello');
    expect((await lines())[0]).toBe('def hello(environ, start_response):');
    await page.evaluate(() => { fixture.lazy.open('other.py', 'x = '); fixture.lazy.focus(); });
    await page.keyboard.press('Control+End');
    await page.keyboard.type('wsg');
    await page.keyboard.press('Control+Space');
    await page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); }));
    expect(await page.getByRole('option', { name: /^wsgi, / }).count()).toBe(0);
  });
});

describe('the plain editor', () => {
  test('Tab indents; Escape and Tab leave', async () => {
    await open();
    await page.locator('#before').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Tab');
    expect(await text()).toMatch(/^ {2}import/);
    await page.keyboard.press('Shift+Tab');
    expect(await text()).toMatch(/^import/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('after');
  });

  test('a marker in its list leads to the place', async () => {
    await open();
    await page.evaluate(() => fixture.lazy.setMarkers('app.ts', [{ line: 8, column: 9, message: 'here', severity: 'warning' }]));
    await page.getByRole('button', { name: 'Warning in line 8: here' }).click();
    await page.keyboard.type('X');
    expect((await text()).split('\n')[7]).toMatch(/^export cXonst app/);
  });

  test('the picture shows what the text box holds, at the same place', async () => {
    await open('example=environ');
    await textbox().focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('const last = 1;');
    expect(await page.locator('.code-picture').textContent()).toBe(`${await text()}\n`);
    // The caret is at the end: the element around must have scrolled to it.
    expect(await page.locator('.code-facade').evaluate((facade) => facade.scrollTop + facade.clientHeight >= facade.scrollHeight - 12)).toBe(true);
  });
});

describe('the change to Monaco', () => {
  test('moves nothing', async () => {
    await open('example=environ');
    const words = ['import', 'WsgiApp', 'environ', 'octets', 'Content-Length', 'return'];
    const before = await Promise.all(words.map(boxOf));
    const frame = await page.locator('#editor').boundingBox();
    await upgrade();
    await page.locator('.view-line span span').first().waitFor();
    expect(await Promise.all(words.map(boxOf))).toEqual(before);
    expect(await page.locator('#editor').boundingBox()).toEqual(frame);
  });

  test('keeps text, caret, focus and what was typed, which can still be undone', async () => {
    await open();
    const given = await text();
    await textbox().focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('// early\n');
    await upgrade();
    await page.keyboard.type('// late');
    expect(await text()).toBe(`// early\n// late${given}`);
    // More often than there are steps: what was given is where it ends.
    for (let press = 0; press < 6; press++) await page.keyboard.press('Control+z');
    expect(await text()).toBe(given);
  });

  test('keeps the scroll position', async () => {
    await open('example=environ');
    await page.locator('.code-facade').evaluate((facade) => { facade.scrollTop = 120; });
    const before = await boxOf('JSON');
    await upgrade();
    await expect.poll(() => boxOf('JSON')).toEqual(before);
  });

  test('keeps markers and lit lines', async () => {
    await open();
    await page.evaluate(() => {
      fixture.lazy.setHighlights([{ path: 'app.ts', line: 3, kind: 'selected' }]);
      fixture.lazy.setMarkers('app.ts', [{ line: 7, column: 1, message: 'here', severity: 'error' }]);
    });
    await upgrade();
    await page.locator('.view-overlays .code-line-selected').waitFor();
    await page.locator('.squiggly-error').first().waitFor();
  });

  test('and back again', async () => {
    await open();
    await upgrade();
    await textbox().focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('X');
    await page.evaluate(() => fixture.lazy.downgrade());
    expect(await kind()).toBe('textarea');
    await page.keyboard.type('Y');
    expect(await text()).toMatch(/^XYimport/);
    await upgrade();
    expect(await text()).toMatch(/^XYimport/);
  });

  test('does not happen when Monaco cannot be loaded; the plain editor goes on', async () => {
    await open('fail');
    await page.evaluate(() => fixture.lazy.upgrade());
    expect(complaints.splice(0).join()).toContain('no network');
    expect((await events('loading')).map((event) => event['loading'])).toEqual(['loading', 'failed']);
    await textbox().focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('X');
    expect(await text()).toMatch(/^Ximport/);
  });
});

describe('TypeScript', () => {
  test('its worker starts with the first sign of work, knows every file and the types of porthole', async () => {
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    await open('example=mounting');
    await upgrade();
    await page.locator('.view-line span span').first().waitFor();
    await page.evaluate(() => new Promise((resolve) => { requestIdleCallback(resolve); }));
    expect(workers.filter((url) => url.includes('ts.worker'))).toEqual([]);

    // A mistake in the use of another file of the snippet, and one in the use of our types.
    await textbox().focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText("dispatcher(1);\nimport type { WsgiApp } from 'porthole';\nexport const no: WsgiApp = () => 1;");
    await page.waitForFunction(() => document.querySelectorAll('.squiggly-error').length >= 2);
    expect(workers.filter((url) => url.includes('ts.worker'))).toHaveLength(1);
    const mistake = (await page.locator('.squiggly-error').first().boundingBox())!;
    await page.mouse.move(mistake.x + 3, mistake.y + mistake.height / 2);
    await page.getByText("Argument of type 'number' is not assignable to parameter of type 'Record<string, WsgiApp>'").first().waitFor();
  });

  test.each(['hello-wsgi', 'environ', 'streaming', 'asgi-body', 'mounting'])('finds nothing wrong with the example %s', async (id) => {
    await open(`example=${id}`);
    await upgrade();
    await textbox().focus();
    // The marker of a planted mistake shows that the check has been through the file.
    await page.keyboard.press('Control+End');
    // At once: half of it would be another mistake.
    await page.keyboard.insertText('const wrong: string = 1;');
    await page.locator('.squiggly-error').first().waitFor();
    expect(await page.locator('.squiggly-error, .squiggly-warning').count()).toBe(1);
  });
});

test('the theme is the page\'s, whatever notation its colours have', async () => {
  await open('theme=dark&example=environ');
  await upgrade();
  const background = () => page.locator('.monaco-editor-background').first().evaluate((element) => getComputedStyle(element).backgroundColor);
  const dark = await background();
  expect(dark).toMatch(/^rgb\(\d+, \d+, \d+\)$/);
  expect(dark.match(/\d+/g)!.every((part) => Number(part) < 60)).toBe(true);
  await page.evaluate(() => { document.documentElement.dataset['theme'] = 'light'; document.documentElement.style.setProperty('--bg', 'hsl(60 100% 97%)'); fixture.lazy.setTheme('light'); });
  await expect.poll(background).toBe('rgb(255, 255, 240)');
});
