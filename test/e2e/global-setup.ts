/** Once per run: the built site, served as a static host would serve it, below a path of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { ensureBrowser } from '../../scripts/browser.ts';
import { serveStatic } from '../../scripts/serve-static.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the site is built from. */
const sources = ['src', 'workers', 'public', 'index.html', 'embed.html', 'vite.config.ts', 'package.json'];

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
    const { status } = spawnSync('npm', ['run', 'build'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
    if (status !== 0) throw new Error('the build failed, so there is nothing to test');
  }
  const server = await serveStatic(join(root, 'dist/site'), { base: '/docs/porthole/' });
  project.provide('site', server.url);
  project.provide('chromium', ensureBrowser());
  return () => server.close();
}

/** Is anything newer than what was built from it? A test of yesterday's page would say nothing. */
function stale(): boolean {
  const built = ['dist/site/index.html', 'dist/cli.js'].map((path) => join(root, path));
  if (!built.every((path) => existsSync(path))) return true;
  const oldest = Math.min(...built.map((path) => statSync(path).mtimeMs));
  return newest(sources.map((name) => join(root, name)).filter((path) => existsSync(path))) > oldest;
}

function newest(paths: readonly string[]): number {
  return Math.max(
    ...paths.map((path) => {
      const facts = statSync(path);
      return facts.isDirectory() ? newest([...readdirSync(path)].map((name) => join(path, name))) : facts.mtimeMs;
    }),
    0,
  );
}
