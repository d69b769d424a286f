/** What is sent, and how: saved requests, kinds of bodies, imports, the lab, cuts and copies. */
import { describe, expect, test } from 'vitest';
import { newVisitor, useBrowser, type Visitor } from './visitor.ts';

useBrowser({ editor: 'plain' });

const echo = `
export const app = (environ, startResponse) => {
  const body = environ['wsgi.input'].read();
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['Content-Length', String(body.length)]]);
  return [body];
};
`;

async function open(files: Record<string, string> = { 'app.js': echo }): Promise<Visitor> {
  const visitor = await newVisitor();
  await visitor.playground.openSnippet({ lang: 'js', entry: 'app.js:app', files });
  await visitor.playground.run();
  return visitor;
}

const tab = ({ playground }: Visitor, name: string): Promise<void> => playground.request.getByRole('tab', { name, exact: true }).click();
const more = async ({ playground, page }: Visitor, name: string): Promise<void> => {
  await playground.button('More about requests').click();
  await page.getByRole('menuitem', { name, exact: true }).click();
};
const saved = ({ page }: Visitor): Promise<string[]> => page.getByRole('combobox', { name: 'Saved request' }).getByRole('option').allTextContents();
const clipboard = ({ page }: Visitor): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

describe('saved requests', () => {
  test('added, duplicated, renamed, moved, deleted and brought back, all in the link', async () => {
    const visitor = await open();
    const { playground, page } = visitor;
    await playground.button('New request').click();
    await more(visitor, 'Duplicate this request');
    await more(visitor, 'Rename this request');
    await page.getByRole('textbox', { name: 'Name of the request' }).fill('mine');
    await page.keyboard.press('Enter');
    await more(visitor, 'Move up');
    expect(await saved(visitor)).toEqual(['GET /', 'mine', 'GET /']);
    await more(visitor, 'Delete this request');
    expect(await saved(visitor)).toEqual(['GET /', 'GET /']);
    await playground.button('Undo').click();
    expect(await saved(visitor)).toEqual(['GET /', 'mine', 'GET /']);
    const link = await playground.shareLink();
    await playground.open(link.slice(link.indexOf('#') + 1));
    expect(await saved(visitor)).toEqual(['GET /', 'mine', 'GET /']);
  });

  test('the menu by keyboard: arrows, letters, Escape gives the focus back', async () => {
    const { playground, page } = await open();
    await playground.button('More about requests').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');
    await expect.poll(focused).toBe('Duplicate this request');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('Copy as Python requests');
    await page.keyboard.press('m');
    expect(await focused()).toBe('Malformed requests…');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('menu').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('More about requests');
  });

  test('copied for other tools', async () => {
    const visitor = await open();
    await more(visitor, 'Copy as cURL');
    await expect.poll(() => clipboard(visitor)).toContain('curl -i http://127.0.0.1:8000/');
    await more(visitor, 'Copy as fetch');
    await expect.poll(() => clipboard(visitor)).toContain("await fetch('http://127.0.0.1:8000/'");
    await more(visitor, 'Copy as Python requests');
    await expect.poll(() => clipboard(visitor)).toContain('requests.get(');
    await visitor.playground.writeRequest('GET / HTTP/1.1\\n\\n');
    await more(visitor, 'Copy as cURL');
    await expect.poll(() => clipboard(visitor)).toContain('| nc 127.0.0.1 8000');
    await visitor.page.getByText('curl cannot send these bytes').waitFor();
  });
});

describe('import', () => {
  test('a command that is pasted into Raw is offered for import, with what becomes of it', async () => {
    const visitor = await open();
    const { page, playground } = visitor;
    await tab(visitor, 'Raw');
    await page.evaluate(() => navigator.clipboard.writeText("curl 'http://127.0.0.1:8000/in' -k --data-raw 'a=1'"));
    await page.getByRole('textbox', { name: 'Raw request' }).focus();
    await page.keyboard.press('ControlOrMeta+V');
    const dialog = page.getByRole('dialog', { name: 'Import requests' });
    await dialog.getByText('1 request', { exact: true }).waitFor();
    await expect.poll(() => dialog.getByRole('region', { name: 'What became of it' }).textContent()).toContain('-k');
    await dialog.getByRole('button', { name: 'Add 1 request' }).click();
    expect(await saved(visitor)).toEqual(['GET /', 'POST /in']);
    await playground.send();
    await playground.answer();
    await expect.poll(() => playground.responseBody()).toBe('a=1');
  });

  test('a HAR file: what is not wanted is left out', async () => {
    const visitor = await open();
    const { page } = visitor;
    const entry = (path: string) => ({ request: { method: 'GET', url: `http://127.0.0.1:8000${path}`, httpVersion: 'HTTP/1.1', headers: [] } });
    await more(visitor, 'Import cURL or HAR…');
    const dialog = page.getByRole('dialog', { name: 'Import requests' });
    await dialog.getByLabel('Choose a file').setInputFiles({ name: 'a.har', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ log: { version: '1.2', entries: [entry('/one'), entry('/two')] } })) });
    await dialog.getByRole('checkbox', { name: 'Import GET /one' }).uncheck();
    await dialog.getByRole('button', { name: 'Add 1 request' }).click();
    expect(await saved(visitor)).toEqual(['GET /', 'GET /two']);
  });
});

