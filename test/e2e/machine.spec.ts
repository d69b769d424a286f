/** The machine in the page: programs and their terminals, workers, load, network, replay, in workers of the sandbox frame. */
import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { examples } from '../../src/examples/index.ts';
import { violations } from './axe.ts';
import type { Playground } from './playground.ts';
import { newVisitor, useBrowser } from './visitor.ts';

useBrowser({ editor: 'plain' });

/** A busy machine needs its time. */
const soon = { timeout: 20_000 };

const terminal = (playground: Playground, name: string): Locator => playground.trace.getByRole('region', { name: `Terminal ${name}` });
const outputOf = (playground: Playground, name: string): Promise<string> => terminal(playground, name).getByRole('log').innerText();
const tab = (playground: Playground, name: 'Terminals' | 'Machine'): Promise<void> => playground.trace.getByRole('tab', { name, exact: true }).click();

const script = (name: string, text: string, more: object = {}): { files: Record<string, string>; programs: object[] } => ({ files: { [`${name}.ts`]: text }, programs: [{ name, kind: 'script', entry: `${name}.ts`, ...more }] });

describe('examples', () => {
  test.each(examples.filter(({ group }) => group === 'Sockets' || group === 'Workers'))('$id', async (example) => {
    const { playground } = await newVisitor();
    await playground.open(`ex=${example.id}`);
    await playground.button('Run').click();
    await expect.poll(() => playground.status.getAttribute('data-state'), soon).not.toBe('starting');
    const [first] = example.requests;
    if (first?.claim.body !== undefined) {
      await playground.send();
      expect(await playground.answer()).toContain(String(first.claim.status));
      await expect.poll(() => playground.responseBody()).toBe(first.claim.body);
    }
    if (!example.programs) return;
    if (first && first.claim.failure !== undefined) await playground.send();
    await tab(playground, 'Terminals');
    for (const { name, claim } of example.programs) {
      if (claim.exitCode !== undefined) await expect.poll(() => terminal(playground, name).locator('output').innerText(), soon).toBe(`exit code ${claim.exitCode}`);
      // What later requests bring is in the tests on Node.
      if (claim.output[0] !== undefined) await expect.poll(() => outputOf(playground, name), soon).toContain(claim.output[0]);
    }
  });
});

describe('a terminal', () => {
  test('takes lines, ends, is started again, and says how it ended', async () => {
    const { playground } = await newVisitor();
    await playground.openSnippet({ ...script('greet', "import { readLine, write, exit } from 'porthole/process';\nwrite('name? ');\nconst name = await readLine();\nif (name === undefined) exit(3);\nconsole.log(`Hello, ${name}!`);"), view: { traceTab: 'terminals' } } as never);
    await playground.button('Run').click();
    await expect.poll(() => outputOf(playground, 'greet'), soon).toBe('name? ');
    await playground.page.getByRole('textbox', { name: 'Input of greet' }).fill('Ada');
    await playground.page.keyboard.press('Enter');
    await expect.poll(() => terminal(playground, 'greet').locator('output').innerText(), soon).toBe('exit code 0');
    // The end is told at once, what was written with the next frame.
    await expect.poll(() => outputOf(playground, 'greet'), soon).toContain('name? Hello, Ada!');
    await playground.button('Run greet').click();
    await expect.poll(() => terminal(playground, 'greet').locator('output').innerText(), soon).toBe('running');
    await playground.page.getByRole('textbox', { name: 'Input of greet' }).press('Control+d');
    await expect.poll(() => terminal(playground, 'greet').locator('output').innerText(), soon).toBe('exit code 3');
    expect(await violations(playground.page)).toEqual([]);
  });

  test('an error is shown with its line, which leads there', async () => {
    const { playground } = await newVisitor();
    await playground.openSnippet({ ...script('main', "console.log('a');\n\nthrow new TypeError('no');"), view: { traceTab: 'terminals' } } as never);
    await playground.button('Run').click();
    await expect.poll(() => terminal(playground, 'main').locator('output').innerText(), soon).toBe('exit code 1');
    await expect.poll(() => outputOf(playground, 'main'), soon).toContain('Uncaught TypeError: no');
    await terminal(playground, 'main').getByRole('button', { name: 'main.ts:3' }).click();
  });

  test('a program that floods its output does not freeze the page, and Stop ends it', async () => {
    const { playground, page } = await newVisitor();
    await playground.openSnippet({ ...script('flood', "for (let i = 0; ; i++) {\n  console.log('line', i);\n  if (i % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 0));\n}"), view: { traceTab: 'terminals' } } as never);
    await playground.button('Run').click();
    await expect.poll(() => outputOf(playground, 'flood'), soon).toContain('line');
    // The page still draws: frames come while it floods.
    const frames = await page.evaluate(() => new Promise<number>((resolve) => {
      let count = 0;
      const until = performance.now() + 1000;
      const next = (): void => {
        count += 1;
        if (performance.now() < until) requestAnimationFrame(next);
        else resolve(count);
      };
      requestAnimationFrame(next);
    }));
    expect(frames).toBeGreaterThan(3);
    await expect.poll(() => outputOf(playground, 'flood'), soon).toMatch(/more lines were written here than are kept/);
    const ms = await page.evaluate(async () => {
      const stop = [...document.querySelectorAll('button')].find((button) => button.textContent === 'Stop' && !button.closest('.terminal'))!;
      const began = performance.now();
      stop.click();
      const status = document.querySelector('.server-status')!;
      while ((status as HTMLElement).dataset['state'] !== 'stopped') await new Promise((resolve) => setTimeout(resolve, 1));
      return performance.now() - began;
    });
    console.log(`Stop of a flood: ${ms.toFixed(0)} ms`);
  });
});

