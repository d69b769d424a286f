/**
 * Who may import whom: the one place that says so. dependency-cruiser enforces it on the imports, and the `references`
 * of every folder's tsconfig.json are compared with it, so that the type checker is a second net.
 *
 *     usage: npx tsx scripts/layers.ts
 *
 * Trap: dependency-cruiser supports TypeScript below 7. Where no other parser is installed it reads no TypeScript and
 * reports success. So the parser is named here (`@swc/core`), the modules seen are compared with the files on disk, and
 * `test/architecture.test.ts` plants bad imports and expects a report.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ICruiseOptions, ICruiseResult, IForbiddenRuleType } from 'dependency-cruiser';

const run = promisify(execFile);
const project = fileURLToPath(new URL('..', import.meta.url));
const readTsx = new URL('read-tsx.mjs', import.meta.url).href;
const cruiser = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** Folders of `src/`, innermost first, and the folders that each may import besides itself. */
export const matrix = {
  basics: [],
  host: [],
  trace: ['host'],
  core: ['basics', 'host', 'trace'],
  gateway: ['core', 'host', 'trace'],
  net: ['host', 'trace'],
  // Python's sockets are made of those of `net/bsd`, and wait by the host's timers.
  python: ['gateway', 'net', 'host', 'trace'],
  server: ['core', 'gateway', 'net', 'host', 'trace'],
  client: ['basics', 'core', 'net', 'host', 'trace'],
  frameworks: ['basics', 'gateway'],
  snippet: ['basics'],
  examples: ['snippet'],
  embed: ['snippet'],
  rpc: ['snippet', 'trace'],
  runner: ['basics', 'server', 'client', 'gateway', 'python', 'net', 'rpc', 'snippet', 'host', 'trace'],
  machine: ['rpc', 'net', 'client', 'snippet', 'host', 'trace'],
  packages: ['rpc'],
  playground: ['basics', 'machine', 'snippet', 'trace', 'client', 'core', 'gateway'],
  ui: ['playground', 'machine', 'packages', 'embed', 'snippet', 'host', 'trace'],
  node: ['basics', 'server', 'gateway', 'python', 'net', 'host', 'trace'],
  api: ['host', 'trace', 'core', 'gateway', 'net', 'server', 'client', 'snippet', 'frameworks', 'embed', 'node'],
} as const satisfies Record<string, readonly string[]>;

/** A folder of `src/`. */
export type Folder = keyof typeof matrix;

/** The folders, innermost first. */
export const folders = Object.keys(matrix) as Folder[];

/** What the entry files in `workers/` may start. */
const workerImports: readonly Folder[] = ['runner', 'rpc', 'host'];

/** npm packages, and the folders that may use them. A folder that is not named here imports our own files only. */
export const packages: Partial<Record<Folder, readonly string[]>> = {
  core: ['pako', '@noble/hashes'],
  frameworks: ['@sinclair/typebox'],
  snippet: ['pako', 'fflate'],
  // The type of it; whoever starts a Python brings the module along.
  python: ['pyodide'],
  // Ourselves, as a user of the package would: examples are read and copied.
  examples: ['porthole'],
  rpc: ['comlink'],
  runner: ['acorn', 'comlink', 'pyodide', 'sucrase'],
  machine: ['comlink'],
  playground: ['fflate', 'tough-cookie'],
  // `virtual:…`: made by our Vite plug-ins: the address of the process runtime (workers/process.ts), those of Python's files, and the catalogue of src/examples.
  ui: ['preact', '@preact/signals', 'monaco-editor', 'virtual:porthole-runtime', 'virtual:porthole-python', 'virtual:porthole-examples'],
  node: ['acorn', 'sucrase'],
  // `Type`, handed on with the framework whose schemas are written with it.
  api: ['@sinclair/typebox'],
};

/** Edges that the matrix allows and that are still too wide. */
const narrower: IForbiddenRuleType[] = [
  {
    name: 'emit, never read back',
    comment: 'The trace is written through `Tracer`. Whoever records it belongs to the process, not to the protocol.',
    from: { path: '^src/(core|gateway|net|server|client)/' },
    to: { path: '^src/trace/(recorder|format)\\.ts$' },
  },
  {
    name: 'HTTP does not know WebSocket',
    comment: 'An upgrade hands over the event and the trailing bytes; `server/upgrade.ts` introduces the two.',
    from: { path: '^src/core/http1/' },
    to: { path: '^src/core/ws/' },
  },
  {
    name: 'frameworks know the interface only',
    comment: 'A framework is written against PEP 3333 or ASGI, not against this gateway.',
    from: { path: '^src/frameworks/' },
    to: { path: '^src/gateway/', pathNot: '/types\\.ts$' },
  },
  {
    name: 'the element is small',
    comment: 'It is loaded by other people\'s pages: what reads snippets stays on the frame\'s side.',
    from: { path: '^src/embed/', pathNot: '^src/embed/(frame|source|host-message)\\.ts$' },
    to: { path: '^src/(snippet/|embed/(frame|source|host-message)\\.ts$)' },
  },
  {
    name: 'playground sees what a machine is, not how it works',
    from: { path: '^src/playground/' },
    to: { path: '^src/machine/', pathNot: '^src/machine/(types|program-types|load-types)\\.ts$' },
  },
];

