/**
 * Takes the picture in the README from the built page: the environ example, run, sent, with a key selected.
 *
 *     usage: npm run build && npx tsx scripts/screenshot.ts [--out FILE] [--dark]
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { browserFlags, ensureBrowser } from './browser.ts';
import { readOptions } from './options.ts';
import { serveStatic } from './serve-static.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = readOptions('usage: npx tsx scripts/screenshot.ts [--out FILE] [--dark]', { options: { out: { type: 'string' }, dark: { type: 'boolean', default: false } } });
const out = values.out ?? join(root, 'docs/images/playground.png');

const server = await serveStatic(join(root, 'dist/site'));
const browser = await chromium.launch({ executablePath: ensureBrowser(), args: [...browserFlags] });
try {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    colorScheme: values.dark ? 'dark' : 'light',
    deviceScaleFactor: 1.5,
  });
  await page.goto(`${server.url}#ex=environ`);
  await page.locator('.monaco-editor').first().waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('status', { name: 'Server status' }).filter({ hasText: /listening/i }).waitFor();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const trace = page.getByRole('region', { name: 'Trace' });
  await trace.getByRole('tab', { name: 'Environ', exact: true }).click();
  await trace.getByText('PATH_INFO', { exact: true }).click();
  await trace.getByRole('tab', { name: 'Wire', exact: true }).click();
  // Let the highlight and the fonts settle; a picture of a moment before is no harm.
  await page.waitForTimeout(500);
  mkdirSync(dirname(out), { recursive: true });
  await page.screenshot({ path: out });
  console.log(out);
} finally {
  await browser.close();
  await server.close();
}
