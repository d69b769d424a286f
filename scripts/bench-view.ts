/**
 * How the built page feels: Chromium, the site from `npm run build`, a real worker, and what the visitor does done by real input.
 *
 *     usage: npm run build && npm run bench:view -- [--only NAME]…        NAME: first, burst, scroll, type
 *
 * - first: from the start of a navigation, with a warm cache, until the code is painted and until the first traced answer is shown; Send is pressed as soon as it is there.
 * - burst: 1,000 requests, all traced; from one frame to the next while they run, with the machine shown and with the timeline shown.
 * - scroll: 100,000 events and more; from one frame to the next while the timeline scrolls, and the main thread's work for a row that is pointed at.
 * - type: a trace of 64 kB; the main thread's work from a key to what it lights, in the bytes, in the timeline and in the request.
 *
 * Work is the time that the main thread was busy, by the browser's own account: script, style, layout and paint, without the wait for the frame.
 * Times are by the clock on the wall: what else runs on the machine counts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { encodeSnippet } from '../src/api/snippet.ts';
import type { Frames, Instruments } from './bench/instruments.ts';
import { browserFlags, ensureBrowser } from './browser.ts';
import { siteFolder } from './build.ts';
import { readOptions } from './options.ts';
import { serveStatic } from './serve-static.ts';

declare const instruments: Instruments;

const usage = 'usage: npm run build && npm run bench:view -- [--only first|burst|scroll|type]…';
const root = fileURLToPath(new URL('..', import.meta.url));
const names = ['first', 'burst', 'scroll', 'type'] as const;
type Name = (typeof names)[number];

function asked(): readonly Name[] {
  const { only = [] } = readOptions(usage, { options: { only: { type: 'string', multiple: true } } }).values;
  if (only.every((name): name is Name => names.includes(name as Name))) return only.length > 0 ? only : names;
  console.error(usage);
  process.exit(2);
}

const chosen = asked();
if (!existsSync(join(siteFolder, 'index.html'))) {
  console.error(`${siteFolder} is not there.\n${usage}`);
  process.exit(2);
}

const of = (values: readonly number[], share: number): number => values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const spread = (values: readonly number[]): string => `median ${ms(of(values, 0.5))}, 99 % ${ms(of(values, 0.99))}, longest ${ms(of(values, 1))}`;
const say = (name: string, what: string): void => console.log(`${name.padEnd(34)}${what}`);

function sayFrames(name: string, { gaps, long }: Frames): void {
  say(name, `${gaps.length} frames: ${spread(gaps)}; over 50 ms: ${gaps.filter((gap) => gap > 50).length}`);
  for (const frame of long.toSorted((a, b) => parseFloat(b) - parseFloat(a)).slice(0, 3)) say('', `  ${frame}`);
}

const sayWork = (name: string, all: readonly number[]): void => say(name, `${all.length} times: ${spread(all)}`);

const tab = (page: Page, name: string) => page.getByRole('region', { name: 'Trace' }).getByRole('tab', { name, exact: true });
const listening = (page: Page) => page.getByRole('status', { name: 'Server status' }).filter({ hasText: /listening/i }).waitFor();

/** How long the main thread of a page has worked since it was opened, by the browser's own account. ms. */
type WorkClock = () => Promise<number>;

async function workClock(page: Page): Promise<WorkClock> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
}

/** Does something, and gives the work of the main thread for it, until it has been painted. ms. */
async function work(page: Page, clock: WorkClock, act: () => Promise<void>): Promise<number> {
  const before = await clock();
  await act();
  await page.evaluate(() => instruments.settled());
  return (await clock()) - before;
}

/** What measuring itself costs, so that it can be taken off in thought. */
async function sayNothing(page: Page, clock: WorkClock): Promise<void> {
  const found: number[] = [];
  for (let at = 0; at < 20; at += 1) found.push(await work(page, clock, async () => {}));
  sayWork('nothing at all', found);
}

async function keys(page: Page, clock: WorkClock, key: string, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let at = 0; at < count; at += 1) found.push(await work(page, clock, () => page.keyboard.press(key)));
  return found;
}

