/** Answers of several servers beside each other: how they are read, laid out, and asked for. */
import { describe, expect, test } from 'vitest';
import type { SendResult } from '../../src/machine/types.ts';
import { compareAnswers, isCompared, listeners, maxRead, toggleCompared, type Asked, type Compared, type Comparison } from '../../src/playground/compare.ts';
import { looseAnswers } from '../../src/playground/loose-answer.ts';
import { TraceLog } from '../../src/playground/trace-log.ts';
import { visibleOctets } from '../../src/playground/visible-octets.ts';
import type { ProgramStatus } from '../../src/machine/program-types.ts';
import type { TraceEvent, TraceInput } from '../../src/trace/events.ts';
import { snippet } from './traces.ts';

const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const lines = (...all: string[]): string => all.join('\r\n');

describe('a forgiving eye', () => {
  const read = (raw: string, method = 'GET'): object[] => looseAnswers(octets(raw), method).map(({ content, ...rest }) => ({ ...rest, content: latin1(content) }));

  test('reads interim answers, then the final one', () => {
    expect(read(lines('HTTP/1.1 100 Continue', '', 'HTTP/1.1 200 OK', 'Content-Length: 2', '', 'hi'))).toEqual([
      { statusLine: 'HTTP/1.1 100 Continue', status: 100, fields: [], framing: 'none', content: '', complete: true, bareLf: false },
      { statusLine: 'HTTP/1.1 200 OK', status: 200, fields: [['Content-Length', '2']], framing: 'content-length', content: 'hi', complete: true, bareLf: false },
    ]);
  });

  test('bare LF, lines without a colon, white space around values', () => {
    expect(read('HTTP/1.0 404 Not Found\nX-A:  b \t\nstray\n\nbody')).toEqual([
      { statusLine: 'HTTP/1.0 404 Not Found', status: 404, fields: [['X-A', 'b'], ['stray', '']], framing: 'until-close', content: 'body', complete: true, bareLf: true },
    ]);
  });

  test('chunks, with extensions and trailers, and another answer after them', () => {
    const first = lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '3;a=b', 'abc', 'A', '0123456789', '0', 'X-Sum: 1', '', '');
    expect(read(first + lines('HTTP/1.1 204 No Content', '', ''))).toMatchObject([{ content: 'abc0123456789', complete: true }, { status: 204, content: '', framing: 'none' }]);
  });

  test.each([
    ['a body that is cut short', lines('HTTP/1.1 200 OK', 'Content-Length: 9', '', 'abc'), 'abc'],
    ['a chunk that is cut short', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '9', 'abc'), 'abc'],
    ['a chunk size that is none', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', 'zz', 'abc'), ''],
    ['the last chunk without its end', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '1', 'a', '0', ''), 'a'],
  ])('%s is not complete', (_, raw, content) => {
    expect(read(raw)).toMatchObject([{ complete: false, content }]);
  });

  test('the answer to HEAD has no content, whatever it announces', () => {
    expect(read(lines('HTTP/1.1 200 OK', 'Content-Length: 5', '', ''), 'HEAD')).toMatchObject([{ framing: 'none', complete: true }]);
  });

  test.each([['', 0], ['hello\r\n\r\n', 0], ['HTTP/1.1 200 OK\r\nX: 1\r\n', 0], ['HTTP/1.1 200 OK\r\n\r\n', 1]])('%j has %i answers', (raw, many) => {
    expect(read(raw)).toHaveLength(many);
  });

  test('never throws and never reads past the end, whatever comes', () => {
    const parts = ['HTTP/1.1 200 OK', '\r\n', '\n', '\r', 'Transfer-Encoding: chunked', 'Content-Length: 5', ':', '5', 'f', '0', '\0', 'abc'];
    let seed = 7;
    const next = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff);
    for (let round = 0; round < 3000; round++) {
      const raw = Array.from({ length: next() % 14 }, () => parts[next() % parts.length]).join('');
      const all = looseAnswers(octets(raw), 'GET');
      expect(all.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(raw.length);
    }
  });
});

test('octets to be seen: every line end has its sign', () => {
  const text = (raw: string): string => visibleOctets(octets(raw)).map((piece) => (piece.mark ? `[${piece.text}]` : piece.text)).join('');
  expect(text('A\r\n\r\nb\nc\rd\te\\n\u0000\u00c3\u00a9\u00ff')).toBe('A[\\r\\n]\n[\\r\\n]\nb[\\n]\nc[\\r]d[\\t]e\\n[\\x00]é[\\xFF]');
});

