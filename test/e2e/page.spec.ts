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
  for (const name of ['Run', 'Stop', 'Send', 'Share', 'Embed']) expect(await playground.button(name).count(), name).toBe(1);
  expect(await page.getByRole('combobox', { name: 'Example' }).count()).toBe(1);
  for (const name of ['Form', 'Raw']) expect(await playground.request.getByRole('tab', { name, exact: true }).count(), name).toBe(1);
  for (const name of ['Response', 'Wire', 'Timeline', 'Environ', 'Console']) expect(await playground.trace.getByRole('tab', { name, exact: true }).count(), name).toBe(1);
  await playground.request.getByRole('tab', { name: 'Raw', exact: true }).click();
  expect(await page.getByRole('textbox', { name: 'Raw request' }).count()).toBe(1);
});

test('for an ASGI app the Environ tab is called Scope', async () => {
  const { playground } = await newVisitor();
  await playground.open('ex=hello-asgi');
  await playground.run();
  await playground.send();
  await playground.answer();
  const scope = await playground.traceText('Scope');
  expect(scope).toContain('http_version');
  expect(scope).toContain('raw_path');
});

describe('accessibility rules (axe)', () => {
  test.each([
    [1440, 900, 'light'],
    [1024, 768, 'dark'],
    [390, 844, 'light'],
  ] as const)('%i × %i, %s', async (width, height, colorScheme) => {
    const { playground, page } = await newVisitor({ width, height, colorScheme });
    await playground.open('ex=environ');
    if (width > 600) {
      await playground.run();
      await playground.send();
      await playground.answer();
    }
    const tabs = width > 600 ? (['Response', 'Wire', 'Timeline', 'Environ', 'Console'] as const) : [];
    for (const tab of [undefined, ...tabs]) {
      if (tab !== undefined) await playground.showTrace(tab);
      expect(await violations(page), tab ?? 'as opened').toEqual([]);
    }
    // Nothing sticks out at the side.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
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
