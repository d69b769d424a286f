/** Apps that fail: the page says what is wrong and where, stays alive, and recovers. */
import { describe, expect, test } from 'vitest';
import { exampleFiles } from '../../src/examples/catalogue.generated.ts';
import { excuse, newVisitor, useBrowser } from './visitor.ts';

useBrowser({ editor: 'plain' });

const ok = `startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode('fine')];`;

describe('an app that cannot be loaded', () => {
  test('a syntax error names file, line and column', async () => {
    const { playground, page } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': `export const app = (environ, startResponse) => {\n  ${ok}\n};\nconst x = = 2;\n` } });
    await playground.button('Run').click();
    await expect.poll(() => playground.status.textContent()).toMatch(/could not start/i);
    await expect.poll(() => page.locator('body').innerText()).toMatch(/app\.ts[: ,]+(line )?5[:, ]+(column )?\d+/);
    await expect.poll(() => page.locator('body').innerText()).toContain('SyntaxError');
  });

  test('a syntax error in a second file names that file', async () => {
    const { playground, page } = await newVisitor();
    await playground.openSnippet({
      files: { 'app.ts': `import { text } from './lib/text.ts';\nexport const app = (environ, startResponse) => {\n  ${ok} // ${'${text}'}\n};\nexport { text };\n`, 'lib/text.ts': `export const text = 'x';\n\nfunction ( {\n` },
    });
    await playground.button('Run').click();
    await expect.poll(() => page.locator('body').innerText()).toMatch(/lib\/text\.ts[: ,]+(line )?3[:, ]+(column )?\d+/);
  });

  test('an import of a file that is not there names the import', async () => {
    const { playground, page } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': `import { a } from './b.ts';\n\nimport { missing } from './missing.ts';\nexport const app = (e, s) => [a, missing];\n`, 'b.ts': 'export const a = 1;\n' } });
    await playground.button('Run').click();
    await expect.poll(() => playground.status.textContent()).toMatch(/could not start/i);
    await expect.poll(() => page.locator('body').innerText()).toMatch(/app\.ts[: ,]+(line )?3\b/);
    await expect.poll(() => page.locator('body').innerText()).toContain('./missing.ts');
  });

  test('a name that a file does not export', async () => {
    const { playground, page } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': `import { nope } from './b.ts';\nexport const app = (e, s) => [nope];\n`, 'b.ts': 'export const a = 1;\n' } });
    await playground.button('Run').click();
    await expect.poll(() => playground.status.textContent()).toMatch(/could not start/i);
    await expect.poll(() => page.locator('body').innerText()).toContain('nope');
  });

  test('once mended it runs', async () => {
    const { playground } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': 'export const app = ;' } });
    await playground.button('Run').click();
    await expect.poll(() => playground.status.textContent()).toMatch(/could not start/i);
    await playground.typeCode(`export const app = (environ, startResponse) => {\n  ${ok}\n};\n`);
    await playground.run();
    await playground.send();
    await playground.answer();
    await expect.poll(() => playground.responseBody()).toBe('fine');
  });
});