test('from the lab: taken, refused before it is sent and after, at the byte', async () => {
  const visitor = await open();
  const { page, playground } = visitor;
  await more(visitor, 'Malformed requests…');
  await page.getByRole('dialog', { name: 'Malformed requests' }).getByRole('button', { name: 'A folded value' }).click();
  expect(await saved(visitor)).toEqual(['GET /', 'A folded value']);
  await playground.request.getByText('RFC9112-5.2-4').waitFor();
  await playground.send();
  expect(await playground.answer()).toContain('400');
  await expect.poll(() => playground.traceText('Response')).toContain('RFC9112-5.2-4');
});

describe('the body', () => {
  test.each([
    ['Form', async ({ page }: Visitor) => {
      await page.getByRole('button', { name: 'Add a field' }).last().click();
      await page.getByRole('textbox', { name: 'Value', exact: true }).fill('ü &');
    }, 'field1=%C3%BC+%26', 'application/x-www-form-urlencoded'],
    ['JSON', async ({ page }: Visitor) => {
      await page.getByRole('textbox', { name: 'Body' }).fill('{"a":1}');
      await page.getByRole('button', { name: 'Format' }).click();
    }, '{\n  "a": 1\n}', 'application/json'],
    ['File', async ({ page }: Visitor) => {
      await page.getByLabel('Choose a file').setInputFiles({ name: 'a.bin', mimeType: 'image/x', buffer: Buffer.from('octets') });
    }, 'octets', 'image/x'],
  ] as const)('as %s', async (kind, fill, body, type) => {
    const visitor = await open();
    const { playground, page } = visitor;
    await page.getByRole('combobox', { name: 'Body as' }).selectOption(kind);
    await fill(visitor);
    await playground.send();
    await playground.answer();
    await expect.poll(() => playground.responseBody()).toBe(body);
    await expect.poll(() => playground.rawRequest()).toContain(`Content-Type: ${type}`);
  });

  test('as Multipart, with a file', async () => {
    const visitor = await open();
    const { playground, page } = visitor;
    await page.getByRole('combobox', { name: 'Body as' }).selectOption('Multipart');
    await page.getByRole('button', { name: 'Add a field' }).last().click();
    await page.getByLabel('Choose a file for field1').setInputFiles({ name: 'ä.txt', mimeType: 'text/plain', buffer: Buffer.from('in the file') });
    await playground.send();
    await playground.answer();
    await expect.poll(() => playground.responseBody()).toMatch(/name="field1"; filename="ä\.txt"\r?\nContent-Type: text\/plain\r?\n\r?\nin the file/);
  });
});

