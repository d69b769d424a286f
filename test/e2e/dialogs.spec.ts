/** Every dialog: opened by its button or key, left by Escape with the focus where it was, and without faults that axe finds. */
import { describe, expect, test } from 'vitest';
import { violations } from './axe.ts';
import type { Playground } from './playground.ts';
import { newVisitor, useBrowser } from './visitor.ts';

useBrowser();

const more = (item: string) => async (playground: Playground): Promise<void> => {
  await playground.button('More about requests').click();
  await playground.page.getByRole('menuitem', { name: item, exact: true }).click();
};

const dialogs: readonly (readonly [string, (playground: Playground) => Promise<void>])[] = [
  ['Share', (playground) => playground.button('Share').click()],
  ['Embed', (playground) => playground.button('Embed').click()],
  ['Settings', (playground) => playground.button('Settings').click()],
  ['Drafts', (playground) => playground.button('Drafts').click()],
  ['Import requests', more('Import cURL or HAR…')],
  ['Malformed requests', more('Malformed requests…')],
  ['Commands', (playground) => playground.page.keyboard.press('F1')],
  ['Keyboard map', (playground) => playground.page.keyboard.press('?')],
];

describe.each([[1440, 900, 'light'], [1440, 900, 'dark'], [390, 844, 'light']] as const)('%i × %i, %s', (width, height, colorScheme) => {
  test('dialogs, menus and the request in all its views', async () => {
    const { playground, page } = await newVisitor({ width, height, colorScheme });
    await playground.open('ex=environ');
    await playground.listening();
    const narrow = width < 600;
    if (narrow) await page.getByRole('navigation', { name: 'Areas' }).getByRole('button', { name: 'Request' }).click();
    for (const view of ['Form', 'Raw', 'Delivery', 'WebSocket'] as const) {
      await playground.request.getByRole('tab', { name: view, exact: true }).click();
      await playground.request.getByRole('tabpanel', { name: view }).waitFor();
      if (view === 'Delivery') await playground.button('after the head').click();
      expect(await violations(page, '#area-request'), view).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), view).toBeLessThanOrEqual(width);
    }
    await playground.button('More about requests').click();
    await page.getByRole('menu').waitFor();
    expect(await violations(page), 'menu').toEqual([]);
    await page.keyboard.press('Escape');

    for (const [name, open] of dialogs) {
      await playground.request.getByRole('tab', { name: 'WebSocket', exact: true }).focus();
      await open(playground);
      const dialog = page.getByRole('dialog', { name, exact: true });
      await dialog.waitFor();
      expect(await violations(page, 'dialog'), name).toEqual([]);
      const box = (await dialog.boundingBox())!;
      expect(box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= height, `${name} fits`).toBe(true);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      expect(await page.evaluate(() => document.activeElement !== document.body), `focus after ${name}`).toBe(true);
    }
  });
});

test('the palette: typed, chosen by arrows, done', async () => {
  const { playground, page } = await newVisitor();
  await playground.open('ex=hello-wsgi');
  await playground.listening();
  await playground.button('Share').focus();
  await page.keyboard.press('ControlOrMeta+K');
  const search = page.getByRole('combobox', { name: 'Type what you want to do' });
  await search.fill('show timel');
  await expect.poll(() => page.getByRole('dialog').getByRole('option', { selected: true }).textContent()).toContain('Show Timeline');
  await page.keyboard.press('Enter');
  await expect.poll(() => playground.trace.getByRole('tab', { name: 'Timeline' }).getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('F1');
  await search.fill('show');
  await page.keyboard.press('ArrowDown');
  const chosen = await page.getByRole('dialog').getByRole('option', { selected: true }).textContent();
  await expect.poll(() => search.getAttribute('aria-activedescendant')).toBe(await page.getByRole('dialog').getByRole('option', { selected: true }).getAttribute('id'));
  expect(chosen).toContain('Show Raw');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Raw request' }).waitFor();
});

test('a key pressed when a dialog has closed but the page has not heard of it yet is not lost', async () => {
  const { playground, page } = await newVisitor();
  await playground.open('ex=hello-wsgi');
  await playground.button('Settings').click();
  const settings = page.getByRole('dialog', { name: 'Settings', exact: true });
  await settings.waitFor();
  // The browser closes it at once, and says so in a task of its own.
  await settings.evaluate((dialog: HTMLDialogElement) => {
    dialog.close();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'F1', bubbles: true }));
  });
  await page.getByRole('dialog', { name: 'Commands', exact: true }).waitFor();
  await page.keyboard.press('?');
  expect(await page.getByRole('dialog').count(), 'keys of the page rest while a dialog is open').toBe(1);
});

test('keys: F6 goes from area to area, ? is typed where one types, Ctrl+S shares', async () => {
  const { playground, page } = await newVisitor();
  await playground.open('ex=hello-wsgi');
  const area = (): Promise<string | undefined> => page.evaluate(() => document.activeElement?.closest('section[aria-label]')?.getAttribute('aria-label') ?? undefined);
  for (const expected of ['Editor', 'Request', 'Trace', 'Editor']) {
    await page.keyboard.press('F6');
    await expect.poll(area).toBe(expected);
  }
  await page.getByRole('textbox', { name: 'Target' }).fill('');
  await page.keyboard.type('/?');
  await expect.poll(() => page.getByRole('textbox', { name: 'Target' }).inputValue()).toBe('/?');
  await page.keyboard.press('ControlOrMeta+S');
  await page.getByRole('dialog', { name: 'Share' }).waitFor();
});

test('on a phone Send is there whatever is shown, and shows the answer', async () => {
  const { playground, page } = await newVisitor({ width: 390, height: 844 });
  await playground.open('ex=hello-wsgi');
  await playground.listening();
  for (const area of ['Code', 'Request', 'Trace']) {
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('button', { name: area }).click();
    const box = (await playground.button('Send').boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(844);
    expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(24);
  }
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('button', { name: 'Code' }).click();
  await playground.send();
  expect(await playground.answer()).toContain('200 OK');
});

test('nothing moves by itself: not while the page loads, not when a notice comes up', async () => {
  const { playground, page } = await newVisitor();
  await page.addInitScript(() => {
    const shifts: number[] = ((window as unknown as { shifts: number[] }).shifts = []);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) shifts.push(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  // The link is damaged, and the app cannot be loaded: two notices.
  await playground.open('1.d.damaged.AAAAAA');
  await page.getByText('The link could not be opened.').waitFor();
  await page.locator('.monaco-editor').first().waitFor();
  await playground.listening();
  const top = async (): Promise<number> => (await playground.request.boundingBox())!.y;
  const before = await top();
  await playground.typeCode('export const app = = 1;\n');
  await playground.button('Run').click();
  await page.getByText('The app could not be loaded').waitFor();
  expect(await top()).toBe(before);
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0));
  // What counts as good is 0.1; what is left is the picture of the code giving way to the editor.
  expect(shifts).toBeLessThan(0.02);
});