describe('an endless loop', () => {
  test.each([
    ['while a request is handled', `export const app = (environ, startResponse) => {\n  if (environ.PATH_INFO === '/loop') while (true) {}\n  ${ok}\n};\n`],
  ])('%s: not responding, the page alive, Stop and Run at once', async (_name, code) => {
    const { playground, page } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': code }, requests: [{ name: 'loop', raw: 'GET /loop HTTP/1.1\r\nHost: x\r\n\r\n' }] });
    await playground.run();
    await playground.send();
    await expect.poll(() => playground.status.textContent(), { timeout: 15_000 }).toMatch(/not answering/i);

    // The page draws: frames over one second while the process hangs.
    const frames = await page.evaluate(
      () =>
        new Promise<{ count: number; longest: number }>((resolve) => {
          let count = 0;
          let longest = 0;
          const started = performance.now();
          let last = started;
          const frame = (now: number): void => {
            count += 1;
            longest = Math.max(longest, now - last);
            last = now;
            if (now - started < 1000) requestAnimationFrame(frame);
            else resolve({ count, longest });
          };
          requestAnimationFrame(frame);
        }),
    );
    console.log(`while hung: ${frames.count} frames in a second, longest gap ${frames.longest.toFixed(0)} ms`);
    // A blocked page draws none. What is left of 60 on a busy machine is no matter.
    expect(frames.count).toBeGreaterThan(5);

    // The editor takes keys meanwhile.
    await playground.typeCode(`${code}// typed while it hung\n`);
    await expect.poll(() => playground.code()).toContain('typed while it hung');

    // The process would never have let itself be asked.
    let started = Date.now();
    await playground.button('Stop').click();
    await expect.poll(() => playground.status.textContent(), { interval: 20 }).toMatch(/not running/i);
    console.log(`Stop: ${Date.now() - started} ms`);

    await playground.writeRequest('GET / HTTP/1.1\nHost: x\n\n');
    started = Date.now();
    await playground.run();
    console.log(`Run: ${Date.now() - started} ms`);
    await playground.send();
    await playground.answer();
    await expect.poll(() => playground.responseBody()).toBe('fine');
  });

  test('in a module: Run again with mended code recovers without Stop', async () => {
    const { playground } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': 'while (true) {}\nexport const app = () => [];\n' } });
    await playground.button('Run').click();
    await expect.poll(() => playground.status.textContent(), { timeout: 10_000 }).toMatch(/not answering/i);
    await playground.typeCode(`export const app = (environ, startResponse) => {\n  ${ok}\n};\n`);
    await playground.run();
    await playground.send();
    await playground.answer();
    await expect.poll(() => playground.responseBody()).toBe('fine');
  });
});

describe('a process that eats all memory', () => {
  // Not buffers: when this heap is full the browser ends the process, with nothing to catch and nobody to tell.
  const bomb = 'for (const hoard: number[][] = [];;) hoard.push(new Array(1 << 22).fill(0.5));';

  test('is said to have been ended by the browser; the arbiter starts another one, and Run works', async () => {
    const { playground, page, context, complaints } = await newVisitor();
    await playground.openSnippet({
      files: { 'app.ts': `export const app = (environ, startResponse) => {\n  if (environ.PATH_INFO === '/bomb') ${bomb}\n  ${ok}\n};\n` },
      requests: [{ name: 'bomb', raw: 'GET /bomb HTTP/1.1\r\nHost: x\r\n\r\n' }],
    });
    await playground.run();
    await playground.showTrace('Timeline');
    // Playwright takes the end of the frame's process for that of the page, and gives up on both. A session of our own does not.
    const survivor = await context.newCDPSession(page);
    const inPage = async (expression: string): Promise<unknown> => (await survivor.send('Runtime.evaluate', { expression })).result.value;
    const status = (): Promise<unknown> => inPage(`document.querySelector('[role=status][data-state]').dataset.state`);
    await playground.send();
    await expect.poll(() => inPage('document.body.innerText'), { timeout: 60_000 }).toMatch(/worker-1: the browser ended it, most likely for using too much memory/);
    await expect.poll(status, { timeout: 15_000 }).toBe('running');
    await inPage(`[...document.querySelectorAll('button')].find((button) => button.textContent.trim() === 'Stop').click()`);
    await expect.poll(status).toBe('stopped');
    await inPage(`[...document.querySelectorAll('button')].find((button) => /^Run\\b/.test(button.textContent.trim())).click()`);
    await expect.poll(status, { timeout: 15_000 }).toBe('running');
    expect(complaints).toContain('the page crashed');
    excuse(complaints, (text) => text === 'the page crashed' || /memory/i.test(text));
  });

  test('in buffers: the error that refuses one is told, with its line', async () => {
    const { playground, page } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': 'for (const hoard = [];;) hoard.push(new ArrayBuffer(2 ** 32));\nexport const app = () => [];\n' } });
    await playground.button('Run').click();
    await expect.poll(() => playground.status.textContent()).toMatch(/could not start/i);
    await expect.poll(() => page.locator('body').innerText()).toMatch(/app\.ts:1:\d+[^]*RangeError: Array buffer allocation failed/);
  });
});