describe('delivery', () => {
  const turns = async ({ playground }: Visitor): Promise<string> => (await playground.traceText('Wire')).replaceAll(/\s+/g, ' ');

  test('cut at marks by click and keyboard; the parser waits; the server receives segments; all of it is in the link', async () => {
    const visitor = await open();
    const { playground, page } = visitor;
    await tab(visitor, 'Delivery');
    await playground.button('after the first line').click();
    const cut = page.getByRole('slider', { name: 'Cut after byte 16' });
    await cut.focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.getByRole('slider', { name: 'Cut' }).getAttribute('aria-valuenow')).toBe('15');
    await playground.request.getByText('then the parser waits for the rest of the head').waitFor();
    // A press on the right half of the second byte: between it and the third.
    const octet = (await playground.request.locator('[data-o="1"]').boundingBox())!;
    await page.mouse.click(octet.x + octet.width - 1, octet.y + octet.height / 2);
    await playground.request.getByText('3 segments').waitFor();
    await playground.send();
    await playground.answer();
    expect(await turns(visitor)).toContain('in 3 segments');
    const link = await playground.shareLink();
    await playground.open(link.slice(link.indexOf('#') + 1));
    await playground.request.getByText('3 segments').waitFor();
  });

  test('a cut is dragged', async () => {
    const visitor = await open();
    const { playground, page } = visitor;
    await tab(visitor, 'Delivery');
    await playground.button('after the first line').click();
    const from = (await page.getByRole('slider', { name: 'Cut' }).boundingBox())!;
    const to = (await playground.request.locator('[data-o="3"]').boundingBox())!;
    await page.mouse.move(from.x + 2, from.y + 8);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + 8, { steps: 4 });
    await page.mouse.move(to.x + 1, to.y + 8, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => page.getByRole('slider', { name: 'Cut' }).getAttribute('aria-valuenow')).toBe('3');
  });

  test('byte by byte with a pause', async () => {
    const visitor = await open();
    await visitor.playground.writeRequest('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await tab(visitor, 'Delivery');
    await visitor.page.getByRole('radio', { name: 'Cut every' }).check({ force: true });
    await visitor.page.getByRole('spinbutton', { name: 'Pause between segments, in ms' }).fill('2');
    await visitor.playground.send();
    await visitor.playground.answer();
    expect(await turns(visitor)).toContain('in 27 segments');
  });

  test.each([
    ['one after the other on one connection', ['1.1', '1.2', '1.3']],
    ['at once on one connection (pipelined)', ['1.1', '1.2', '1.3']],
    ['at once, each on its own connection', ['1.1', '2.1', '3.1']],
  ])('three copies %s', async (how, exchanges) => {
    const visitor = await open();
    const { playground, page } = visitor;
    await tab(visitor, 'Delivery');
    await page.getByRole('spinbutton', { name: 'Send it' }).fill('3');
    await page.getByRole('combobox', { name: 'On which connection' }).selectOption(how);
    await playground.send();
    const shown = page.getByRole('combobox', { name: 'Request shown' }).getByRole('option');
    await expect.poll(async () => (await shown.allTextContents()).filter((text) => text.endsWith('→ 200')).map((text) => text.split(/\s/)[0])).toEqual(exchanges);
  });

  test.each([
    ['one after the other on one connection', ['1.1 GET /', '1.2 GET /second', '1.3 GET /third']],
    ['at once on one connection (pipelined)', ['1.1 GET /', '1.2 GET /second', '1.3 GET /third']],
    ['at once, each on its own connection', ['1.1 GET /', '2.1 GET /second', '3.1 GET /third']],
  ])('several saved requests together, %s', async (how, exchanges) => {
    const visitor = await newVisitor();
    const { playground, page } = visitor;
    const get = (target: string): { name: string; raw: string } => ({ name: `GET ${target}`, raw: `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n` });
    await playground.openSnippet({ lang: 'js', entry: 'app.js:app', files: { 'app.js': echo }, requests: ['/', '/left-out', '/second', '/third'].map(get) });
    await playground.run();
    await tab(visitor, 'Delivery');
    for (const name of ['GET /second', 'GET /third']) await page.getByRole('group', { name: 'Together with' }).getByRole('checkbox', { name }).check();
    await page.getByRole('combobox', { name: 'On which connection' }).selectOption(how);
    await playground.send();
    const shown = page.getByRole('combobox', { name: 'Request shown' }).getByRole('option');
    // No line for a request that a kept connection is only ready for.
    await expect.poll(async () => (await shown.allTextContents()).map((text) => text.replace(/ HTTP.*→ 200$/, '').replace(/\s+/g, ' '))).toEqual(exchanges);
  });

  test('on the connection of the request before', async () => {
    const visitor = await open();
    const { playground, page } = visitor;
    await tab(visitor, 'Delivery');
    await page.getByRole('checkbox', { name: 'On the connection of the request before' }).check();
    const shown = page.getByRole('combobox', { name: 'Request shown' }).getByRole('option');
    for (const expected of [['1.1'], ['1.1', '1.2']]) {
      await playground.send();
      await expect.poll(async () => (await shown.allTextContents()).filter((text) => text.includes('→')).map((text) => text.split(/\s/)[0])).toEqual(expected);
    }
  });

  test('stopped after some bytes and cut off: the server is told', async () => {
    const visitor = await open();
    const { playground, page } = visitor;
    await tab(visitor, 'Delivery');
    await page.getByRole('spinbutton', { name: 'Stop after' }).fill('20');
    await page.getByRole('combobox', { name: 'And then' }).selectOption('cut the connection (RST)');
    await playground.send();
    await expect.poll(() => playground.traceText('Response')).toContain('The connection was reset');
    await expect.poll(() => turns(visitor)).toContain('20 bytes in 1 segment');
  });
});
