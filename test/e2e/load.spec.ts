/** The code is painted before the editor has arrived, and the first request does not wait for it either. */
import { describe, expect, test } from 'vitest';
import { newVisitor, useBrowser, type Visitor } from './visitor.ts';

useBrowser();

/** Chunks of Monaco and its workers, by what they are called in the build. */
const monaco = /monaco|editor\.worker|ts\.worker|codicon/i;

/** Holds back Monaco until `release` is called. */
async function withoutMonaco({ context }: Visitor): Promise<{ held: string[]; release(): void }> {
  const held: string[] = [];
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await context.route(monaco, async (route) => {
    held.push(route.request().url());
    await released;
    await route.continue().catch(() => undefined);
  });
  return { held, release };
}

describe('before Monaco has loaded', () => {
  test('the code is on the screen, the app runs, and a request is answered', async () => {
    const visitor = await newVisitor();
    const { playground, page } = visitor;
    const { held, release } = await withoutMonaco(visitor);
    await playground.open('ex=hello-wsgi');
    await expect.poll(() => playground.code()).toContain('Hello from WSGI');
    await playground.run();
    await playground.send();
    expect(await playground.answer()).toContain('200 OK');
    await expect.poll(() => playground.responseBody()).toContain('Hello from WSGI');
    expect(await page.locator('.monaco-editor').count()).toBe(0);

    // It was asked for meanwhile, or is once the editor is wanted; and it takes over without losing the text.
    await playground.focusCode();
    await expect.poll(() => held.length).toBeGreaterThan(0);
    release();
    await page.locator('.monaco-editor').first().waitFor();
    await expect.poll(() => playground.code()).toContain('Hello from WSGI');
  });

  test('what is typed before it arrives is there when it has arrived', async () => {
    const visitor = await newVisitor();
    const { playground, page } = visitor;
    const { release } = await withoutMonaco(visitor);
    await playground.open('ex=hello-wsgi');
    await playground.typeCode('// typed early\n');
    release();
    await page.locator('.monaco-editor').first().waitFor();
    await expect.poll(() => playground.code()).toContain('typed early');
  });
});

test('first paint of the code, and what is transferred until then and until the editor is there', async () => {
  const visitor = await newVisitor();
  const { playground, page } = visitor;
  await playground.open('ex=hello-wsgi');
  await page.locator('.monaco-editor').first().waitFor();
  const facts = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1,
    resources: performance.getEntriesByType('resource').map((entry) => {
      const { name, startTime, responseEnd, encodedBodySize } = entry as PerformanceResourceTiming;
      return { name, startTime, responseEnd, encodedBodySize };
    }),
  }));
  const early = facts.resources.filter((resource) => resource.responseEnd <= facts.paint);
  const kB = (list: typeof early): string => `${(list.reduce((sum, one) => sum + one.encodedBodySize, 0) / 1000).toFixed(0)} kB in ${list.length} files`;
  console.log(`first contentful paint ${facts.paint.toFixed(0)} ms after ${kB(early)}; with the editor ${kB(facts.resources)} (not compressed)`);
  expect(facts.paint).toBeGreaterThan(0);
  expect(early.filter((resource) => monaco.test(resource.name))).toEqual([]);
});
