/** Links: what is damaged says so, what is foreign waits, and nothing that was in the editor is lost. */
import { describe, expect, test } from 'vitest';
import { encodeSnippet } from '../../src/api/snippet.ts';
import { snippet } from './playground.ts';
import { newVisitor, useBrowser } from './visitor.ts';

useBrowser({ editor: 'plain' });

const foreign = snippet({
  title: 'A foreign app',
  files: {
    'app.ts': `export const app = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode('from afar')];
};
console.log('the module was evaluated');
`,
  },
});

describe('a link that cannot be opened says so, and shows something that works', () => {
  test.each([
    ['cut short', (link: string) => link.slice(0, -20), /cut|short|end|incomplete|missing/i],
    ['cut short in the middle', (link: string) => link.slice(0, link.length / 2), /cut|short|end|incomplete|missing/i],
    ['one character changed', (link: string) => link.slice(0, 30) + (link[30] === 'A' ? 'B' : 'A') + link.slice(31), /damaged|changed|broken/i],
    ['from the future', (link: string) => link.replace('#1.', '#9.'), /newer|version/i],
    ['an example that is not there', () => '#ex=no-such-example', /no-such-example/i],
  ])('%s', async (_name, damage, says) => {
    const { playground, page } = await newVisitor();
    await playground.open(damage(await encodeSnippet(foreign)));
    const notice = page.getByRole('alert').or(page.getByRole('status')).filter({ hasText: says });
    await notice.first().waitFor();
    // The page is usable: an example is shown and answers.
    await playground.run();
    await playground.send();
    expect(await playground.answer()).toContain('200 OK');
  });

  test('pasted into the address of an open page: what is in the editor stays', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.typeCode('// mine, and not to be lost');
    await expect.poll(() => playground.code()).toContain('mine, and not to be lost');
    const damaged = (await encodeSnippet(foreign)).slice(0, -9);
    await page.evaluate((fragment) => { location.hash = fragment; }, damaged);
    await page.getByText('What you see is what was here before.').first().waitFor();
    expect(await playground.code()).toContain('mine, and not to be lost');
    expect(await playground.code()).not.toContain('from afar');
  });
});

describe('a snippet from somebody else', () => {
  test('is shown, and runs only after Run', async () => {
    const { playground, page } = await newVisitor();
    await playground.open(await encodeSnippet(foreign));
    await expect.poll(() => playground.code()).toContain('from afar');
    await page.getByText('Read it, then press Run').first().waitFor();
    // Neither Send nor its key starts it.
    await playground.send();
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.waitForTimeout(1000);
    expect(await playground.status.textContent()).toMatch(/not running/i);
    // Not `innerText`, which leaves out what has not been laid out yet.
    expect(await (await playground.showTrace('Console')).textContent()).not.toContain('the module was evaluated');

    await playground.run();
    await playground.send();
    await playground.answer();
    await expect.poll(() => playground.responseBody()).toBe('from afar');
    await expect.poll(() => playground.traceText('Console')).toContain('the module was evaluated');
  });

  test('still waits after a reload without Run', async () => {
    const { playground, page } = await newVisitor();
    await playground.open(await encodeSnippet(foreign));
    await page.reload();
    await playground.editor.waitFor();
    await page.getByText('Read it, then press Run').first().waitFor();
    await page.waitForTimeout(1000);
    expect(await playground.status.textContent()).toMatch(/not running/i);
  });

  test('following a second link in an open page keeps the visitor\'s own work among the drafts', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.typeCode('// precious');
    await page.waitForTimeout(600);
    const link = await encodeSnippet(foreign);
    await page.evaluate((fragment) => { location.hash = fragment; }, link);
    await expect.poll(() => playground.code()).toContain('from afar');
    await page.goBack();
    await expect.poll(() => playground.code()).toContain('precious');
  });
});

describe('sharing', () => {
  test('the Share dialog shows the link, its length and where it fits; Escape closes it and returns the focus', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.button('Share').click();
    const dialog = page.getByRole('dialog', { name: 'Share' });
    await dialog.waitFor();
    await expect.poll(() => dialog.innerText()).toMatch(/\d characters/);
    await expect.poll(() => dialog.innerText()).toContain('Discord: fits');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Share');
  });

  test('a link never leaves the browser: opening one requests the site\'s own files and nothing else', async () => {
    const { playground, requests } = await newVisitor();
    const link = await encodeSnippet(foreign);
    await playground.open(link);
    const payload = link.split('.')[2]!.slice(0, 40);
    expect(requests.length).toBeGreaterThan(1);
    // (`newVisitor` complains about requests to any other origin.)
    expect(requests.filter((url) => url.replace(/#.*/s, '').includes(payload))).toEqual([]);
  });
});
