/** Nothing that a visitor typed is lost: by reload, by a crash of the app, by a damaged link, by choosing an example. */
import { describe, expect, test } from 'vitest';
import { excuse, newVisitor, useBrowser } from './visitor.ts';

useBrowser();

const typed = `// typed by the visitor
export const app = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode('typed')];
};
`;
const typedRequest = 'GET /typed?by=visitor HTTP/1.1\nHost: 127.0.0.1:8000\nX-Typed: yes\n\n';

describe('what was typed survives', () => {
  test('a reload, even at once', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.typeCode(typed);
    await playground.writeRequest(typedRequest);
    const request = await playground.rawRequest();
    // No pause: the page must keep drafts when it is left, not only when typing rests.
    await page.reload();
    await playground.editor.waitFor();
    await expect.poll(() => playground.code()).toContain('typed by the visitor');
    await expect.poll(() => playground.rawRequest()).toBe(request);
  });

  test('a reload before the browser has taken over history.state', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    // Chromium hands the state from the page to the browser with a delay: on a busy machine a reload comes first.
    await page.evaluate(() => { history.replaceState = () => {}; });
    await playground.typeCode(typed);
    await page.reload();
    await playground.editor.waitFor();
    await expect.poll(() => playground.code()).toContain('typed by the visitor');
  });

  test('closing the tab and coming back without a link', async () => {
    const { playground, context, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.typeCode(typed);
    await page.close({ runBeforeUnload: true });
    const again = await context.newPage();
    await again.goto(playground.address());
    await expect.poll(() => again.getByRole('region', { name: 'Editor' }).innerText()).toContain('typed');
  });

  test('choosing an example: one press of Undo brings it back', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.typeCode(typed);
    await playground.chooseExample('Everything in environ');
    await expect.poll(() => playground.code()).not.toContain('typed by the visitor');
    await playground.button('Undo').click();
    await expect.poll(() => playground.code()).toContain('typed by the visitor');
  });

  test('choosing an example and reloading: it is among the drafts', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.typeCode(typed);
    await playground.chooseExample('Everything in environ');
    await expect.poll(() => playground.code()).not.toContain('typed by the visitor');
    await page.reload();
    await playground.editor.waitFor();
    await playground.button('Drafts').click();
    const dialog = page.getByRole('dialog', { name: 'Drafts' });
    await dialog.getByRole('button', { name: 'Open' }).first().click();
    await expect.poll(() => playground.code()).toContain('typed by the visitor');
  });

  test('an app that loops for ever, and Stop', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.typeCode(`${typed}\nwhile (true) {} // typed too`);
    await playground.button('Run').click();
    await expect.poll(() => playground.status.textContent(), { timeout: 10_000 }).toMatch(/not answering|starting/i);
    await playground.button('Stop').click();
    await expect.poll(() => playground.status.textContent()).toMatch(/not running/i);
    await expect.poll(() => playground.code()).toContain('typed too');
  });

  test('an app that eats all memory, and a reload after it', async () => {
    const { playground, page, complaints } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await playground.typeCode(`${typed}\nconst hoard = []; for (;;) hoard.push(new Uint8Array(64 << 20).fill(1)); // typed too`);
    await playground.button('Run').click();
    await expect.poll(() => playground.status.textContent(), { timeout: 40_000 }).toMatch(/could not start|not running|not answering/i);
    await expect.poll(() => playground.code()).toContain('typed too');
    await playground.button('Stop').click({ timeout: 2000 }).catch(() => undefined);
    await page.reload();
    await playground.editor.waitFor();
    await expect.poll(() => playground.code()).toContain('typed too');
    // Chromium itself may say that a worker ran out of memory.
    excuse(complaints, (text) => /memory/i.test(text));
  });
});
