/** One request as environ and as scope. The trace is that of a real server, so that the side that is built here can be held against the one that it built. */
import { describe, expect, test } from 'vitest';
import { inject, type InjectRequest } from '../../src/api/inject.ts';
import { bothWays, type BothWays, type Pair, type PairNote } from '../../src/playground/both-ways.ts';
import { environKeys, keyFacts, scopeKeys } from '../../src/playground/context-keys.ts';
import { TraceLog } from '../../src/playground/trace-log.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import type { SnippetServer } from '../../src/snippet/schema.ts';
import type { ContextEntry } from '../../src/trace/events.ts';
import { keyTexts } from '../../src/ui/trace/key-texts.ts';

const wsgi = (_environ: unknown, startResponse: (status: string, headers: [string, string][]) => unknown): Uint8Array[] => {
  startResponse('200 OK', []);
  return [];
};
const asgi = async (_scope: unknown, _receive: unknown, send: (message: object) => Promise<void>): Promise<void> => {
  await send({ type: 'http.response.start', status: 200, headers: [] });
  await send({ type: 'http.response.body' });
};

const fields: readonly (readonly [string, string])[] = [
  ['Host', 'example.org'], ['Accept', 'a/b'], ['X-Two', '1'], ['accept', 'c/d'], ['Cookie', 'a=1'], ['X_Under', 'score'], ['Content-Type', 'text/plain'],
];

async function traced(app: unknown, request: InjectRequest, config: Partial<ServerConfig> = {}): Promise<TraceLog> {
  const log = new TraceLog();
  log.append((await inject(app, request, { config })).trace);
  return log;
}

const server = (config: Partial<ServerConfig>): SnippetServer => (config.rootPath === undefined ? {} : { rootPath: config.rootPath });

async function both(app: unknown, request: InjectRequest, config: Partial<ServerConfig> = {}): Promise<BothWays> {
  const log = await traced(app, request, config);
  const connection = [...log.connections.values()][0]!;
  const found = bothWays(connection, connection.exchanges.get(1)!, server(config));
  if (!found) throw new Error('the application was not called');
  return found;
}

const entries = (pairs: readonly Pair[], side: 'environ' | 'scope'): Map<string, ContextEntry> => new Map(pairs.flatMap((pair) => pair[side]).map((entry) => [entry.key, entry]));
const withNote = (pairs: readonly Pair[], note: PairNote): string[][] => pairs.filter((pair) => pair.note === note).map((pair) => [...pair.environ, ...pair.scope].map((entry) => entry.key));

describe.each<[string, InjectRequest, Partial<ServerConfig>]>([
  ['a POST with many fields', { method: 'POST', target: '/caf%C3%A9?q=1', headers: fields, body: 'hello' }, {}],
  ['an absolute target below a mount point', { raw: 'GET http://other/shop/x%2Fy HTTP/1.1\r\nHost: a\r\n\r\n' }, { rootPath: '/shop' }],
  ['chunks and HTTP/1.1', { raw: 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' }, {}],
])('%s', (_name, request, config) => {
  test('the side that is built here is the one that the gateway builds', async () => {
    const [fromWsgi, fromAsgi] = [await both(wsgi, request, config), await both(asgi, request, config)];
    expect([fromWsgi.called, fromAsgi.called]).toEqual(['environ', 'scope']);
    // Addresses are those of the connection at hand; lifespan's state is known to the server alone.
    const steady = (side: Map<string, ContextEntry>): ContextEntry[] => [...side.values()].filter(({ key }) => !['REMOTE_PORT', 'client', 'state', 'headers'].includes(key)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(steady(entries(fromWsgi.pairs, 'scope'))).toEqual(steady(entries(fromAsgi.pairs, 'scope')));
    expect(steady(entries(fromAsgi.pairs, 'environ'))).toEqual(steady(entries(fromWsgi.pairs, 'environ')));
  });
});

describe('what maps to what', () => {
  test('a field that came twice is one key and two lines; an underscore is left out of environ', async () => {
    const { pairs } = await both(wsgi, { method: 'POST', headers: fields, body: 'hello' });
    expect(withNote(pairs, 'field-joined')).toEqual([['HTTP_ACCEPT', 'headers[1]', 'headers[3]']]);
    expect(withNote(pairs, 'field-left-out')).toEqual([['headers[5]']]);
    expect(withNote(pairs, 'field')).toContainEqual(['CONTENT_TYPE', 'headers[6]']);
    expect(withNote(pairs, 'path')).toEqual([['PATH_INFO', 'path']]);
    expect(withNote(pairs, 'server')).toEqual([['SERVER_NAME', 'SERVER_PORT', 'server']]);
    expect(withNote(pairs, 'input')).toEqual([['wsgi.input', 'wsgi.input_terminated']]);
  });

  test('a length that nobody sent is said to be computed', async () => {
    const { pairs } = await both(asgi, { raw: 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' });
    expect(withNote(pairs, 'length-computed')).toEqual([['CONTENT_LENGTH']]);
    expect(entries(pairs, 'environ').get('CONTENT_LENGTH')?.value).toBe('3');
  });

  test('of the second request on a connection the spans are those of the stream', async () => {
    const one = 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n';
    const log = await traced(wsgi, { raw: one + one.replace('/1', '/2') });
    const connection = [...log.connections.values()][0]!;
    const { pairs } = bothWays(connection, connection.exchanges.get(2)!, {})!;
    expect(entries(pairs, 'scope').get('path')).toMatchObject({ value: '/2', origin: { spans: [[one.length + 4, one.length + 6]] } });
  });

  test('no request is both', async () => {
    const log = await traced(wsgi, { raw: 'GET / HTTP/1.1\r\nHost : a\r\n\r\n' });
    const connection = [...log.connections.values()][0]!;
    expect(bothWays(connection, connection.exchanges.get(1)!, {})).toBeUndefined();
  });
});

describe('what is said of a key', () => {
  test('every key of both sides has a sentence and a clause', async () => {
    for (const [app, type] of [[wsgi, 'gateway.environ'], [asgi, 'gateway.scope']] as const) {
      const { called, pairs } = await both(app, { method: 'POST', headers: fields, body: 'hello' });
      for (const key of entries(pairs, called).keys()) {
        const { topic, clause, rule } = keyFacts(type, key);
        expect([key, topic === 'other', clause === '', rule === '']).toEqual([key, false, false, false]);
        expect(keyTexts.keys[topic].length).toBeGreaterThan(10);
      }
    }
  });

  test('a key that nobody knows has none', () => {
    expect(keyFacts('gateway.environ', 'my.key')).toEqual({ topic: 'other', clause: '', rule: '' });
    expect(keyFacts('gateway.environ', 'constructor').topic).toBe('other');
    expect(Object.keys({ ...environKeys, ...scopeKeys }).length).toBeGreaterThan(30);
  });
});
