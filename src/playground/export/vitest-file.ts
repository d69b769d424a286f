/** Exchanges as a test: what was sent is sent again with `inject` from `porthole`, and what came back is expected. */
import { latin1Text } from '../../client/latin1.ts';
import type { MachineResponse, SendResult } from '../../machine/types.ts';
import { splitEntry } from '../../snippet/paths.ts';
import type { Snippet } from '../../snippet/schema.ts';
import { bodyKind, utf8 } from '../response.ts';
import { jsOctets, jsString, lineByLine } from './literals.ts';

/** A request and what came of it. */
export interface SavedExchange {
  /** Becomes the name of the test. */
  readonly name: string;
  /** What was sent, latin-1. */
  readonly raw: string;
  /** Missing: it has not been sent. */
  readonly result?: SendResult | undefined;
}

/** How the file is written. */
export interface VitestOptions {
  /** What stands before the path of the entry in the import. Default `./`: the test lies beside the app. */
  readonly importFrom?: string;
}

/** Does the snippet have an app that a test in JavaScript can import? */
export const runsInNode = (snippet: Snippet): boolean => snippet.lang !== 'py';

/** Fields that say when and over what, and not what: they differ from run to run, or follow from the rest. */
const incidental = new Set(['date', 'server', 'connection', 'keep-alive', 'content-length', 'transfer-encoding', 'trailer']);

/** The text of a Vitest file. The same exchanges give the same text. Throws RangeError for Python: see {@link runsInNode}. */
export function toVitest(snippet: Snippet, exchanges: readonly SavedExchange[], options: VitestOptions = {}): string {
  if (!runsInNode(snippet)) throw new RangeError('An app in Python cannot be imported by a test in JavaScript.');
  const tests = exchanges.map(testOf);
  return [
    "import { inject } from 'porthole';",
    "import { expect, test } from 'vitest';",
    ...importOf(snippet.entry, options.importFrom ?? './'),
    '',
    `const options = ${optionsOf(snippet)};`,
    ...tests.flatMap((lines) => ['', ...lines]),
    '',
  ].join('\n');
}

/** `path:name`, `path:name.member` or `path`, as the command line reads it. */
function importOf(entry: string, from: string): string[] {
  const { path, name } = splitEntry(entry);
  const [first = '', ...members] = name.split('.');
  const specifier = jsString(from + path);
  if (name === '') return [`import * as entry from ${specifier};`, '', 'const { app, application, default: fallback } = entry as Record<string, unknown>;', 'const subject = app ?? application ?? fallback;'];
  const imported = first === 'default' ? `import subject from ${specifier};` : `import { ${first} as subject } from ${specifier};`;
  return members.length === 0 ? [imported] : [imported.replace(' subject', ' entry'), '', `const subject = entry.${members.join('.')};`];
}

/** The snippet's settings, as the page serves it: with the error in a 500 page, and checked unless asked otherwise. */
function optionsOf({ interface: spoken, server }: Snippet): string {
  const config = [
    `validate: ${server.validate ?? true}`,
    'debug: true',
    ...(server.workerClass === undefined ? [] : [`workerClass: ${jsString(server.workerClass)}`]),
    ...(server.rootPath === undefined ? [] : [`rootPath: ${jsString(server.rootPath)}`]),
    ...(server.keepAlive === undefined ? [] : [`keepAliveMs: ${server.keepAlive * 1000}`]),
  ];
  return `{ ${spoken === 'auto' ? '' : `interface: ${jsString(spoken)}, `}config: { ${config.join(', ')} } } as const`;
}

function testOf({ name, raw, result }: SavedExchange): string[] {
  const kind = result?.failure?.kind;
  if (!result || (!result.response && (kind === undefined || kind === 'refused' || kind === 'stopped'))) {
    return [`test.todo(${jsString(`${name}: it has had no answer yet`)});`];
  }
  const request = ['  const raw = [', ...lineByLine(raw).map((line) => `    ${jsOctets(line)},`), "  ].join('');"];
  const { response } = result;
  if (!response || kind === 'not-http' || kind === 'reset' || kind === 'timeout') {
    const how = { closed: 'is closed without an answer', reset: 'is cut', 'not-http': 'gets no HTTP', timeout: 'gets no answer in time', refused: '', stopped: '' }[kind ?? 'closed'];
    return [`test(${jsString(`${name} ${how}`)}, async () => {`, ...request, `  await expect(inject(subject, { raw }, options)).rejects.toMatchObject({ kind: ${jsString(kind ?? 'closed')} });`, '});'];
  }
  const more = (result.responses?.length ?? 1) - 1;
  return [
    `test(${jsString(`${name} answers ${response.status} ${response.reason}`.trimEnd())}, async () => {`,
    ...request,
    '  const response = await inject(subject, { raw }, options);',
    ...(more > 0 ? [`  // The answer to the first of ${more + 1} requests.`] : []),
    `  expect(response.status).toBe(${response.status});`,
    ...fieldsOf(response).map(([field, value]) => `  expect(response.header(${jsString(field)})).toBe(${jsString(value)});`),
    ...bodyOf(response),
    ...(response.trailers.length === 0 ? [] : [`  expect(response.trailers).toEqual([${response.trailers.map(([field, value]) => `[${jsString(field)}, ${jsString(value)}]`).join(', ')}]);`]),
    '});',
  ];
}

/** Fields that matter, by name; several lines of one name as `header()` joins them. */
function fieldsOf({ headers }: MachineResponse): [name: string, value: string][] {
  const fields = new Map<string, string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (incidental.has(lower)) continue;
    const before = fields.get(lower);
    fields.set(lower, before === undefined ? value : `${before}, ${value}`);
  }
  return [...fields];
}

/** The first line of a stack, as V8, and as Firefox and Safari write it. */
const stackLine = /^(?:\s+at .*|.*@.*):\d+:\d+\)?$/m;

function bodyOf({ status, headers, body }: MachineResponse): string[] {
  const text = utf8(body);
  const stack = status >= 500 ? text?.search(stackLine) ?? -1 : -1;
  if (stack >= 0) return ['  // What follows is a stack: it says where the code lies, which is another place each time.', `  expect(response.text()).toContain(${joined(text!.slice(0, stack), jsString)});`];
  // `text()` would take a byte order mark away.
  if (text === undefined || body[0] === 0xef) return [`  expect(Buffer.from(response.body).toString('latin1')).toBe(${joined(latin1Text(body), jsOctets)});`];
  if (bodyKind(headers, body) === 'json') {
    try {
      const json = JSON.stringify(JSON.parse(text), null, 2).replaceAll('\n', '\n  ');
      return [`  expect(response.json()).toEqual(${json});`];
    } catch {
      // Says that it is JSON, and is not: then it is compared as text.
    }
  }
  return [`  expect(response.text()).toBe(${joined(text, jsString)});`];
}

/** One literal, or one for each line. */
function joined(text: string, literal: (text: string) => string): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return lines.length < 2 ? literal(text) : `[\n${lines.map((line) => `    ${literal(line)},\n`).join('')}  ].join('')`;
}
