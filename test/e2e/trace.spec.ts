/** The views of the trace, as a visitor uses them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Playground, TraceTab } from './playground.ts';
import { newVisitor, useBrowser } from './visitor.ts';

useBrowser({ editor: 'plain' });

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function sent(example: string): Promise<{ playground: Playground; page: Page }> {
  const { playground, page } = await newVisitor();
  await playground.open(`ex=${example}`);
  await playground.run();
  await playground.send();
  await playground.answer();
  return { playground, page };
}

const steps = (page: Page) => page.getByRole('group', { name: 'Steps' });

describe('stepping', () => {
  test('shows the world as it was, and the whole trace again at the end', async () => {
    const { playground, page } = await sent('environ');
    await steps(page).getByRole('button', { name: 'First step' }).click();
    expect(await playground.traceText('Wire')).not.toContain('POST');
    await expect.poll(() => playground.traceText('Environ')).toContain('has not been called');
    await expect.poll(() => playground.traceText('Response')).toContain('received nothing yet');
    // On, to where the dictionary is built.
    for (let at = 0; at < 40 && !(await steps(page).getByRole('status').textContent())?.includes('builds environ'); at++) await steps(page).getByRole('button', { name: 'Step forward' }).click();
    await expect.poll(() => playground.traceText('Environ')).toContain('REQUEST_METHOD');
    await expect.poll(() => playground.traceText('Response')).toContain('received nothing yet');
    await expect.poll(() => playground.traceText('States')).toMatch(/Server\s+SEND_RESPONSE/);
    await steps(page).getByRole('button', { name: 'Back to the whole trace' }).click();
    await expect.poll(() => playground.traceText('Response')).toMatch(/^200/);
  });

  test('by keyboard: comma and full stop, and the slider', async () => {
    const { playground, page } = await sent('hello-wsgi');
    await playground.showTrace('Timeline');
    await page.getByRole('treegrid', { name: 'Events' }).focus();
    await page.keyboard.press('.');
    const said = (): Promise<string | null> => steps(page).getByRole('slider').getAttribute('aria-valuetext');
    expect(await said()).toMatch(/^Step 1 of \d+: connects/);
    await page.keyboard.press('.');
    expect(await said()).toMatch(/^Step 2 of \d+: sends/);
    await page.keyboard.press(',');
    expect(await said()).toMatch(/^Step 1 of/);
    await steps(page).getByRole('slider').focus();
    await page.keyboard.press('End');
    expect(await said()).toBe('The whole trace');
  });

  test('step and selection go with the link, and Run goes there', async () => {
    const { playground, page } = await sent('environ');
    for (let at = 0; at < 4; at++) await steps(page).getByRole('button', { name: 'Step back' }).click();
    const step = await steps(page).getByRole('slider').getAttribute('aria-valuetext');
    await playground.selectKey('PATH_INFO');
    const link = await playground.shareLink();

    const other = await newVisitor();
    await other.page.goto(link);
    await other.playground.run();
    await expect.poll(() => steps(other.page).getByRole('slider').getAttribute('aria-valuetext')).toBe(step);
    await expect.poll(() => other.playground.litKeys()).toContain('PATH_INFO');
    await expect.poll(() => other.playground.litBytes()).toBe('/a%20b');
  });
});

describe('the body of an answer', () => {
  /** What the Highlight API marks, as text. */
  const marked = (page: Page): Promise<string[]> => page.evaluate(() => [...(CSS.highlights.get('octets-selected') ?? [])].map(String));

  test('its text leads to bytes, calls and lines, and they lead to it', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=streaming');
    await playground.run();
    await playground.send();
    await playground.answer();
    const response = await playground.showTrace('Response');
    await playground.responseBody();
    const body = response.locator('pre.body-text');
    const first = (await body.textContent())!.split('\n')[0]!;
    await body.click({ position: { x: 20, y: 16 } });
    // One call of the app wrote the first line, and that is what is selected.
    await expect.poll(async () => (await marked(page)).join('')).toContain(first);
    await response.getByRole('radio', { name: 'Hex', exact: true }).check({ force: true });
    await expect.poll(async () => (await marked(page))[0]).toMatch(new RegExp(`^${first.charCodeAt(0).toString(16)} `));
    const timeline = await playground.showTrace('Timeline');
    await expect.poll(() => timeline.locator('.linked').allInnerTexts().then((rows) => rows.join(' '))).toMatch(/http\.response\.body|yields/);
  });

  test('the whole of it, by keyboard', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.listening();
    await playground.send();
    await playground.answer();
    const response = await playground.showTrace('Response');
    await response.getByRole('button', { name: 'Body' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => response.getByRole('button', { name: 'Body' }).getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => marked(page)).toEqual([await playground.responseBody()]);
  });
});

