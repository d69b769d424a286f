/** The page without a mouse, without a picture, and with the visitor's own colours. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { newVisitor, useBrowser } from './visitor.ts';

useBrowser();

/** Where it is said what came of a request. */
const news = (page: Page) => page.getByRole('status', { name: 'What came back' });

/** What is focused: its role or element, and its name. */
const focused = (page: Page): Promise<string> => page.evaluate(() => {
  const element = document.activeElement;
  const text = element?.getAttribute('aria-label') ?? (element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element?.textContent) ?? '';
  return `${element?.getAttribute('role') ?? element?.localName} ${text.trim()}`;
});

/** Presses Tab until this is focused. */
async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (wanted.test(now)) return;
    seen.push(now.slice(0, 30));
  }
  throw new Error(`Tab does not reach ${wanted}; it passes ${seen.join(', ')}`);
}

test('the main job with the keyboard alone: run, send, follow a byte through the views, step, share', async () => {
  const { playground, page } = await newVisitor();
  await playground.open('ex=environ');
  await playground.listening();
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => news(page).textContent()).toContain('200 OK');

  // To the trace, its tabs, and the bytes.
  for (let presses = 0; presses < 4 && !(await page.evaluate(() => document.activeElement?.id === 'area-trace')); presses += 1) await page.keyboard.press('F6');
  await tabTo(page, /^tab (?:Response|Environ)/);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  expect(await focused(page)).toBe('tab Wire');
  await tabTo(page, /^grid Bytes on the wire/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.press('Control+ArrowRight');
  const info = playground.trace.locator('.info-line');
  await expect.poll(() => info.innerText()).toMatch(/target.*becomes PATH_INFO, RAW_URI/s);

  // The same bytes as keys of environ.
  await page.keyboard.press('Shift+Tab');
  while (!(await focused(page)).startsWith('tab ')) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await focused(page)).toBe('tab Environ');
  await expect.poll(() => playground.litKeys()).toEqual(['PATH_INFO', 'RAW_URI']);

  // Step through it, and walk down the timeline.
  await page.keyboard.press('.');
  await page.keyboard.press('.');
  await expect.poll(() => playground.trace.getByRole('slider', { name: 'Step' }).getAttribute('aria-valuetext')).toMatch(/^Step 2 of \d+: /);
  while (!(await focused(page)).startsWith('tab ')) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowLeft');
  expect(await focused(page)).toBe('tab Timeline');
  await tabTo(page, /^treegrid Events/);
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  const grid = playground.trace.getByRole('treegrid', { name: 'Events' });
  await expect.poll(() => grid.getAttribute('aria-activedescendant')).toBe('timeline-current');
  await expect.poll(() => grid.locator('#timeline-current').getAttribute('aria-selected')).toBe('true');

  // Share, and back to where one was.
  await page.keyboard.press('Control+s');
  await page.getByRole('dialog', { name: 'Share' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await focused(page)).toMatch(/^treegrid Events/);
});

describe('what is announced', () => {
  test('on Send: that it is under way, and the answer; on a refusal: why', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.listening();
    // A region that is there before it has anything to say is heard.
    expect(await news(page).ariaSnapshot()).toBe('- status "What came back"');
    await playground.send();
    await expect.poll(() => news(page).ariaSnapshot()).toMatch(/^- status "What came back": "?Answer: 200 OK, \d+ bytes"?$/);
    await playground.writeRequest('GET / HTTP/1.1\r\nHost : a\r\n\r\n');
    await playground.send();
    await expect.poll(() => news(page).ariaSnapshot()).toMatch(/Refused with 400 Bad Request: Whitespace stands between a field name and its colon/);
  });

  test('when a byte is selected: what it is and what it becomes', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=environ');
    await playground.listening();
    await playground.send();
    await playground.answer();
    await playground.selectByte(6);
    const info = playground.trace.locator('.info-line');
    await expect.poll(() => info.getAttribute('aria-live')).toBe('polite');
    await expect.poll(() => info.ariaSnapshot()).toMatch(/target bytes 5–10.*\/a%20b.*becomes PATH_INFO, RAW_URI/s);
  });

  test('the structure that a screen reader walks: landmarks and headings', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.listening();
    const snapshot = await page.locator('body').ariaSnapshot();
    for (const part of ['- main:', '- region "Editor"', '- region "Request"', '- region "Trace"', '- heading "Request" [level=2]', '- heading "Trace" [level=2]', '- tablist "Views of the trace"', '- status "Server status"']) expect(snapshot).toContain(part);
  });
});

