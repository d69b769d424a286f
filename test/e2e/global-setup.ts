/**
 * Once per run: the built site, served as a static host would serve it, below a path of its own. With SITE_DELAY=300 each file takes 300 ms, and a test
 * that looks before what it looks at has come is found out.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { ensureBrowser } from '../../scripts/browser.ts';
import { siteFolder, siteIsCurrent } from '../../scripts/build.ts';
import { countOf } from '../../scripts/options.ts';
import { serveStatic } from '../../scripts/serve-static.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the start page of the built site. */
    site: string;
    /** Path of the Chromium to drive. */
    chromium: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (stale()) {
    console.log('e2e: the build is older than the source; building');
    const { status } = spawnSync('npm', ['run', 'build'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', env: { ...process.env, NODE_ENV: 'production' } });
    if (status !== 0) throw new Error('the build failed, so there is nothing to test');
  }
  const server = await serveStatic(siteFolder, { base: '/docs/porthole/', delayMs: countOf(process.env['SITE_DELAY'] ?? '0', 'SITE_DELAY', 0) });
  project.provide('site', server.url);
  project.provide('chromium', ensureBrowser());
  return () => server.close();
}

/** Was either half built from something else than what is here now? A test of yesterday's page would say nothing. */
function stale(): boolean {
  const cli = join(root, 'dist/cli.js');
  // `npm run build` makes the site first, then the package.
  return !siteIsCurrent() || !existsSync(cli) || statSync(cli).mtimeMs < statSync(join(siteFolder, 'index.html')).mtimeMs;
}