describe('the timeline', () => {
  test('folds and unfolds by mouse and by keyboard', async () => {
    const { playground, page } = await sent('hello-wsgi');
    const timeline = await playground.showTrace('Timeline');
    const group = timeline.getByRole('row').filter({ hasText: 'Request 1.1' });
    const rows = async (): Promise<number> => Number(await timeline.getByRole('treegrid').getAttribute('aria-rowcount'));
    const open = await rows();
    const expanded = (): Promise<string | null> => group.getAttribute('aria-expanded');
    await group.click();
    await expect.poll(expanded, { timeout: 10_000 }).toBe('false');
    expect(await rows()).toBeLessThan(open);
    await timeline.getByRole('treegrid').focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(expanded, { timeout: 10_000 }).toBe('true');
    // Into the group, and out of it again.
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => timeline.locator('.current').count()).toBe(1);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(expanded, { timeout: 10_000 }).toBe('false');
  });

  test('an error says so in the heading, and leads to its explanation', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.run();
    await playground.writeRequest('GET / HTTP/1.1\nHost : x\n\n');
    await playground.send();
    expect(await playground.answer()).toContain('400');
    const timeline = await playground.showTrace('Timeline');
    await timeline.getByRole('row').filter({ hasText: 'Connection 1' }).locator('.group-problem').click();
    const detail = timeline.getByRole('region', { name: 'Selected event' });
    await expect.poll(() => detail.innerText()).toMatch(/RFC9112-5\.1/);
    await detail.getByRole('button', { name: /Show byte/ }).click();
    await expect.poll(() => playground.litBytes()).toBe(' ');
  });

  test('only what is of one type, and only this connection', async () => {
    const { playground } = await sent('hello-wsgi');
    await playground.send();
    const timeline = await playground.showTrace('Timeline');
    await expect.poll(() => timeline.getByRole('row').filter({ hasText: 'Connection 2' }).count()).toBe(1);
    await timeline.getByRole('combobox', { name: 'Which connections' }).selectOption('connection');
    await expect.poll(() => timeline.getByRole('row').filter({ hasText: 'Connection 1' }).count()).toBe(0);
    await timeline.getByRole('combobox', { name: 'Type of event' }).selectOption('app.call');
    await expect.poll(() => timeline.locator('[data-kind="event"]').count()).toBe(1);
  });
});

test('a request both ways, with what is lost', async () => {
  const { playground, page } = await sent('environ');
  const environ = await playground.showTrace('Environ');
  await environ.getByRole('radio', { name: 'Both ways' }).check({ force: true });
  const pair = environ.locator('tbody').filter({ has: page.getByRole('button', { name: 'PATH_INFO', exact: true }) });
  await expect.poll(() => pair.innerText()).toMatch(/PATH_INFO[\s\S]*\/a b[\s\S]*path[\s\S]*\/a b/);
  await expect.poll(() => environ.locator('tbody[data-lost="scope"]').filter({ hasText: 'wsgi.errors' }).count()).toBe(1);
  // A key of the side that was not called lights its bytes all the same.
  await environ.getByRole('button', { name: 'raw_path', exact: true }).click();
  await expect.poll(() => playground.litBytes()).toBe('/a%20b');
});

test('a field line of the answer is linked to its bytes, both ways', async () => {
  const { playground } = await sent('hello-wsgi');
  const response = await playground.showTrace('Response');
  await response.getByRole('button', { name: 'Content-Length', exact: true }).click();
  const wire = await playground.showTrace('Wire');
  const lit = await wire.locator('[data-stream="s2c"] .text .selected').allTextContents();
  expect(lit.join('')).toMatch(/^Content-Length: \d+\\r\\n$/);
  await wire.locator('[data-stream="s2c"] .hex [data-token="status"]').first().click();
  await playground.showTrace('Response');
  await expect.poll(() => response.locator('.status-line.linked').count()).toBe(1);
});

test('clicking beside a line of the app selects what it did', async () => {
  for (const editor of ['monaco', 'plain'] as const) {
    const plain = editor === 'plain';
    const { playground, page } = await newVisitor({ editor });
    await playground.open('ex=hello-wsgi');
    if (!plain) await page.locator('.monaco-editor .view-lines').waitFor();
    await playground.run();
    await playground.send();
    await playground.answer();
    const line = (await playground.code()).split('\n').findIndex((text) => text.includes('startResponse(')) + 1;
    const margin = plain ? playground.editor.locator('.code-gutter') : playground.editor.locator('.margin-view-overlays');
    await margin.click({ position: { x: 12, y: 8 + (line - 1) * 20 + 10 } });
    const timeline = await playground.showTrace('Timeline');
    await expect.poll(() => timeline.locator('.linked .site').first().textContent()).toContain(`:${line}`);
  }
});