test('with forced colours, what is linked and what is drawn are still to be seen', async () => {
  const { playground, page } = await newVisitor();
  await page.emulateMedia({ forcedColors: 'active' });
  await playground.open('ex=environ');
  await playground.listening();
  await playground.send();
  await playground.answer();
  await playground.selectByte(6);
  const background = (selector: string): Promise<string> => page.locator(selector).first().evaluate((element) => getComputedStyle(element).backgroundColor);
  const canvas = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const wire = await playground.showTrace('Wire');
  await wire.locator('.hex .selected').first().waitFor();
  expect(await background('.wire-grid .hex .selected')).not.toBe(await background('.wire-grid .hex [data-o="0"]'));
  await playground.showTrace('Timeline');
  for (const shape of ['.gutter .point', '.gutter .arrow']) expect([canvas, 'rgba(0, 0, 0, 0)']).not.toContain(await background(shape));
  expect(await background('.timeline-grid .linked')).not.toBe(canvas);
});

test('with reduced motion nothing moves', async () => {
  const { playground, page } = await newVisitor();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await playground.open('ex=stuck');
  await playground.listening();
  await playground.send();
  await playground.showTrace('Response');
  // The answer never comes; a mark that turns would be turning.
  await page.getByText(/Waiting for the answer/).waitFor();
  expect(await page.evaluate(() => document.getAnimations().map((animation) => (animation as CSSAnimation).animationName ?? (animation as CSSTransition).transitionProperty))).toEqual([]);
  await playground.button('Stop').click();
});

describe('with texts half as long again, as in other languages, nothing is cut off', () => {
  /** Makes every text of the page itself longer, and gives what then sticks out of the window or out of a box that does not scroll. */
  const stretched = (page: Page): Promise<string[]> => page.evaluate(async () => {
    const own = (node: Node): boolean => node.parentElement?.closest('.monaco-editor, pre, code, .mono, .wire-grid, .timeline-grid, .context, svg, select, .status-text, .visually-hidden') == null;
    const walker = document.createTreeWalker(document.querySelector('.app')!, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent ?? '';
      if (own(node) && /[a-z]{3}/.test(text) && !text.startsWith('⟦')) node.textContent = `⟦${text}${'é'.repeat(Math.ceil(text.trim().length / 2))}⟧`;
    }
    await new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
    const scrolls = (element: Element): boolean => {
      for (let at: Element | null = element; at; at = at.parentElement) if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
      return false;
    };
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>('.app :is(button, label, h1, h2, h3, p, summary, legend, dt)')) {
      const { left, right, width } = element.getBoundingClientRect();
      if (width === 0 || element.closest('.visually-hidden, .monaco-editor') || getComputedStyle(element).clipPath !== 'none') continue;
      const name = `${element.localName}.${element.className} “${element.textContent.slice(0, 30)}”`;
      if ((right > innerWidth + 1 || left < -1) && !scrolls(element.parentElement!)) found.push(`${name} ends at ${Math.round(right)} of ${innerWidth}`);
      else if (element.localName === 'button' && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).textOverflow !== 'ellipsis') found.push(`${name} is ${element.clientWidth} wide and wants ${element.scrollWidth}`);
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
    return found;
  });

  test.each([[1440, 900], [390, 844]])('%i × %i', async (width, height) => {
    const { playground, page } = await newVisitor({ width, height });
    await playground.open('ex=environ');
    await playground.listening();
    const areas = page.getByRole('navigation', { name: 'Areas' });
    const show = async (area: 'Request' | 'Trace'): Promise<void> => { if (width <= 640) await areas.getByRole('button').nth(area === 'Request' ? 1 : 2).click(); };
    await show('Request');
    await playground.send();
    await show('Trace');
    await playground.answer();
    // By their order: their names are not what they were.
    for (const [area, tabs] of [['Trace', '.trace'], ['Request', '.request']] as const) {
      await show(area);
      for (const tab of await page.locator(`${tabs} [role=tab]`).all()) {
        await tab.click();
        await page.locator(`${tabs} [role=tabpanel] :is(p, button, label)`).first().waitFor();
        expect(await stretched(page), `${area}: ${await tab.textContent()}`).toEqual([]);
      }
    }
  });
});