async function send(page: Page, plan: { readonly count: number; readonly atATime: number; readonly keep: boolean }): Promise<void> {
  await tab(page, 'Machine').click();
  await page.getByRole('spinbutton', { name: 'Requests' }).fill(String(plan.count));
  await page.getByRole('spinbutton', { name: 'At a time' }).fill(String(plan.atATime));
  await page.getByRole('checkbox', { name: 'Keep connections' }).setChecked(plan.keep);
  await page.getByRole('button', { name: 'Send burst' }).click();
}

const answered = (page: Page, burst: number) => page.locator('figure.gantt').filter({ hasText: `Burst ${burst}:` }).waitFor({ timeout: 120_000 });
const events = async (page: Page): Promise<string> => (await page.locator('.timeline .note.count').innerText()).replace(/^.* of /, '');

async function first(page: Page, site: string): Promise<void> {
  const painted: number[] = [];
  const listens: number[] = [];
  const shown: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    await page.goto('about:blank');
    await page.goto(`${site}#ex=hello-wsgi`, { waitUntil: 'commit' });
    const [sent, answer, paint, monaco] = await page.evaluate(async () => {
      const answer = instruments.when('.status-line .status-code');
      const sent = await instruments.when('button.send', 'click');
      const at = await answer;
      const monaco = document.querySelector('.monaco-editor') !== null;
      return [sent, at, performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN, monaco] as const;
    });
    // The first rounds fill the cache.
    if (round < 3) continue;
    painted.push(paint);
    listens.push(sent);
    shown.push(answer);
    if (monaco) say('', '  Monaco was there before the answer');
  }
  say('first paint, warm cache', spread(painted));
  say('Send pressed after', spread(listens));
  say('first traced answer shown after', spread(shown));
}

async function burst(page: Page, site: string): Promise<void> {
  await page.goto(`${site}#ex=hello-wsgi`);
  await listening(page);
  await page.locator('.monaco-editor').first().waitFor();
  let bursts = 0;
  for (const keep of [false, true]) {
    for (const view of ['Machine', 'Timeline', 'Response', 'Wire', 'Console']) {
      await page.getByRole('button', { name: 'Clear the trace' }).click();
      await tab(page, 'Machine').click();
      await page.waitForTimeout(300);
      const began = Date.now();
      await page.evaluate(() => instruments.startFrames());
      await send(page, { count: 1000, atATime: 10, keep });
      if (view !== 'Machine') {
        await tab(page, view).click();
        await page.waitForFunction(() => instruments.quietMs() > 700, undefined, { timeout: 60_000, polling: 100 });
      } else await answered(page, bursts + 1);
      const took = Date.now() - began;
      await page.waitForTimeout(500);
      const frames = await page.evaluate(() => instruments.stopFrames());
      bursts += 1;
      sayFrames(`burst of 1,000, ${keep ? 'kept' : 'new'}, ${view}`, frames);
      await tab(page, 'Timeline').click();
      say('', `  ${await events(page)} in about ${(took / 1000).toFixed(1)} s`);
    }
  }
}

async function scroll(page: Page, site: string): Promise<void> {
  await page.goto(`${site}#ex=hello-wsgi`);
  await listening(page);
  await page.locator('.monaco-editor').first().waitFor();
  for (let bursts = 1; ; bursts += 1) {
    await send(page, { count: 2000, atATime: 4, keep: true });
    await answered(page, bursts);
    await tab(page, 'Timeline').click();
    for (const detail of ['tokens', 'states']) await page.getByRole('checkbox', { name: detail, exact: true }).check({ force: true });
    const all = await events(page);
    if (Number(all.replaceAll(/\D/g, '')) >= 100_000 || bursts === 8) {
      say('scroll: trace of', all);
      break;
    }
  }
  for (const pixels of [24, 300, 20_000]) {
    const { work: each, ...frames } = await page.evaluate((step) => instruments.scroll('.timeline-grid', step, 150), pixels);
    sayFrames(`scroll by ${pixels} px in a frame`, frames);
    say('', `  work of a frame: ${spread(each)}`);
    await page.evaluate(() => { document.querySelector('.timeline-grid')!.scrollTop /= 2; });
  }
  const clock = await workClock(page);
  const grid = (await page.locator('.timeline-grid').boundingBox())!;
  const pointed: number[] = [];
  await page.mouse.move(0, 0);
  for (let y = 2; y < grid.height - 24; y += 24) pointed.push(await work(page, clock, () => page.mouse.move(grid.x + grid.width / 2, grid.y + y)));
  sayWork('point at a row', pointed);
  await page.mouse.click(grid.x + grid.width / 2, grid.y + grid.height / 2);
  sayWork('walk with the arrow keys', await keys(page, clock, 'ArrowDown', 20));
  await page.getByRole('searchbox', { name: 'Filter events' }).focus();
  const typed: number[] = [];
  for (const key of 'host') typed.push(await work(page, clock, () => page.keyboard.press(key)));
  sayWork('type into the filter', typed);
}

