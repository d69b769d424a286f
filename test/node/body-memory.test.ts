/** What becomes of the memory of request bodies: `src/node/body-memory.ts`. */
import { execFileSync } from 'node:child_process';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { bodyMemory } from '../../src/node/body-memory.ts';
import { serve } from '../../src/node/serve.ts';

interface Collection { readonly kind: number; readonly flags: number }

/** Collections of garbage while `work` goes on. */
async function collections(work: () => Promise<void>): Promise<Collection[]> {
  const seen: Collection[] = [];
  const observer = new PerformanceObserver((list) => { for (const entry of list.getEntries()) seen.push((entry as { readonly detail?: unknown }).detail as Collection); });
  observer.observe({ entryTypes: ['gc'] });
  await work();
  // The observer is told a turn later.
  await pause(20);
  observer.disconnect();
  return seen;
}

const forcedMinor = ({ kind, flags }: Collection): boolean => kind === constants.NODE_PERFORMANCE_GC_MINOR && (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;

test('bodies beyond 12 MiB have the young generation collected, once a poll', async () => {
  const seen = await collections(async () => {
    for (let i = 0; i < 100; i += 1) bodyMemory(262_144);
    await turn();
  });
  expect(seen.filter(forcedMinor)).toHaveLength(1);
});

test('fewer octets have nothing collected, and are not forgotten', async () => {
  const few = await collections(async () => {
    bodyMemory(8_000_000);
    await turn();
  });
  expect(few.filter(forcedMinor)).toHaveLength(0);
  const more = await collections(async () => {
    bodyMemory(8_000_000);
    await turn();
  });
  expect(more.filter(forcedMinor)).toHaveLength(1);
});

test('no application comes to see the collector', async () => {
  bodyMemory(20_000_000);
  await turn();
  expect(typeof globalThis.gc).toBe('undefined');
  expect(runInNewContext('typeof gc')).toBe('undefined');
});

test('a server counts the bodies that it receives', async () => {
  const app = (_environ: unknown, startResponse: (status: string, headers: [string, string][]) => void): Uint8Array[] => {
    startResponse('204 No Content', []);
    return [];
  };
  const serving = await serve(app, { bind: '127.0.0.1:0' });
  const body = new Uint8Array(1_000_000);
  const seen = await collections(async () => {
    for (let i = 0; i < 30; i += 1) expect((await fetch(serving.urls[0]!, { method: 'POST', body })).status).toBe(204);
  });
  await serving.close(0);
  expect(seen.filter(forcedMinor)).toHaveLength(2);
});

test("this V8 has the flags that the command sets", () => {
  const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  for (const flag of ['parallel-scavenge', 'concurrent-array-buffer-sweeping']) expect(options).toMatch(new RegExp(`^ *--${flag} `, 'm'));
});