describe('the machine', () => {
  test('a burst is drawn over workers, with numbers and a table; bursts are compared', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=sync-async');
    await playground.run();
    await tab(playground, 'Machine');
    await playground.page.getByRole('spinbutton', { name: 'Requests' }).fill('6');
    await playground.page.getByRole('spinbutton', { name: 'At a time' }).fill('3');
    await playground.button('Send burst').click();
    const first = playground.trace.getByRole('img', { name: /Burst 1: 1 sync worker, worker-1/ });
    await first.waitFor();
    // A bar for each request: how many times the path of the served ones begins.
    expect((await first.locator('[data-kind=service]').getAttribute('d'))?.match(/M/g)).toHaveLength(6);
    await playground.page.getByRole('combobox', { name: 'Class' }).selectOption('async');
    await playground.button('Send burst').click();
    await playground.trace.getByRole('img', { name: /Burst 2: 1 async worker, worker-1/ }).waitFor();
    const compared = playground.trace.getByRole('table', { name: 'Bursts compared' });
    await expect.poll(() => compared.getByRole('row', { name: /^Answered/ }).getByRole('cell').allInnerTexts()).toEqual(['6', '6']);
    await playground.trace.getByText('As a table').first().click();
    await expect.poll(() => playground.trace.getByRole('group', { name: 'As a table' }).getByRole('row').count(), soon).toBe(7);
    expect(await violations(playground.page)).toEqual([]);
  });

  test('a killed worker is replaced; a reload brings new ones with what is in the editor', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=counter');
    await playground.run();
    await tab(playground, 'Machine');
    await playground.button('Kill worker-2').click();
    await playground.button('Kill worker-5').waitFor();
    await playground.button('Reload gateway').click();
    await expect.poll(() => playground.trace.getByRole('rowheader', { name: /worker-/ }).allInnerTexts(), soon).toEqual(['worker-6', 'worker-7', 'worker-8', 'worker-9']);
  });

  test('the network can be made bad, and a connection cut', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=hello-wsgi');
    await tab(playground, 'Machine');
    await playground.page.getByRole('spinbutton', { name: 'Segments, bytes' }).fill('8');
    await playground.page.getByRole('spinbutton', { name: 'Segments, bytes' }).press('Tab');
    await playground.run();
    await playground.send();
    await playground.answer();
    await tab(playground, 'Machine');
    const cut = playground.page.getByRole('button', { name: /^Disconnect / }).first();
    await cut.click();
    await playground.trace.getByText('No connection is open.').waitFor();
    await expect.poll(() => playground.traceText('Timeline')).toMatch(/8 bytes/);
  });

  test('with replay on, two runs say the same', async () => {
    const { playground } = await newVisitor();
    const tell = "console.log(name, Date.now(), Math.random(), performance.now(), crypto.randomUUID());\n";
    await playground.openSnippet({
      files: {
        'server.ts': `import { socket } from 'porthole/socket';\nconst name = 'server';\nconst l = socket(); await l.bind(['127.0.0.1', 7000]); await l.listen();\nfor (let i = 0; i < 2; i++) { const [c] = await l.accept(); for (let b = await c.recv(9); b.length > 0; b = await c.recv(9)) ${tell} c.close(); }`,
        'client.ts': `import { socket } from 'porthole/socket';\nconst name = 'client';\nfor (let i = 0; i < 2; i++) { const s = socket(); await s.connect(['127.0.0.1', 7000]); await s.sendall('x'.repeat(40)); await new Promise((resolve) => setTimeout(resolve, 100)); s.close(); ${tell} }`,
      },
      programs: [{ name: 'server', kind: 'script', entry: 'server.ts' }, { name: 'client', kind: 'script', entry: 'client.ts' }],
      network: { segmentBytes: 9, ragged: true, jitterMs: 4 }, replay: true, view: { traceTab: 'terminals' },
    });
    const run = async (): Promise<string[]> => {
      await playground.button('Run').click();
      for (const name of ['server', 'client']) await expect.poll(() => terminal(playground, name).locator('output').innerText(), soon).toBe('exit code 0');
      return Promise.all(['server', 'client'].map((name) => outputOf(playground, name)));
    };
    const one = await run();
    expect(one[1]!.split('\n').length).toBeGreaterThan(1);
    expect(await run()).toEqual(one);
  });
});
