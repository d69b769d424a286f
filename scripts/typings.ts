/**
 * Usage: tsx scripts/typings.ts [--check]
 *
 * Writes `src/ui/typings/porthole/`: the declarations that the editor in the page gives to its TypeScript, and against which the
 * example apps are checked. They are emitted by tsc from the real types, so nothing is written twice.
 * With --check nothing is written; exit code 1 says that a file is out of date.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'src/ui/typings/porthole');

/** What an app in the page can import: file beside `porthole/`, the modules under `src/` whose exports it has, and which of them. */
const entries: Readonly<Record<string, { readonly from: readonly string[]; readonly exports: 'all' | 'types' }>> = {
  // The values of `porthole` itself (servers, networks) are for programs around an app, not for the app.
  'index.d.ts': { from: ['api/wsgi', 'api/asgi'], exports: 'types' },
  'wsgi.d.ts': { from: ['api/wsgi'], exports: 'all' },
  'asgi.d.ts': { from: ['api/asgi'], exports: 'all' },
  'frameworks/flasklike.d.ts': { from: ['api/frameworks/flasklike'], exports: 'all' },
  'frameworks/fastapilike.d.ts': { from: ['api/frameworks/fastapilike'], exports: 'all' },
  'socket.d.ts': { from: ['api/socket'], exports: 'all' },
  'process.d.ts': { from: ['api/process'], exports: 'all' },
};

const asked = process.argv.slice(2);
if (asked.some((argument) => argument !== '--check')) {
  console.error('Usage: tsx scripts/typings.ts [--check]');
  process.exit(2);
}

const wanted = declarations();
const present = existsSync(target)
  ? readdirSync(target, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.d.ts')).map((path) => path.split(sep).join('/'))
  : [];
const stale = [
  ...present.filter((path) => !wanted.has(path)),
  ...[...wanted].filter(([path, text]) => !present.includes(path) || readFileSync(join(target, path), 'utf8') !== text).map(([path]) => path),
];

if (asked.includes('--check')) {
  for (const path of stale) console.error(`${relative(root, join(target, path))} is out of date; run: tsx scripts/typings.ts`);
  process.exit(stale.length > 0 ? 1 : 0);
}
for (const path of present) if (!wanted.has(path)) rmSync(join(target, path));
for (const [path, text] of wanted) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), text);
}

/** Every declaration file that the entries reach, by its path under `porthole/`. */
function declarations(): Map<string, string> {
  const emitted = mkdtempSync(join(tmpdir(), 'porthole-typings-'));
  try {
    const modules = [...new Set(Object.values(entries).flatMap(({ from }) => from))];
    // --noCheck: faults in these modules are reported by the ordinary type check; this only wants their shape.
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--ignoreConfig', '--noCheck', '--declaration', '--emitDeclarationOnly',
      '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--allowImportingTsExtensions', '--lib', 'es2024',
      '--rootDir', join(root, 'src'), '--outDir', emitted, ...modules.map((module) => join(root, 'src', `${module}.ts`)), join(root, 'src/host/ambient.d.ts')], { stdio: 'inherit' });
    const found = new Map<string, string>();
    for (const [entry, { from, exports }] of Object.entries(entries)) {
      found.set(entry, from.map((module) => `export ${exports === 'types' ? 'type ' : ''}* from '${posix.relative(posix.dirname(entry), module).replace(/^(?!\.)/, './')}.ts';\n`).join(''));
      const waiting = from.map((module) => `${module}.d.ts`);
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        if (found.has(path)) continue;
        const text = readFileSync(join(emitted, path), 'utf8');
        found.set(path, text);
        for (const [, specifier] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]*)\.ts['"]/g)) waiting.push(`${posix.join(posix.dirname(path), specifier!)}.d.ts`);
      }
    }
    return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}
