/**
 * Builds everything that is published: the static site (`dist/site`) and the npm package (`dist/*.js`, `dist/types`).
 *
 *     usage: npm run build
 *            npm run build -- site        only the page
 *            npm run build -- package     only the package
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { buildPackage } from './build-package.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the built page is. */
export const siteFolder = join(root, 'dist/site');
const stampFile = join(root, '.cache/site-stamp');

/** What the page is made from. `package-lock.json` stands for everything that npm installed. */
const sources = ['index.html', 'embed.html', 'package-lock.json', 'public', 'scripts', 'src', 'vite.config.ts', 'workers'];

/** Names, sizes and times of everything that the page is made from: a cheap answer to "has something changed?". */
function fingerprint(): string {
  const hash = createHash('sha256');
  const visit = (path: string): void => {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return;
    if (facts.isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
    } else {
      hash.update(`${relative(root, path)}\0${facts.size}\0${facts.mtimeMs}\n`);
    }
  };
  for (const source of sources) visit(join(root, source));
  return hash.digest('hex');
}

/** Has nothing changed since the page was built last? */
export function siteIsCurrent(): boolean {
  try {
    return statSync(join(siteFolder, 'index.html')).isFile() && readFileSync(stampFile, 'utf8') === fingerprint();
  } catch {
    return false;
  }
}

/** Build the page into `dist/site`. */
export async function buildSite(): Promise<void> {
  const before = fingerprint();
  await build({ root, logLevel: 'warn' });
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, before);
}

const parts: Record<string, () => Promise<void>> = {
  site: buildSite,
  package: () => buildPackage(join(root, 'dist'), { types: true }),
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    console.error(`No part is called ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.`);
    process.exit(2);
  }
  for (const [name, run] of Object.entries(parts)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const began = performance.now();
    await run();
    console.log(`${name}: built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
}