const echo = `export async function app(scope, receive, send) {
  const parts = [];
  for (let more = true; more;) {
    const message = await receive();
    parts.push(message.body);
    more = message.more_body;
  }
  await send({ type: 'http.response.start', status: 200, headers: [[new TextEncoder().encode('content-type'), new TextEncoder().encode('text/plain')]] });
  for (const part of parts) await send({ type: 'http.response.body', body: part, more_body: true });
  await send({ type: 'http.response.body', body: new Uint8Array(0) });
}
`;

/** 32 kB there and 32 kB back, in pieces: many fields, many segments, many chunks. */
async function type(page: Page, site: string): Promise<void> {
  const fields = Array.from({ length: 60 }, (_, at) => `X-Field-${at}: ${'value '.repeat(8)}${at}\r\n`).join('');
  const body = Array.from({ length: 28 * 16 }, (_, at) => `${String(at).padStart(4, '0')} ${'abcdefgh '.repeat(6)}\n`.slice(0, 64)).join('');
  const raw = `POST /echo?a=1 HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
  const link = await encodeSnippet({
    v: 1, lang: 'ts', interface: 'asgi', entry: 'app.ts:app', files: { 'app.ts': echo }, requests: [{ name: 'POST /echo', raw, delivery: { everyBytes: 512 } }], server: {}, network: {}, view: {},
  });
  await page.goto(`${site}#${link}`);
  await page.locator('.monaco-editor').first().waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await listening(page);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.locator('.status-line .status-code').waitFor();
  await tab(page, 'Wire').click();
  await page.locator('[role=grid] [data-o]').first().click();
  const clock = await workClock(page);
  await sayNothing(page, clock);
  sayWork('64 kB: walk over bytes', await keys(page, clock, 'ArrowRight', 20));
  sayWork('64 kB: walk down the bytes', await keys(page, clock, 'ArrowDown', 40));
  sayWork('64 kB: to the next token', await keys(page, clock, 'Control+ArrowRight', 20));
  const grid = (await page.locator('[role=grid]').boundingBox())!;
  const pointed: number[] = [];
  for (let y = 30; y < grid.height - 20; y += 20) {
    for (let x = 80; x < 400; x += 80) pointed.push(await work(page, clock, () => page.mouse.move(grid.x + x, grid.y + y)));
  }
  sayWork('64 kB: point at bytes', pointed);
  await tab(page, 'Timeline').click();
  await page.locator('.timeline-grid [data-kind="event"]').nth(5).click();
  sayWork('64 kB: walk down the timeline', await keys(page, clock, 'ArrowDown', 40));
  sayWork('64 kB: step', await keys(page, clock, '.', 40));
  sayWork('64 kB: step back', await keys(page, clock, ',', 10));
  await page.getByRole('region', { name: 'Request' }).getByRole('tab', { name: 'Raw', exact: true }).click();
  const text = page.getByRole('textbox', { name: 'Raw request' });
  await text.focus();
  await page.keyboard.press('Control+Home');
  const typed: number[] = [];
  for (let at = 0; at < 20; at += 1) typed.push(await work(page, clock, () => page.keyboard.press('x')));
  sayWork(`type into ${Math.round(raw.length / 1024)} kB of request`, typed);
}

const harness = (await build({
  root, configFile: false, logLevel: 'error', publicDir: false,
  build: { write: false, target: 'es2022', rolldownOptions: { input: join(root, 'scripts/bench/instruments.ts'), output: { format: 'iife' } } },
})) as Rolldown.RolldownOutput;
const server = await serveStatic(siteFolder);
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: [...browserFlags] });
try {
  console.log(`${browser.browserType().name()} ${browser.version()}`);
  for (const name of chosen) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addInitScript(harness.output[0].code);
    const page = await context.newPage();
    await { first, burst, scroll, type }[name](page, server.url);
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