// ── a table ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What one server did: answers at 5 ms, and how the connection went on. */
interface Server { readonly raw?: string; readonly keepAlive?: boolean; readonly failure?: NonNullable<SendResult['failure']>['kind']; readonly closesAt?: number; readonly pending?: true; readonly refused?: true }

function table(servers: readonly Server[], raw = 'GET / HTTP/1.1\r\n\r\n'): Compared {
  const log = new TraceLog();
  const asked = servers.map((server, index): Asked => {
    const connection = index + 1;
    const on = { connection, exchange: 1 };
    let seq = index * 10;
    const tell = (at: number, event: TraceInput): TraceEvent => ({ ...event, seq: seq++, at, clock: seq, process: 'client' });
    const result: SendResult = {
      connection, exchange: 1, raw: octets(server.raw ?? ''), ms: 5,
      ...(server.raw && !server.failure && { responses: [{ version: 'HTTP/1.1', status: 200, reason: '', headers: [], body: octets(''), trailers: [], keepAlive: server.keepAlive ?? true }] }),
      ...(server.failure && { failure: { kind: server.failure, message: 'so it is' } }),
    };
    const who = { program: `server-${connection}`, address: `127.0.0.1:${8000 + index}` };
    if (server.refused) return { ...who, result };
    log.append([
      tell(1, { type: 'socket.data', ...on, flow: 'send', stream: 'c2s', span: [0, 9], bytes: octets('x'.repeat(9)) }),
      ...(server.raw ? [tell(5 + index, { type: 'socket.data', ...on, flow: 'recv', stream: 's2c', span: [0, server.raw.length], bytes: octets(server.raw) })] : []),
      ...(server.closesAt === undefined ? [] : [tell(server.closesAt, { type: 'socket.eof', ...on, flow: 'recv', stream: 's2c', span: [0, 0] })]),
    ]);
    return { ...who, connection, ...(server.pending ? {} : { result }) };
  });
  const comparison: Comparison = { id: 1, raw, asked };
  return compareAnswers(comparison, log);
}

const answer = (fields: readonly string[], body = 'hi', status = 'HTTP/1.1 200 OK'): string => lines(status, ...fields, '', body);

