/**
 * Programs that tests and benchmarks need besides Node: finds them, and installs the Debian package where there is none.
 * Never answers "none, so skip".
 *
 *     usage: npx tsx scripts/programs.ts nginx wrk        prints their paths
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Programs, by the Debian package that has them. Those of administrators lie where a user's PATH does not look. */
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];

/** Path of a program; undefined where there is none. */
export function findProgram(name: string): string | undefined {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** Path of a program, installed on the way if need be: with apt as root on Debian and its relatives, from the package of that name or `debian`. Throws with what was tried. */
export function ensureProgram(name: string, debian = name): string {
  const found = findProgram(name);
  if (found !== undefined) return found;
  if (findProgram('apt-get') === undefined || process.getuid?.() !== 0) {
    throw new Error(`${name} is needed and was not found. Install it (Debian: apt-get install ${debian}; macOS: brew install ${name}) and run this again.`);
  }
  console.log(`No ${name} found. Installing it: apt-get install ${debian}`);
  const apt = (...args: readonly string[]): number | null => spawnSync('apt-get', args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: 5 * 60_000 }).status;
  if (apt('install', '-y', '--no-install-recommends', debian) !== 0) {
    apt('update');
    apt('install', '-y', '--no-install-recommends', debian);
  }
  const installed = findProgram(name);
  if (installed === undefined) throw new Error(`${name} is needed and could not be installed with apt-get. Install it by hand and run this again.`);
  return installed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  if (names.length === 0) {
    console.error('usage: npx tsx scripts/programs.ts NAME…');
    process.exit(2);
  }
  for (const name of names) console.log(ensureProgram(name));
}
