/**
 * Wheels of real packages, made at run time of what Debian ships: a test has no package index to go to, but this machine reaches
 * Debian's packages. They are taken from a suite whose versions suit Python 3.14, whatever suite the machine itself runs, and kept
 * in `.cache/debian-wheels`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';

const suite = 'trixie';
const cache = fileURLToPath(new URL(`../../.cache/debian-wheels/${suite}`, import.meta.url));

/** By the name on the index: the Debian package. */
const debianNames: Readonly<Record<string, string>> = {
  flask: 'python3-flask', werkzeug: 'python3-werkzeug', jinja2: 'python3-jinja2', markupsafe: 'python3-markupsafe', itsdangerous: 'python3-itsdangerous', click: 'python3-click', blinker: 'python3-blinker',
  starlette: 'python3-starlette', anyio: 'python3-anyio', idna: 'python3-idna', sniffio: 'python3-sniffio', 'typing-extensions': 'python3-typing-extensions', 'python-multipart': 'python3-python-multipart',
  uvicorn: 'python3-uvicorn', gunicorn: 'python3-gunicorn', packaging: 'python3-packaging', h11: 'python3-h11', waitress: 'python3-waitress', bottle: 'python3-bottle', requests: 'python3-requests', urllib3: 'python3-urllib3', certifi: 'python3-certifi', 'charset-normalizer': 'python3-charset-normalizer',
};

const asked = Object.values(debianNames).join(' ');

/** A wheel. */
export interface DebianWheel {
  readonly name: string;
  readonly file: string;
  readonly content: Buffer;
  readonly sha256: string;
  /** The METADATA file. */
  readonly metadata: string;
}

let made: readonly DebianWheel[] | undefined;

/** All of them. Throws where Debian's packages cannot be had. */
export function debianWheels(): readonly DebianWheel[] {
  return (made ??= make());
}

/** Folder in which they are unpacked side by side, for `PYTHONPATH`. */
export function debianPackages(): string {
  debianWheels();
  return join(cache, 'root/usr/lib/python3/dist-packages');
}

function make(): readonly DebianWheel[] {
  // Another list of packages is another download.
  const done = join(cache, 'done');
  if (!existsSync(done) || readFileSync(done, 'utf8') !== asked) download();
  const packages = join(cache, 'root/usr/lib/python3/dist-packages');
  return readdirSync(packages).filter((name) => /\.(?:dist|egg)-info$/.test(name)).map((found) => {
    // setuptools' older form has the same facts in another place.
    const [distribution, version] = found.replace(/\.(?:dist|egg)-info$/, '').split('-') as [string, string];
    const info = `${distribution}-${version}.dist-info`;
    const metadata = readFileSync(join(packages, found, found === info ? 'METADATA' : 'PKG-INFO'), 'utf8');
    const record = join(packages, info, 'RECORD');
    // What belongs to it, by its own list; Debian leaves that out now and then, and the name has to do.
    const own = existsSync(record) ? readFileSync(record, 'utf8').split('\n').map((line) => line.split(',')[0]!) : [...files(join(packages, distribution.toLowerCase())), ...files(join(packages, info)), join(packages, `${distribution.toLowerCase()}.py`)].map((path) => relative(packages, path));
    const paths = own.filter((path) => path !== '' && !path.endsWith('/METADATA') && !path.endsWith('/WHEEL') && !path.startsWith('..') && existsSync(join(packages, path)) && statSync(join(packages, path)).isFile() && !/\.so$|__pycache__|\/RECORD$/.test(path));
    const entries = Object.fromEntries(paths.map((path) => [path, readFileSync(join(packages, path))]));
    const listed = [...paths, `${info}/RECORD`].map((path) => `${path},,\n`).join('');
    const content = Buffer.from(zipSync({ ...entries, [`${info}/METADATA`]: Buffer.from(metadata), [`${info}/WHEEL`]: Buffer.from('Wheel-Version: 1.0\nGenerator: porthole\nRoot-Is-Purelib: true\nTag: py3-none-any\n'), [`${info}/RECORD`]: Buffer.from(listed) }, { mtime: new Date(1980, 0, 2), level: 1 }));
    return { name: distribution.replaceAll(/[-_.]+/g, '-').toLowerCase(), file: `${distribution}-${version}-py3-none-any.whl`, content, sha256: createHash('sha256').update(content).digest('hex'), metadata };
  });
}

function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function download(): void {
  const work = `${cache}.${process.pid}`;
  for (const folder of ['lists/partial', 'cache/archives/partial', 'debs', 'root']) mkdirSync(join(work, folder), { recursive: true });
  // The archive that this machine is set up for, in another suite; nothing of the machine's own lists is touched.
  const [site] = execFileSync('apt-get', ['indextargets', '--format', '$(SITE)'], { encoding: 'utf8' }).split('\n');
  writeFileSync(join(work, 'sources.list'), `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${site} ${suite} main\n`);
  const settings = [`Dir::State::lists=${work}/lists`, `Dir::Cache=${work}/cache`, `Dir::Etc::sourcelist=${work}/sources.list`, 'Dir::Etc::sourceparts=-', 'APT::Get::List-Cleanup=0', 'APT::Sandbox::User=root'].flatMap((setting) => ['-o', setting]);
  const apt = (...args: string[]): void => void execFileSync('apt-get', ['-q', ...settings, ...args], { cwd: join(work, 'debs'), stdio: ['ignore', 'ignore', 'inherit'] });
  apt('update');
  apt('download', ...Object.values(debianNames));
  for (const name of readdirSync(join(work, 'debs'))) execFileSync('dpkg-deb', ['-x', join(work, 'debs', name), join(work, 'root')]);
  writeFileSync(join(work, 'done'), asked);
  rmSync(cache, { recursive: true, force: true });
  renameSync(work, cache);
}