describe('beside each other', () => {
  test('what is the same is the same; time to the first byte is each one’s own', () => {
    const same = answer(['Content-Length: 2', 'Date: Monday']);
    const { columns, fields, statusDiffers, contentDiffers, framingDiffers, endingDiffers } = table([{ raw: same }, { raw: same }]);
    expect([statusDiffers, contentDiffers, framingDiffers, endingDiffers]).toEqual(Array.from({ length: 4 }, () => [false, false]));
    expect(fields.flatMap(({ cells }) => cells.map(({ differs }) => differs))).not.toContain(true);
    expect(columns.map(({ firstByteMs, ending, reordered }) => [firstByteMs, ending, reordered])).toEqual([[4, 'open', false], [5, 'open', false]]);
  });

  test('fields are lined up by name; what only one has stands after what it follows', () => {
    const { fields, columns } = table([
      { raw: answer(['Content-Type: text/plain', 'Date: Monday', 'Server: a', 'Content-Length: 2']) },
      { raw: answer(['date: Tuesday', 'x-own: 1', 'server: b', 'content-type: text/html', 'content-length: 2']) },
    ]);
    expect(fields.map(({ name, muted, cells }) => [name, muted, cells[1]?.spelled, cells[1]?.place, cells[1]?.differs])).toEqual([
      ['Content-Type', false, 'content-type', 4, true],
      ['Date', true, 'date', 1, false],
      ['x-own', false, 'x-own', 2, true],
      ['Server', true, 'server', 3, false],
      ['Content-Length', false, 'content-length', 5, false],
    ]);
    expect(fields[2]?.cells[0]).toEqual({ values: [], spelled: '', place: 0, differs: false });
    expect(columns.map(({ reordered }) => reordered)).toEqual([false, true]);
  });

  test('several lines of one name are one cell, and must be the same lines', () => {
    const { fields } = table([{ raw: answer(['Set-Cookie: a=1', 'Set-Cookie: b=2']) }, { raw: answer(['Set-Cookie: a=1']) }]);
    expect(fields).toMatchObject([{ name: 'Set-Cookie', cells: [{ values: ['a=1', 'b=2'], differs: false }, { values: ['a=1'], differs: true }] }]);
  });

  test('a missing length, other octets, another status', () => {
    const { framingDiffers, contentDiffers, statusDiffers } = table([{ raw: answer(['Content-Length: 2']) }, { raw: answer([]), keepAlive: false }, { raw: answer(['Content-Length: 2'], 'ho', 'HTTP/1.0 200 OK') }]);
    expect(framingDiffers).toEqual([false, true, false]);
    expect(contentDiffers).toEqual([false, false, true]);
    expect(statusDiffers).toEqual([false, false, true]);
  });

  test('the same content in chunks is the same content', () => {
    expect(table([{ raw: answer(['Content-Length: 2']) }, { raw: answer(['Transfer-Encoding: chunked'], lines('1', 'h', '1', 'i', '0', '', '')) }]).contentDiffers).toEqual([false, false]);
  });

  test.each<[string, Server, string, number | undefined]>([
    ['it stays open', { raw: answer(['Content-Length: 2']) }, 'open', undefined],
    ['it says close', { raw: answer(['Connection: close']), keepAlive: false }, 'closed', undefined],
    ['it closes without a word', { raw: answer(['Content-Length: 2']), closesAt: 6 }, 'closed', undefined],
    ['it closes after a time', { raw: answer(['Content-Length: 2']), closesAt: 5005 }, 'closed', 5000],
    ['it closes without an answer', { failure: 'closed', closesAt: 6 }, 'closed', undefined],
    ['it resets', { failure: 'reset' }, 'reset', undefined],
    ['nobody listens there any more', { refused: true, failure: 'refused' }, 'refused', undefined],
    ['what it says is not HTTP', { raw: 'hello', failure: 'not-http' }, 'given-up', undefined],
    ['it says nothing for a minute', { failure: 'timeout' }, 'given-up', undefined],
    ['it says nothing yet', { pending: true }, 'waiting', undefined],
  ])('the connection: %s', (_, server, ending, after) => {
    expect(table([server]).columns[0]).toMatchObject({ ending, ...(after !== undefined && { closedAfterMs: after }) });
    expect(table([server]).columns[0]?.closedAfterMs).toBe(after);
  });

  test('a server without an answer is no measure for the others, and differs from nobody', () => {
    const { fields, statusDiffers, endingDiffers, columns } = table([{ pending: true }, { raw: answer(['A: 1']) }, { raw: answer(['A: 2']) }]);
    expect(statusDiffers).toEqual([false, false, false]);
    expect(fields[0]?.cells.map(({ differs }) => differs)).toEqual([false, false, true]);
    expect(endingDiffers).toEqual([false, false, false]);
    expect(columns.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
  });

  test('two answers to what was one request for another server', () => {
    const one = answer(['Content-Length: 2']);
    expect(table([{ raw: one }, { raw: one + one }]).columns.map(({ answers }) => answers.length)).toEqual([1, 2]);
  });

  test('of a large answer the beginning is read, and its size is known', () => {
    const [column] = table([{ raw: answer([`Content-Length: ${maxRead * 2}`], 'x'.repeat(maxRead * 2)) }]).columns;
    expect(column?.raw.length).toBe(maxRead);
    expect(column?.received).toBeGreaterThan(maxRead * 2);
  });
});

describe('whom to ask', () => {
  const programs = [{ name: 'gateway', kind: 'gateway', entry: 'app.ts:app' }, { name: 'other', kind: 'script', entry: 'other.ts' }, { name: 'client', kind: 'script', entry: 'client.ts' }] as const;
  const three = { ...snippet, programs };
  const status = (name: string, ...listening: string[]): ProgramStatus => ({ name, kind: 'script', state: 'running', listening, processes: [], names: [name] });
  const all = listeners(three, [status('client'), status('other', '127.0.0.1:9000', '127.0.0.1:9001'), status('gateway', '127.0.0.1:8000')]);

  test('those that listen, in the order of the programs', () => {
    expect(all.map(({ program, address }) => `${program} ${address}`)).toEqual(['gateway 127.0.0.1:8000', 'other 127.0.0.1:9000', 'other 127.0.0.1:9001']);
    expect(listeners(three, undefined)).toEqual([]);
  });

  test('all of them, unless the snippet says which', () => {
    expect(isCompared(three, 'other')).toBe(true);
    const without = toggleCompared(three, all, 'other');
    expect(without).toEqual(['gateway']);
    const fewer = { ...three, view: { compared: without! } };
    expect([isCompared(fewer, 'gateway'), isCompared(fewer, 'other')]).toEqual([true, false]);
    expect(toggleCompared(fewer, all, 'other')).toBeUndefined();
    expect(toggleCompared(fewer, all, 'gateway')).toEqual([]);
  });
});
