/** Roles and names of the page are an interface: for assistive technology, for tests, for the keyboard. */
import { describe, expect, test } from 'vitest';
import { violations } from './axe.ts';
import { newVisitor, useBrowser } from './visitor.ts';

useBrowser();

test('the roles and names of DESIGN §4.5 are there', async () => {
  const { playground, page } = await newVisitor();
  await playground.open('ex=environ');
  await playground.editor.waitFor();
  await playground.request.waitFor();
  await playground.trace.waitFor();
  await playground.status.waitFor();
  for (const name of ['Run', 'Stop', 'Send', 'Share', 'Embed']) await expect.poll(() => playground.button(name).count(), { message: name }).toBe(1);
  await expect.poll(() => page.getByRole('combobox', { name: 'Example' }).count()).toBe(1);
  for (const name of ['Form', 'Raw']) await expect.poll(() => playground.request.getByRole('tab', { name, exact: true }).count(), { message: name }).toBe(1);
  for (const name of ['Response', 'Wire', 'Timeline', 'Environ', 'Console']) await expect.poll(() => playground.trace.getByRole('tab', { name, exact: true }).count(), { message: name }).toBe(1);
  await playground.request.getByRole('tab', { name: 'Raw', exact: true }).click();
  await expect.poll(() => page.getByRole('textbox', { name: 'Raw request' }).count()).toBe(1);
});

test('for an ASGI app the Environ tab is called Scope', async () => {
  const { playground } = await newVisitor();
  await playground.open('ex=hello-asgi');
  await playground.run();
  await playground.send();
  await playground.answer();
  for (const key of ['http_version', 'raw_path']) await expect.poll(() => playground.traceText('Scope')).toContain(key);
});

describe('accessibility rules (axe)', () => {
  const sizes = [[1440, 900], [1024, 768], [768, 1024], [390, 844]] as const;
  test.each(sizes.flatMap(([width, height]) => (['light', 'dark'] as const).map((scheme) => [width, height, scheme] as const)))('%i × %i, %s', async (width, height, colorScheme) => {
    const { playground, page } = await newVisitor({ width, height, colorScheme });
    await playground.open('ex=environ');
    await playground.listening();
    expect(await violations(page), 'as opened').toEqual([]);
    const areas = page.getByRole('navigation', { name: 'Areas' });
    const show = async (area: 'Request' | 'Trace'): Promise<void> => { if (width <= 640) await areas.getByRole('button', { name: area, exact: true }).click(); };
    await show('Request');
    for (const tab of ['Raw', 'Delivery', 'WebSocket', 'Form']) {
      await playground.request.getByRole('tab', { name: tab, exact: true }).click();
      expect(await violations(page, '#area-request'), tab).toEqual([]);
    }
    await playground.send();
    await show('Trace');
    await playground.answer();
    for (const tab of ['Response', 'Wire', 'Timeline', 'Environ', 'States', 'Console', 'Machine'] as const) {
      await playground.showTrace(tab);
      if (tab === 'Environ') await playground.selectKey('PATH_INFO');
      expect(await violations(page, '#area-trace'), tab).toEqual([]);
      // Nothing sticks out at the side.
      expect(await page.evaluate(() => document.documentElement.scrollWidth), tab).toBeLessThanOrEqual(width);
    }
    expect(await violations(page), 'as left').toEqual([]);
  });
});

test('Run and Send by keyboard alone', async () => {
  const { playground, page } = await newVisitor();
  await playground.open('ex=hello-wsgi');
  const focusOn = async (name: string): Promise<void> => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.querySelector('span')?.textContent ?? '');
      if (focused === name) return;
      // In code, Tab indents. After Escape (the plain editor) or Ctrl+M (Monaco) it moves on.
      if (focused === 'Editor') {
        await page.keyboard.press('Escape');
        await page.keyboard.press('Control+M');
      }
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  await focusOn('Run');
  await page.keyboard.press('Enter');
  await playground.listening();
  await focusOn('Send');
  await page.keyboard.press('Space');
  expect(await playground.answer()).toContain('200');
});
