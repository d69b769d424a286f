/**
 * Sees to it that package-lock.json names every optional dependency of every package in it: the binaries for other
 * platforms than the one it was written on.
 *
 * npm leaves such entries out where it could not fetch them (npm/cli#4828, a mirror that has some platforms only), and then
 * `npm ci` refuses the lock file, or installs a tool without its binary. An entry needs no more than version and platform;
 * without `integrity` npm takes what the registry says.
 *
 *     usage: npx tsx scripts/lockfile.ts             completes the lock file
 *            npx tsx scripts/lockfile.ts --check     fails where something is missing
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface Lock { packages: Record<string, LockedPackage> }

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
/** By the names that packages of binaries use for them. */
const processors: Readonly<Record<string, string>> = {
  arm: 'arm', arm64: 'arm64', ia32: 'ia32', loong64: 'loong64', ppc64: 'ppc64', riscv64: 'riscv64', s390x: 's390x', x64: 'x64',
};

/** Reads the platform off a name like `@swc/core-linux-arm-gnueabihf`. Throws where there is none: then this is another kind of package. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[/-]/);
  const os = words.find((word) => systems.includes(word));
  const cpu = words.find((word) => word in processors);
  if (os === undefined || cpu === undefined) throw new Error(`${name} is missing in package-lock.json, and its name says no platform. Run npm install where it can be fetched.`);
  const libc = os !== 'linux' ? undefined : words.some((word) => word.startsWith('musl')) ? 'musl' : words.some((word) => word.startsWith('gnu')) ? 'glibc' : undefined;
  return { cpu: [processors[cpu]!], ...(libc !== undefined && { libc: [libc] }), os: [os] };
}

/** Is `name`, as seen by the package at `from`, in the lock file? */
function isLocked(packages: Lock['packages'], from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder}${folder === '' ? '' : '/'}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

const asked = process.argv.slice(2);
if (asked.some((argument) => argument !== '--check')) {
  console.error('usage: npx tsx scripts/lockfile.ts [--check]');
  process.exit(2);
}

const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock;
const added: Record<string, LockedPackage> = {};
for (const [from, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (isLocked(lock.packages, from, name)) continue;
    if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${from} wants ${name} ${version}: which version that is has to be asked of a registry`);
    const { os, cpu, libc } = platformOf(name);
    added[`node_modules/${name}`] = { version, ...(cpu && { cpu }), ...(dev === true && { dev }), ...(libc && { libc }), optional: true, ...(os && { os }) };
  }
}

const names = Object.keys(added).map((key) => key.replace('node_modules/', ''));
if (names.length > 0 && asked.includes('--check')) {
  console.error(`package-lock.json lacks ${names.join(', ')}. Run npx tsx scripts/lockfile.ts`);
  process.exit(1);
}
if (names.length > 0) {
  // npm's own order.
  lock.packages = Object.fromEntries(Object.entries({ ...lock.packages, ...added }).toSorted(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
}
console.log(names.length === 0 ? 'package-lock.json is complete' : `added ${names.length} entries to package-lock.json`);