describe('an app that fails while it answers', () => {
  test('before start: 500, and the error with its line', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=fails-before-start');
    await playground.run();
    await playground.send();
    expect(await playground.answer()).toContain('500');
    await expect.poll(() => playground.traceText('Timeline')).toContain('TypeError');
    const line = exampleFiles['fails-before-start']!['app.ts']!.split('\n').findIndex((text) => text.includes('.toFixed(')) + 1;
    await expect.poll(() => playground.traceText('Response')).toContain(`app.ts:${line}`);
  });

  test('midway: the response is cut short, and says so', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=fails-midway');
    await playground.run();
    await playground.send();
    await expect.poll(() => playground.traceText('Response')).toMatch(/closed the connection before a whole response|reset/i);
    await expect.poll(() => playground.traceText('Timeline')).toContain('SyntaxError');
  });

  test('forgets startResponse: 500, and the broken rule', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=forgets-start');
    await playground.run();
    await playground.send();
    expect(await playground.answer()).toContain('500');
    await expect.poll(() => playground.traceText('Response')).toContain('The application broke the rules');
  });
});

describe('the console', () => {
  test('console.* of every level, objects, and wsgi.errors appear', async () => {
    const { playground } = await newVisitor();
    await playground.openSnippet({
      files: {
        'app.ts': `console.log('at load');
export const app = (environ, startResponse) => {
  console.info('info %s', 'formatted');
  console.warn('a warning');
  console.error(new Error('an error object'));
  console.log({ nested: { list: [1, 2, 3] } });
  environ['wsgi.errors'].write('into wsgi.errors\\n');
  ${ok}
};
`,
      },
    });
    await playground.run();
    await playground.send();
    await playground.answer();
    for (const part of ['at load', 'info formatted', 'a warning', 'an error object', 'nested', 'into wsgi.errors']) await expect.poll(() => playground.traceText('Console')).toContain(part);
  });
});

describe('an app that breaks rules, or throws', () => {
  const app = `import type { WsgiApp } from 'porthole';

export const app: WsgiApp = function* (environ, startResponse) {
  startResponse('200 OK', []);
  if (environ.PATH_INFO === '/throw') throw new Error('on purpose');
  yield 'text' as any;
};
`;

  test('is marked where it does, until that text is edited', async () => {
    const { playground, page } = await newVisitor({ editor: 'monaco' });
    await playground.openSnippet({ files: { 'app.ts': app } });
    await playground.editor.locator('.monaco-editor').waitFor();
    await playground.run();
    await playground.send();
    await playground.editor.locator('.squiggly-error').waitFor();
    await playground.editor.locator('.squiggly-warning').waitFor();
    // What was broken, given and expected, and which rule.
    await playground.editor.locator('.squiggly-error').hover({ force: true });
    const told = page.locator('.monaco-hover').filter({ hasText: 'instead of bytes' });
    await told.waitFor();
    await expect.poll(() => told.innerText()).toMatch(/Given: "text"\n+Expected: a Uint8Array\n[^]*Rule: PEP3333-unicode-2/);
    await page.keyboard.press('Escape');
    await playground.focusCode();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.type('// mended');
    await expect.poll(() => playground.editor.locator('.squiggly-error, .squiggly-warning').count()).toBe(0);
  });

  test('is marked in the plain editor too, with a list that leads to the lines', async () => {
    const { playground } = await newVisitor();
    await playground.openSnippet({ files: { 'app.ts': app } });
    await playground.run();
    await playground.writeRequest('GET /throw HTTP/1.1\r\nHost: a\r\n\r\n');
    await playground.send();
    const entry = playground.editor.getByRole('button', { name: 'Error in line 5: Error: on purpose' });
    await entry.waitFor();
    await expect.poll(() => playground.editor.getByRole('button', { name: /^Warning in line 4: A 200 response has no Content-Type/ }).count()).toBe(1);
    await entry.click();
    expect(await playground.editor.getByRole('textbox', { name: 'Editor' }).evaluate((box) => (box as HTMLTextAreaElement).value.slice(0, (box as HTMLTextAreaElement).selectionStart).split('\n').length)).toBe(5);
  });
});