function forbidden(): IForbiddenRuleType[] {
  const rules: IForbiddenRuleType[] = [];
  for (const folder of folders) {
    const allowed = [folder, ...matrix[folder]].join('|');
    rules.push({
      name: `${folder} may import ${matrix[folder].join(', ') || 'nothing'}`,
      from: { path: `^src/${folder}/` },
      to: { path: '^(src|workers|scripts|test)/', pathNot: `^src/(${allowed})/` },
    });
    const known = packages[folder] ?? [];
    const name = `${folder} may use ${known.join(', ') || 'no package'}`;
    const from = { path: `^src/${folder}/` };
    rules.push(
      { name, from, to: { path: 'node_modules/', ...(known.length > 0 && { pathNot: `node_modules/(${known.join('|')})/` }) } },
      // Not every specifier leads to a file that Node would find: `monaco-editor/editor/editor.worker?worker`.
      { name, from, to: { couldNotResolve: true, pathNot: ['^\\.', ...known.map((name) => `^${name}(/|$)`)] } },
    );
  }
  rules.push(
    {
      name: `workers may import ${workerImports.join(', ')}`,
      from: { path: '^workers/' },
      to: { path: '^(src|scripts|test)/', pathNot: `^src/(${workerImports.join('|')})/` },
    },
    { name: 'only node sees node:*', from: { path: '^(src|workers)/', pathNot: '^src/node/' }, to: { dependencyTypes: ['core'] } },
    { name: 'an import that leads nowhere', from: { path: '^(src|workers)/' }, to: { couldNotResolve: true, path: '^\\.' } },
    ...narrower,
  );
  return rules.map((rule) => ({ ...rule, severity: 'error' }));
}

const cruiseOptions: ICruiseOptions = {
  parser: 'swc',
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '\\.d\\.ts$' },
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'browser', 'default'] },
};

/** One import that the matrix forbids. Paths are relative to the root. */
export interface LayerViolation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** What the check saw and what it found. */
export interface LayerReport {
  /** Files of `src/` and `workers/` that dependency-cruiser read. */
  readonly modules: number;
  /** Imports between them. */
  readonly imports: number;
  readonly violations: readonly LayerViolation[];
}

/** Reads every import below `root` (the project, or a copy of it) and compares it with the matrix. */
export async function checkImports(root: string): Promise<LayerReport> {
  const scratch = mkdtempSync(join(tmpdir(), 'porthole-layers-'));
  const config = join(scratch, 'config.json');
  writeFileSync(config, JSON.stringify({ forbidden: forbidden(), options: cruiseOptions }));
  try {
    // A process of its own: under a loader such as tsx the import of swc's visitor inside dependency-cruiser comes out
    // differently, and then nothing is read.
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { stdout } = await run(process.execPath, ['--import', readTsx, cruiser, '--config', config, '--output-type', 'json', 'src', 'workers'], { cwd: root, env, maxBuffer: 1 << 28 });
    return read(JSON.parse(stdout) as ICruiseResult);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function read({ modules, summary }: ICruiseResult): LayerReport {
  const ours = modules.filter((module) => /^(src|workers)\/.*\.tsx?$/.test(module.source) && module.couldNotResolve !== true);
  return {
    modules: ours.length,
    imports: ours.reduce((sum, module) => sum + module.dependencies.length, 0),
    violations: summary.violations.map((violation) => ({
      rule: violation.rule.name,
      from: violation.from,
      to: violation.unresolvedTo ?? violation.to,
    })),
  };
}

/** TypeScript files of `src/` and `workers/`, relative to `root`, with `/` between folders. Declarations (`.d.ts`) left out. */
export function sourceFiles(root: string): string[] {
  return ['src', 'workers'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(top, name.replaceAll('\\', '/')))
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts')),
  );
}

/** Sentences about tsconfig files that say something else than the matrix. Empty: none. */
export function referenceProblems(root: string): string[] {
  const problems: string[] = [];
  const onDisk = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  for (const name of onDisk) if (!(name in matrix)) problems.push(`src/${name} is not in the matrix of scripts/layers.ts`);
  for (const folder of folders) {
    const path = join(root, 'src', folder, 'tsconfig.json');
    if (!existsSync(path)) {
      problems.push(`src/${folder}/tsconfig.json is missing`);
      continue;
    }
    const config = JSON.parse(readFileSync(path, 'utf8')) as { references?: { path: string }[] };
    // A folder may consist of several projects (`./tsconfig.apps.json`); other folders are what counts.
    const others = (config.references ?? []).filter((reference) => reference.path.startsWith('../'));
    const said = new Set(others.map((reference) => reference.path.slice('../'.length)));
    const meant = new Set<string>(matrix[folder]);
    for (const name of meant) if (!said.has(name)) problems.push(`src/${folder}/tsconfig.json does not reference ${name}`);
    for (const name of said) if (!meant.has(name)) problems.push(`src/${folder}/tsconfig.json references ${name}, which the matrix forbids`);
  }
  return problems;
}

/** Every complaint about the layers below `root`, one line each, and how much was looked at. */
export async function checkLayers(root: string): Promise<{ problems: string[]; summary: string }> {
  const report = await checkImports(root);
  const files = sourceFiles(root).length;
  const problems = report.violations.map((violation) => `${violation.from} imports ${violation.to} (${violation.rule})`);
  if (report.modules < files) problems.push(`only ${report.modules} of ${files} files were read: is @swc/core installed?`);
  problems.push(...referenceProblems(root));
  return { problems, summary: `${report.modules} modules, ${report.imports} imports` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { problems, summary } = await checkLayers(project);
  for (const problem of problems) console.error(problem);
  console.log(`layers: ${summary}, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
