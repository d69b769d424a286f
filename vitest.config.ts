import { defineConfig } from 'vitest/config';

/** Two projects: `node` (everything that needs no browser) and `e2e` (real Chromium over the built site, driven by playwright-core). */
export default defineConfig({
  test: {
    projects: [
      {
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
        test: {
          name: 'node',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/e2e/**'],
          environment: 'node',
          setupFiles: ['test/setup.ts'],
          // Property tests and spawned processes on a busy machine; no test asserts how long anything took.
          testTimeout: 30_000,
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
          // One browser at a time: the specs measure frames and time limits.
          fileParallelism: false,
        },
      },
    ],
  },
});
