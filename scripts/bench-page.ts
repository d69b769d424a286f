/**
 * Requests per second in the page: Chromium, the real runtime in a worker, pipelined requests over a message port in batches. Each is parsed, handed to a WSGI
 * application, answered, and all of it traced.
 *
 *     usage: npm run bench:page -- [--batch N] [--seconds N]
 *
 * - traced: as in the playground, except that nobody draws: the page takes 20,000 events in a second, and the worker records on and drops the oldest.
 * - checked: the same with PEP 3333 checked on both sides, as a snippet does unless it says otherwise.
 * - all: every event is taken.
 * - alone: a server in a worker with nothing around it, without a trace, with one as in the playground, and with one of which every event is taken; in turns.
 *
 * Time is by the clock on the wall: what else runs on the machine counts.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import type { Benches } from './bench/page.ts';
import { browserFlags, ensureBrowser } from './browser.ts';
import { countOf, readOptions } from './options.ts';
import { bundle } from './vite/runtime-bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = readOptions('usage: npm run bench:page -- [--batch N] [--seconds N]', { options: { batch: { type: 'string', default: '64' }, seconds: { type: 'string', default: '3' } } });
const numbers = { batch: countOf(values.batch, '--batch'), seconds: countOf(values.seconds, '--seconds') };

const app = `
const body = new TextEncoder().encode('Hello, world!');
export const app = (environ: any, startResponse: any) => {
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['Content-Length', '13']]);
  return [body];
};
`;

const bundled = async (input: string): Promise<string> => ((await build({
  root, configFile: false, logLevel: 'error', publicDir: false,
  build: { write: false, target: 'es2022', rolldownOptions: { input: `${root}/scripts/bench/${input}`, output: { format: 'iife' } } },
})) as Rolldown.RolldownOutput).output[0].code;
const { code: runtime } = await bundle('runtime', { minify: true });

const server = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>bench</title>'));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: [...browserFlags] });
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.addScriptTag({ content: await bundled('page.ts') });
  const common = { runtime, app, request: 'GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n', perBatch: numbers.batch, inFlight: 2, warmupMs: 1000, measureMs: numbers.seconds * 1000 };
  const ways = {
    traced: { validate: false, eventsPerSecond: 20_000 }, checked: { validate: true, eventsPerSecond: 20_000 }, all: { validate: false, eventsPerSecond: 1e9 },
  };
  console.log(`${browser.browserType().name()} ${browser.version()}; batches of ${numbers.batch} requests of ${common.request.length} octets, WSGI`);
  for (const [name, way] of Object.entries(ways)) {
    const { requests, ms, events } = await page.evaluate((bench) => (globalThis as unknown as Benches).runBench(bench), { ...common, ...way });
    console.log(`${name.padEnd(16)}${((requests / ms) * 1000).toFixed(0).padStart(9)} requests/s, ${(events / requests).toFixed(1)} events of each taken`);
  }
  const alone = { ...common, runtime: await bundled('server-worker.ts'), measureMs: numbers.seconds * 300 };
  const rates: Record<'untraced' | 'traced' | 'taken', number[]> = { untraced: [], traced: [], taken: [] };
  // In turns, so that a busy machine disturbs them alike.
  for (let round = 0; round < 7; round += 1) {
    for (const [name, traced, eventsPerSecond] of [['untraced', false, 0], ['traced', true, 20_000], ['taken', true, 1e9]] as const) {
      const { requests, ms } = await page.evaluate((bench) => (globalThis as unknown as Benches).runAlone(bench), { ...alone, traced, eventsPerSecond });
      rates[name].push((requests / ms) * 1000);
    }
  }
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const base = median(rates.untraced);
  for (const [name, label] of [['untraced', 'alone, untraced'], ['traced', 'alone, traced'], ['taken', 'alone, all']] as const) {
    const rate = median(rates[name]);
    console.log(`${label.padEnd(16)}${rate.toFixed(0).padStart(9)} requests/s, ${((1e6 / rate)).toFixed(1)} µs each, ${(rate / base).toFixed(2)} of untraced`);
  }
} finally {
  await browser.close();
  server.close();
}
