import fc from 'fast-check';
import type { Snippet } from '../../src/snippet/schema.ts';

/** The smallest snippet: one file, everything else by default. */
export const smallest: Snippet = {
  v: 1, lang: 'ts', interface: 'auto', files: { 'app.ts': '' }, entry: 'app.ts:app', requests: [], server: {}, network: {}, view: {},
};

/** A snippet that uses every member, some of them unknown to this version. */
export const fullest: Snippet = {
  v: 1, title: 'Tout, 一切, 🐘', lang: 'js', interface: 'asgi',
  files: { 'app.js': 'export const app = 1;\n', 'lib/utf-16.js': '// \ud800 alone, \u0000, \u2028\n', 'données/é.txt': 'é' },
  entry: 'app.js:main',
  requests: [
    { name: 'Raw', raw: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' },
    { name: 'Octets', raw: '\u0000\u007f\u0080\u00ff', note: { by: 'a newer page' } } as Snippet['requests'][number],
  ],
  server: { workers: 4, workerClass: 'sync', rootPath: '/x', timeout: 30, keepAlive: 2, validate: true, http3: true } as Snippet['server'],
  network: { segmentBytes: 1, ragged: true, latencyMs: 20.5, jitterMs: 3, bytesPerSecond: 9600, readBytesPerSecond: 300, cutAfterBytes: 17, cut: 'silence', seed: 7 },
  replay: true,
  packages: [{ name: 'typing-extensions', version: '1!4.12.2rc1+local', sha256: '0f'.repeat(32), url: 'of a newer page' }] as unknown as Snippet['packages'],
  view: { request: 1, file: 'lib/utf-16.js', requestTab: 'raw', traceTab: 'wire', step: 41, split: [1, 2] } as Snippet['view'],
  engine: '0.1.0',
  programs: [
    { name: 'client', argv: ['a', null, 1.5, { deep: true }] },
    { name: 'web', kind: 'gateway', entry: 'app.js:main', interface: 'asgi', server: { workers: 2, later: 1 }, port: 8080 },
    { name: 'cat', kind: 'script', entry: 'cat.js', args: ['-n', ''], stdin: 'one\ntwo' },
    { name: 'new', kind: 'of a newer kind', entry: '' },
  ] as Snippet['programs'],
};

const anyString = fc.string({ unit: 'binary', maxLength: 60 });
const octets = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 80 });
const segment = fc.string({ unit: fc.constantFrom(...'abcé字🐘-_0 .'), minLength: 1, maxLength: 8 }).map((name) => `a${name}z`);
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
const known = new Set(['v', 'title', 'lang', 'interface', 'files', 'entry', 'programs', 'requests', 'server', 'network', 'replay', 'view', 'engine',
  'name', 'raw', 'workers', 'workerClass', 'rootPath', 'timeout', 'keepAlive', 'validate', 'segmentBytes', 'latencyMs', 'bytesPerSecond', 'seed',
  'ragged', 'jitterMs', 'readBytesPerSecond', 'cutAfterBytes', 'cut', 'kind', 'args', 'stdin', 'port',
  'delivery', 'cuts', 'at', 'everyBytes', 'pauseMs', 'copies', 'copiesHow', 'reuse', 'stopAfter', 'ending', 'request', 'file', 'requestTab', 'traceTab', 'compared', 'packages', 'step', '__proto__']);
/** Members from the future. JSON has no -0, so neither has a snippet. */
const unknown = fc.dictionary(
  anyString.filter((key) => !known.has(key)),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
  { maxKeys: 3, noNullPrototype: true },
);
const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.tuple(fc.record(model, { requiredKeys: [], noNullPrototype: true }), unknown).map(([members, more]) => ({ ...more, ...members }) as Partial<T>);
const whole = fc.nat({ max: 1e9 });

const program = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[\w.-]{1,32}$/), some<{ kind: string; entry: string; args: string[]; stdin: string; interface: string; server: object }>({
  kind: fc.oneof(fc.constantFrom('gateway', 'script'), anyString), entry: anyString, args: fc.array(anyString, { maxLength: 3 }), stdin: anyString,
  interface: fc.constantFrom('auto', 'wsgi'), server: some({ workers: fc.integer({ min: 1, max: 16 }) }),
})), { maxLength: 3, selector: ([name]) => name }).map((programs) => programs.map(([name, more]) => ({ ...more, name })));
const delivery = some({
  cuts: fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 4 }).map((places) => places.toSorted((a, b) => a - b).map((at) => ({ at }))),
  everyBytes: fc.integer({ min: 1, max: 9 }), pauseMs: fc.nat({ max: 60_000 }), copies: fc.integer({ min: 1, max: 1000 }),
  copiesHow: fc.constantFrom('in-turn', 'pipelined', 'parallel'), reuse: fc.boolean(), stopAfter: fc.integer({ min: 1, max: 99 }), ending: fc.constantFrom('close', 'reset'),
});

/** Snippets of every shape, with unknown members at every level. */
export const anySnippet: fc.Arbitrary<Snippet> = fc.dictionary(path, anyString, { minKeys: 1, maxKeys: 4, noNullPrototype: true }).chain((files) =>
  fc.array(fc.tuple(unknown, anyString, octets, fc.option(delivery, { nil: undefined })).map(([more, name, raw, delivery]) => ({ ...more, name, raw, ...(delivery && { delivery }) })), { maxLength: 3 }).chain((requests) =>
    fc.tuple(
      some<{ title: string; engine: string; programs: object[]; replay: boolean }>({ title: anyString, engine: anyString, programs: program, replay: fc.boolean() }),
      fc.record({
        lang: fc.constantFrom('ts', 'js', 'py'), interface: fc.constantFrom('auto', 'wsgi', 'asgi', 'fetch'),
        entry: fc.oneof(anyString, fc.constantFrom('app.ts:app', 'app.js:app', 'app.py:app')),
        server: some({ workers: fc.integer({ min: 1, max: 16 }), workerClass: fc.constantFrom('sync', 'async'), rootPath: anyString, timeout: whole, keepAlive: whole, validate: fc.boolean() }),
        network: some({ segmentBytes: whole, latencyMs: fc.double({ min: 0, max: 1e6, noNaN: true }).map((ms) => ms + 0), bytesPerSecond: whole, seed: whole }),
        view: some({ file: fc.constantFrom(...Object.keys(files)), requestTab: fc.constantFrom('form', 'raw'), traceTab: fc.constantFrom('wire', 'timeline'), step: whole }),
      }, { noNullPrototype: true }),
    ).map(([named, rest]) => ({ ...named, v: 1, files, requests, ...rest }) as Snippet)));