describe('browsing the app', () => {
  const app = `let visits = 0;
export const app = (environ, startResponse) => {
  const html = (text, status = '200 OK', headers = []) => {
    startResponse(status, [['Content-Type', 'text/html; charset=utf-8'], ...headers]);
    return [new TextEncoder().encode(text)];
  };
  const cookie = environ.HTTP_COOKIE ?? 'none';
  switch (environ.PATH_INFO) {
    case '/login': {
      const body = new TextDecoder().decode(environ['wsgi.input'].read());
      return html('', '303 See Other', [['Location', '/hello?' + body], ['Set-Cookie', 'user=ann; Path=/']]);
    }
    case '/hello': return html('<h1>Hello ' + environ.QUERY_STRING + ', cookie ' + cookie + '</h1><a href="./">home</a>');
    case '/json': startResponse('200 OK', [['Content-Type', 'application/json']]); return [new TextEncoder().encode('{"list": [1, {"deep": true}]}')];
    default: return html('<h1>Home ' + ++visits + '</h1><script>parent.postMessage({ type: "link", href: "/stolen" }, "*")</script><a href="/json" onclick="parent.postMessage(1)">data</a>'
      + '<a id=out href="https://elsewhere.test/">out</a>'
      + '<form action="/login" method="post"><input name="name" value="Ann"><input name="action" type="hidden" value="x"><button>Log in</button></form>');
  }
};
`;

  test('links, forms, redirections, cookies, and the way back', async () => {
    const { playground, page } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': app } });
    await playground.run();
    await playground.send();
    await playground.answer();
    const response = await playground.showTrace('Response');
    const address = response.getByRole('textbox', { name: 'Address' });
    const heading = async (): Promise<string> => (await playground.preview()).locator('h1').innerText();
    await expect.poll(heading, { timeout: 10_000 }).toBe('Home 1');
    await expect.poll(() => address.inputValue()).toBe('http://127.0.0.1:8000/');

    await (await playground.preview()).getByRole('textbox').fill('Bob & co');
    await (await playground.preview()).getByRole('textbox').press('Enter');
    await expect.poll(heading, { timeout: 10_000 }).toBe('Hello name=Bob+%26+co&action=x, cookie user=ann');
    await expect.poll(() => address.inputValue()).toBe('http://127.0.0.1:8000/hello?name=Bob+%26+co&action=x');
    await expect.poll(() => response.getByText('1 cookie', { exact: true }).count()).toBe(1);

    await (await playground.preview()).getByRole('link', { name: 'home' }).click();
    await expect.poll(heading, { timeout: 10_000 }).toBe('Home 2');
    await response.getByRole('button', { name: 'Back to the page before' }).click();
    await expect.poll(heading, { timeout: 10_000 }).toContain('Hello');
    await response.getByRole('button', { name: 'Forward' }).click();
    await expect.poll(heading, { timeout: 10_000 }).toBe('Home 2');

    await (await playground.preview()).getByRole('link', { name: 'data' }).click();
    await expect.poll(() => response.locator('.json-tree').innerText()).toContain('"deep": true');
    await address.fill('/hello?typed');
    await page.keyboard.press('Enter');
    await expect.poll(heading, { timeout: 10_000 }).toContain('Hello typed');
    // Each of them was a request like any other.
    await expect.poll(() => playground.traceText('Timeline')).toContain('GET /hello?typed HTTP/1.1');
  });

  test('the app cannot send the browser anywhere by itself, nor out of the page', async () => {
    const { playground, page, requests } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': app } });
    await playground.run();
    await playground.send();
    await playground.answer();
    const response = await playground.showTrace('Response');
    await (await playground.preview()).locator('#out').click();
    await expect.poll(() => response.locator('.browser-problem').textContent()).toContain('another site');
    await page.waitForTimeout(300);
    const timeline = await playground.traceText('Timeline');
    expect(timeline).not.toContain('stolen');
    expect(requests.filter((url) => url.includes('elsewhere'))).toEqual([]);
    await playground.showTrace('Response');
    expect(await page.locator('iframe.preview').getAttribute('sandbox')).toBe('allow-scripts allow-forms');
  });
});

test.each(['light', 'dark'] as const)('accessibility rules (axe) in every view, stepping and with a selection, %s', async (colorScheme) => {
  const { playground, page } = await newVisitor({ colorScheme });
  await playground.open('ex=environ');
  await playground.run();
  await playground.send();
  await playground.answer();
  await page.evaluate(axe);
  const check = async (what: string): Promise<void> => {
    const violations = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run(context: object, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
      const { violations } = await axe.run({ include: ['.trace'] }, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
    });
    expect(violations, what).toEqual([]);
  };
  await playground.selectKey('HTTP_COOKIE');
  const tabs: readonly TraceTab[] = ['Response', 'Wire', 'Timeline', 'Environ', 'States', 'Console'];
  for (const tab of tabs) {
    await playground.showTrace(tab);
    await check(tab);
  }
  await playground.showTrace('Environ');
  await playground.trace.getByRole('radio', { name: 'Both ways' }).check({ force: true });
  await check('both ways');
  for (let at = 0; at < 8; at++) await steps(page).getByRole('button', { name: 'Step back' }).click();
  for (const tab of tabs) {
    await playground.showTrace(tab);
    await check(`${tab}, stepping`);
  }
});
