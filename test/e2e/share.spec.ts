/** Share and Embed: the link and where it goes through, files for other programs, and a recorded run that plays without a process. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FrameLocator, Locator } from 'playwright-core';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { excuse, newVisitor, useBrowser, type Visitor } from './visitor.ts';

useBrowser({ editor: 'plain' });

async function sent(): Promise<{ readonly visitor: Visitor; readonly dialog: Locator }> {
  const visitor = await newVisitor();
  const { playground, page } = visitor;
  await playground.open('ex=hello-wsgi');
  await playground.run();
  await playground.send();
  await playground.answer();
  await playground.button('Share').click();
  return { visitor, dialog: page.getByRole('dialog', { name: 'Share' }) };
}

test('the link is measured against what tools let through', async () => {
  const { visitor, dialog } = await sent();
  const { page, playground } = visitor;
  const places = dialog.getByRole('list', { name: 'Where it goes through' }).getByRole('listitem');
  await expect.poll(() => places.allTextContents()).toEqual(['Discord: fits (2,000)', 'Slack: fits (4,000)', 'mail and proxies: fits (8,000)', 'Firefox: fits (1,000,000)']);
  await page.keyboard.press('Escape');
  // What cannot be made smaller: noise.
  const noise = Array.from({ length: 3000 }, (_, at) => ((at * 7919) % 65_521).toString(36)).join('');
  await playground.typeCode(`// ${noise}\n`);
  await playground.button('Share').click();
  await expect.poll(async () => (await places.allTextContents()).slice(0, 3)).toEqual(['Discord: too long (2,000)', 'Slack: too long (4,000)', 'mail and proxies: too long (8,000)']);
});

test('copied as a link, as Markdown and as a frame', async () => {
  const { visitor: { page }, dialog } = await sent();
  const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  await expect.poll(clipboard).toMatch(/^http.*#1\.d\./);
  await dialog.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect.poll(clipboard).toMatch(/^\[.+\]\(http.*#1\.d\..*\)$/);
  await dialog.getByRole('button', { name: 'Copy embed code' }).click();
  await expect.poll(clipboard).toMatch(/^<iframe src="http.*embed\.html#1\.d\./);
});

test('saved as a project, a test, HAR and pcap', async () => {
  const { visitor: { page }, dialog } = await sent();
  const save = async (name: string): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
    const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name, exact: true }).click()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const zip = await save('Node project');
  expect([zip.name.endsWith('.zip'), zip.bytes.subarray(0, 2).toString(), zip.bytes.includes('package.json')]).toEqual([true, 'PK', true]);
  const code = await save('Vitest test');
  expect(code.name).toMatch(/\.test\.ts$/);
  expect(code.bytes.toString()).toContain('expect(response.status).toBe(200);');
  const har = JSON.parse((await save('HAR')).bytes.toString()) as { log: { entries: { response: { status: number } }[] } };
  expect(har.log.entries.map(({ response }) => response.status)).toEqual([200]);
  expect((await save('pcap')).bytes.readUInt32LE(0)).toBe(0xa1b2c3d4);
});

describe('a recorded run', () => {
  async function recordedLink(): Promise<string> {
    const { visitor: { page }, dialog } = await sent();
    const plain = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
    await dialog.getByRole('checkbox', { name: 'With the recorded run' }).check();
    await expect.poll(async () => (await dialog.getByRole('textbox', { name: 'Link' }).inputValue()).length).toBeGreaterThan(plain.length + 500);
    const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
    await page.keyboard.press('Escape');
    return link;
  }

  test('is seen at once, without a process; Run goes live', async () => {
    const link = await recordedLink();
    const { playground, page, requests } = await newVisitor();
    await playground.open(link.slice(link.indexOf('#') + 1));
    await expect.poll(() => playground.status.textContent()).toContain('Recorded run');
    expect(await playground.answer()).toContain('200 OK');
    await expect.poll(() => playground.responseBody()).toContain('Hello from WSGI');
    expect((await playground.environ()).get('REQUEST_METHOD')).toContain('GET');
    await expect.poll(() => playground.traceText('Timeline')).toContain('app(environ, startResponse)');
    await playground.selectByte(0);
    await expect.poll(() => playground.litBytes()).toBe('GET');
    // No machine, no sandbox frame, no worker.
    expect(requests.filter((url) => /sandbox|\/runtime|start-machine/.test(url))).toEqual([]);
    expect(await page.locator('iframe[title=Sandbox]').count()).toBe(0);
    await playground.run();
    expect(await playground.status.textContent()).not.toContain('Recorded run');
    expect(await playground.trace.getByRole('combobox', { name: 'Request shown' }).textContent()).toContain('no request yet');
  });

  /** Somebody else's page with this element plays a recorded run until `shown` is there, and starts no process for it. */
  async function playsElsewhere(element: string, shown: (frame: FrameLocator) => Locator): Promise<void> {
    const html = `<!doctype html><title>Docs</title><script src="${inject('site')}embed.js" async></script>${element}`;
    const server = createServer((_request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(html));
    await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready));
    onTestFinished(() => void server.close());
    const visitor = await newVisitor();
    await visitor.page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const frame = visitor.page.frameLocator('porthole-playground iframe');
    await frame.getByRole('status', { name: 'Server status' }).filter({ hasText: 'Recorded run' }).waitFor();
    await shown(frame).waitFor();
    expect(visitor.requests.filter((url) => /sandbox|\/runtime|start-machine/.test(url))).toEqual([]);
    excuse(visitor.complaints, (complaint) => complaint.startsWith('request to ') || complaint.includes('favicon'));
  }

  test('plays in somebody else\'s page, by one script and one element', async () => {
    await playsElsewhere(`<porthole-playground src="${await recordedLink()}" panel="environ" height="520"></porthole-playground>`, (frame) => frame.getByRole('rowheader', { name: 'REQUEST_METHOD' }));
  });

  test('plays from a file in somebody else\'s page, with the code in clear', async () => {
    const { decodeSnippet } = await import('../../src/api/snippet.ts');
    const { recording, files } = await decodeSnippet(await recordedLink());
    const [code = ''] = Object.values(files);
    await playsElsewhere(
      `<porthole-playground panel="timeline" height="520"><pre data-file="app.ts">${code.replaceAll('<', '&lt;')}</pre><script type="application/json" data-recording>${JSON.stringify(recording).replaceAll('<', '\\u003c')}</script></porthole-playground>`,
      (frame) => frame.getByText('app(environ, startResponse)'),
    );
  });

  test('plays also where the same code is open and runs', async () => {
    const link = await recordedLink();
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.listening();
    await page.evaluate((fragment) => { location.hash = fragment; }, link.slice(link.indexOf('#') + 1));
    await expect.poll(() => playground.status.textContent()).toContain('Recorded run');
    expect(await playground.answer()).toContain('200 OK');
  });

  test('that was tampered with is not shown, and the code still is', async () => {
    const { encodeSnippet, decodeSnippet } = await import('../../src/api/snippet.ts');
    const good = await decodeSnippet(await recordedLink());
    const { playground } = await newVisitor();
    await playground.open(await encodeSnippet({ ...good, recording: { ...good.recording!, processes: 7 } }));
    await playground.page.getByText('The recorded run in this link could not be shown.').waitFor();
    await expect.poll(() => playground.code()).toContain('Hello from WSGI');
  });
});
