import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** WebAssembly that can be suspended: newer ones have it anyway. */
const stackSwitching: Readonly<Record<string, readonly string[]>> = { 20: ['--experimental-wasm-stack-switching'], 22: ['--experimental-wasm-jspi'] };

/** Much of a test's time is waiting, so two at once pay even where the machine has two processors; vitest would take one. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

/**
 * Three projects: `node` (everything that needs no browser), `jspi` (the same in a Node that can suspend WebAssembly, as Python's scripts need it) and `e2e`
 * (real Chromium over the built site, driven by playwright-core).
 */
export default defineConfig({
  test: {
    projects: [
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        test: {
          name: 'node',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/e2e/**', 'test/**/*.jspi.test.ts'],
          environment: 'node',
          setupFiles: ['test/setup.ts'],
          maxWorkers,
          // Property tests and spawned processes on a busy machine; no test asserts how long anything took.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'jspi',
          include: ['test/**/*.jspi.test.ts'],
          environment: 'node',
          setupFiles: ['test/setup.ts'],
          execArgv: [...(stackSwitching[process.versions.node.split('.')[0]!] ?? [])],
          // Each test starts Pythons.
          testTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.spec.ts'],
          environment: 'node',
          globalSetup: ['test/e2e/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // A wait for the page ends when it shows what is waited for; how long that may take is no subject of a test.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
