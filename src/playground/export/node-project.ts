/** A snippet as a folder that runs: `npm install`, `npm start`, `npm test`. */
import { lintRequest } from '../../client/lint.ts';
import { latin1Bytes } from '../../client/latin1.ts';
import { splitEntry } from '../../snippet/paths.ts';
import type { Snippet } from '../../snippet/schema.ts';
import { decodeText, parseForm } from '../request-form.ts';
import { runsInNode, toVitest, type SavedExchange } from './vitest-file.ts';

/** What the project is made with. */
export interface ProjectOptions {
  /** Version of Porthole: what the project depends on. */
  readonly version: string;
  /** Address of the snippet in the page, for the README. */
  readonly link?: string;
}

/** Path in the project to text or octets. */
export type ProjectFiles = ReadonlyMap<string, string | Uint8Array>;

/**
 * The files of the project, sorted by path. `exchanges` become the requests and the test; those that were not sent become
 * requests only. The app's own files lie in `app/`, so none of theirs can have the name of one of ours.
 * Throws RangeError for Python (see {@link runsInNode}).
 */
export function nodeProject(snippet: Snippet, exchanges: readonly SavedExchange[], options: ProjectOptions): ProjectFiles {
  if (!runsInNode(snippet)) throw new RangeError('An app in Python is not a Node project.');
  const requests = exchanges.map((exchange, at) => ({ ...exchange, file: `${String(at + 1).padStart(2, '0')}-${slug(exchange.name) || 'request'}` }));
  const http = requests.map(({ name, raw }) => httpFile(name, raw)).filter((text) => text !== undefined);
  const files = new Map<string, string | Uint8Array>([
    ['package.json', packageJson(snippet, options)],
    ['README.md', readme(snippet, requests.map(({ name, file }) => ({ name, file })), http.length > 0, options)],
    ['.gitignore', 'node_modules/\n'],
    ...Object.entries(snippet.files).map(([path, text]): [string, string] => [`app/${path}`, text]),
    ...requests.map(({ file, raw }): [string, Uint8Array] => [`requests/${file}.raw`, latin1Bytes(raw)]),
    ...(http.length > 0 ? [['requests/requests.http', http.join('\n')] as const] : []),
    ...(exchanges.length > 0 ? [['test/app.test.ts', toVitest(snippet, exchanges, { importFrom: '../app/' })] as const] : []),
    ...(snippet.lang === 'ts' ? [['tsconfig.json', tsconfig] as const] : []),
  ]);
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A name that any file system and npm take: small letters, digits, hyphens. */
export const slug = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40).replace(/-+$/, '');

/** File name of the archive, without extension. */
export const projectName = (snippet: Snippet): string => slug(snippet.title ?? '') || 'porthole-app';

/** `app/` before the path of the entry. */
const target = (snippet: Snippet): string => {
  const { path, name } = splitEntry(snippet.entry);
  return `app/${path}${name === '' ? '' : `:${name}`}`;
};

/** A word of a command in package.json: in double quotes where it needs any, which both sh and cmd.exe understand. */
const word = (text: string): string => (/^[\w./:@=-]+$/.test(text) ? text : `"${text.replace(/(["\\$`])/g, '\\$1')}"`);

/** The snippet's settings as flags of the command. */
function flags({ interface: spoken, server }: Snippet): string[] {
  return [
    ...(spoken === 'auto' ? [] : ['--interface', spoken]),
    ...(server.workers === undefined ? [] : ['-w', String(server.workers)]),
    ...(server.rootPath === undefined ? [] : ['--root-path', word(server.rootPath)]),
    ...(server.timeout === undefined ? [] : ['--timeout', String(server.timeout)]),
    ...(server.keepAlive === undefined ? [] : ['--keep-alive', String(server.keepAlive)]),
    ...(server.validate === true ? ['--validate'] : []),
  ];
}

function packageJson(snippet: Snippet, { version }: ProjectOptions): string {
  const start = ['porthole', word(target(snippet)), ...flags(snippet)].join(' ');
  return `${JSON.stringify({
    name: projectName(snippet),
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=20.19' },
    scripts: { start, dev: `${start} --reload --debug --trace`, test: 'vitest run' },
    dependencies: { porthole: `^${version}` },
    devDependencies: { vitest: '^4.1.0' },
  }, null, 2)}\n`;
}

/** For editors; nothing is compiled. */
const tsconfig = `${JSON.stringify({
  compilerOptions: { target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', strict: true, noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true },
  include: ['app', 'test'],
}, null, 2)}\n`;

/** As the HTTP clients of editors read it; undefined for what is not a well formed request of text. */
function httpFile(name: string, raw: string): string | undefined {
  const form = parseForm(raw);
  if (!form.ok || lintRequest(latin1Bytes(raw)).verdict !== 'ok') return undefined;
  const { method, target: path, version, fields, body } = form.form;
  const content = decodeText(body);
  const chunked = fields.some((field) => field.name.toLowerCase() === 'transfer-encoding');
  // A `###` in the body would begin another request.
  if (content === undefined || chunked || /^###/m.test(content) || !path.startsWith('/')) return undefined;
  const kept = fields.filter((field) => !['host', 'content-length'].includes(field.name.toLowerCase()));
  const lines = kept.map((field) => `${field.name}: ${decodeText(field.value) ?? field.value}`);
  return [`### ${name.replace(/\s+/g, ' ')}`, `${method} http://127.0.0.1:8000${path} ${version}`, ...lines, ...(content === '' ? [] : ['', content]), ''].join('\n');
}

function readme(snippet: Snippet, requests: readonly { readonly name: string; readonly file: string }[], hasHttp: boolean, { link }: ProjectOptions): string {
  const markdown = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, '\\$&');
  return [
    `# ${markdown(snippet.title ?? '') || 'A Porthole app'}`,
    '',
    'Made in the Porthole playground.',
    ...(link === undefined ? [] : [`[Open it there](<${link}>) to see every byte.`]),
    '',
    '    npm install',
    '    npm start        # http://127.0.0.1:8000',
    '    npm run dev      # starts again with each change, and prints the trace',
    ...(requests.length > 0 ? ['    npm test         # sends the requests again and expects the same answers'] : []),
    '',
    'Node 20.19 or newer.',
    '',
    'The app is in `app/`.',
    ...(requests.length === 0 ? [] : [
      'The requests are in `requests/`, octet for octet:',
      '',
      ...requests.map(({ name, file }) => `- ${markdown(name)}: \`nc 127.0.0.1 8000 < requests/${file}.raw\``),
      ...(hasHttp ? ['', '`requests/requests.http` has those that the HTTP clients of editors can send.'] : []),
    ]),
    '',
  ].join('\n');
}
