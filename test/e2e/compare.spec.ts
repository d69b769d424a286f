/** Answers beside each other: the same bytes to several servers of the machine, and a table of what each of them said. */
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { violations } from './axe.ts';
import type { Playground } from './playground.ts';
import { newVisitor, useBrowser } from './visitor.ts';

useBrowser({ editor: 'plain' });

/** A busy machine needs its time. */
const soon = { timeout: 20_000 };

const table = (playground: Playground): Locator => playground.trace.getByRole('table', { name: 'Answers beside each other' });
/** Cells of a row, as they are read out. */
const row = async (playground: Playground, name: string | RegExp): Promise<string[]> => {
  const cells = table(playground).getByRole('row').filter({ has: playground.page.getByRole('rowheader', { name, exact: true }) }).getByRole('cell');
  return (await cells.allTextContents()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
};
const state = (playground: Playground): Locator => playground.trace.locator('.compare-state');

test('three servers disagree about where a request ends', async () => {
  const { playground, page } = await newVisitor();
  await playground.open('ex=same-bytes');
  await playground.listening();
  await playground.send();
  await expect.poll(() => state(playground).textContent(), soon).toBe('3 of 3 answered');
  expect(await row(playground, 'Status line')).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
  expect(await row(playground, 'Body')).toEqual(['30 bytes', '30 bytes', '30 bytes']);
  expect(await row(playground, 'Socket')).toEqual(['kept open', 'kept open', 'kept open']);
  expect(await row(playground, 'Date')).toEqual([expect.stringContaining('GMT'), 'none', 'none']);
  expect((await row(playground, 'Content-Type'))[1]).toContain('written content-type');
  await expect.poll(() => playground.trace.getByLabel('Raw answer of by-length').innerText()).toBe(String.raw`HTTP/1.1 200 OK\r\n|content-length: 30\r\n|content-type: text/plain\r\n|\r\n|GET /hello HTTP/1.1: 0 octets\n|`.replaceAll('|', '\n'));
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }

  await page.getByRole('combobox', { name: 'Saved request' }).selectOption({ label: 'Two lengths' });
  await playground.send();
  await expect.poll(async () => (await row(playground, 'Status line'))[0], soon).toBe('HTTP/1.1 400 Bad Request');
  await expect.poll(() => table(playground).getByRole('columnheader', { name: /^by-chunks/ }).innerText(), soon).toContain('2 answers');
  expect((await row(playground, 'Status line')).slice(1)).toEqual(Array.from({ length: 2 }, () => expect.stringMatching(/not as gateway: HTTP\/1\.1 200 OK/)));
  expect(await row(playground, 'Socket')).toEqual(['closed', expect.stringContaining('kept open'), expect.stringContaining('kept open')]);
  await expect.poll(() => playground.trace.getByLabel('Raw answer of by-chunks').innerText()).toContain('GET /admin HTTP/1.1: 0 octets');

  // Each has a trace of its own, which the other views show.
  await playground.trace.getByRole('button', { name: 'Wire of by-chunks' }).click();
  await expect.poll(() => playground.trace.getByRole('tab', { name: 'Wire', exact: true }).getAttribute('aria-selected')).toBe('true');
  await expect.poll(() => playground.trace.getByRole('tabpanel', { name: 'Wire' }).innerText(), soon).toContain('server');
});

test('who is asked is chosen, travels in the link, and a server that waits keeps nobody waiting', async () => {
  const { playground, page } = await newVisitor();
  const silent = "import { socket } from 'porthole/socket';\nconst l = socket(); await l.bind(['127.0.0.1', 9000]); await l.listen();\nfor (;;) await l.accept();";
  const app = "export const app = (environ: unknown, start: Function) => { start('200 OK', [['Content-Length', '2']]); return [new TextEncoder().encode('hi')]; };";
  await playground.openSnippet({
    files: { 'app.ts': app, 'silent.ts': silent }, view: { traceTab: 'compare' },
    programs: [{ name: 'gateway', kind: 'gateway', entry: 'app.ts:app' }, { name: 'silent', kind: 'script', entry: 'silent.ts' }],
  });
  await playground.run();
  await playground.send();
  await expect.poll(() => state(playground).textContent(), soon).toBe('1 of 2 answered');
  expect(await row(playground, 'Status line')).toEqual(['HTTP/1.1 200 OK', 'no answer yet']);
  expect(await row(playground, 'Socket')).toEqual(['kept open', 'waiting']);
  // By the keyboard.
  await page.getByRole('checkbox', { name: /^silent/ }).focus();
  await page.keyboard.press('Space');
  await playground.send();
  await expect.poll(() => state(playground).textContent(), soon).toBe('1 of 1 answered');
  const link = await playground.shareLink();
  const other = await newVisitor();
  await other.playground.open(new URL(link).hash);
  await other.playground.run();
  await expect.poll(() => other.page.getByRole('checkbox', { name: /^silent/ }).isChecked(), soon).toBe(false);
  await expect.poll(() => other.page.getByRole('checkbox', { name: /^gateway/ }).isChecked()).toBe(true);
});
