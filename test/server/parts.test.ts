import { describe, expect, test } from 'vitest';
import type { Request } from '../../src/core/http1/events.ts';
import { VirtualHost } from '../../src/host/seeded.ts';
import { socketPair } from '../../src/net/memory.ts';
import { accessFormat, type AccessFacts } from '../../src/server/access-log.ts';
import { combinedFormat, defaultConfig, resolveConfig } from '../../src/server/config.ts';
import { Deadlines, tickMs, type Patient } from '../../src/server/deadlines.ts';
import { prefersJson } from '../../src/server/error-page.ts';
import type { DuplexSocket } from '../../src/net/socket.ts';
import { Outflow } from '../../src/server/flow.ts';
import { httpDate, logDate } from '../../src/server/http-date.ts';
import { requestOf } from '../gateway/requests.ts';
import { seededRandom } from '../helpers/cuts.ts';
import { settle } from '../helpers/fake-clock.ts';

describe('dates', () => {
  test.each([
    [784_111_777_000, 'Sun, 06 Nov 1994 08:49:37 GMT', '[06/Nov/1994:08:49:37 +0000]'],
    [0, 'Thu, 01 Jan 1970 00:00:00 GMT', '[01/Jan/1970:00:00:00 +0000]'],
    [951_782_400_000, 'Tue, 29 Feb 2000 00:00:00 GMT', '[29/Feb/2000:00:00:00 +0000]'],
    [4_107_542_399_999, 'Sun, 28 Feb 2100 23:59:59 GMT', '[28/Feb/2100:23:59:59 +0000]'],
  ])('RFC9110-5.6.7-2: %i', (ms, http, log) => {
    expect(httpDate(ms)).toBe(http);
    expect(logDate(ms)).toBe(log);
  });

  test('the same as the platform\'s, on any day (seed 1994)', () => {
    const random = seededRandom(1994);
    for (let i = 0; i < 5000; i += 1) {
      const ms = Math.floor((random() * 2 - 0.5) * 4e12);
      expect(httpDate(ms)).toBe(new Date(ms).toUTCString());
    }
  });
});

describe('the access log', () => {
  const facts = (fields = '', changes: Partial<AccessFacts> = {}): AccessFacts => ({
    remote: '192.0.2.1', wallMs: 784_111_777_000, request: requestOf(`GET /x?y=1 HTTP/1.1\r\nHost: a\r\n${fields}\r\n`), status: 200, length: 5, fields: [['X-Out', 'o']], ms: 1234.5678, ...changes,
  });
  test('gunicorn\'s default, which is Apache\'s combined', () => {
    expect(accessFormat(combinedFormat)(facts('Referer: http://r/\r\nUser-Agent: curl\r\n'))).toBe('192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] "GET /x?y=1 HTTP/1.1" 200 5 "http://r/" "curl"');
    expect(accessFormat(combinedFormat)(facts())).toBe('192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] "GET /x?y=1 HTTP/1.1" 200 5 "-" "-"');
  });

  test.each([
    ['%(m)s %(U)s %(q)s %(H)s', 'GET /x y=1 HTTP/1.1'],
    ['%(B)s %(b)s %(T)s %(M)s %(D)s %(L)s', '5 5 1 1234 1234567 1.234568'],
    ['%({x-in}i)s %({X-Out}o)s %({x-none}i)s', 'i o -'],
    ['%(u)s', 'aladdin'],
    ['100%% %(s)s', '100% 200'],
  ])('%s', (format, line) => {
    expect(accessFormat(format)(facts('X-In: i\r\nAuthorization: Basic YWxhZGRpbjpvcGVuc2VzYW1l\r\n'))).toBe(line);
  });

  test('%({NAME}e)s: of environ, as the application left it', () => {
    const environ = () => ({ REMOTE_USER: 'ada', 'wsgi.url_scheme': 'http', 'wsgi.multithread': false });
    expect(accessFormat('%({REMOTE_USER}e)s %({remote_user}e)s %({wsgi.url_scheme}e)s %({wsgi.multithread}e)s %({NONE}e)s %({constructor}e)s')(facts('', { environ }))).toBe('ada ada http false - -');
    expect(accessFormat('%({REMOTE_USER}e)s')(facts('', { request: undefined }))).toBe('-');
  });

  test('bytes that were no request', () => {
    expect(accessFormat(combinedFormat)(facts('', { request: undefined, status: 400, length: 0 }))).toBe('192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] "-" 400 - "-" "-"');
  });

  test('a line is one line, whatever a client sends', () => {
    const request = { method: 'GET', target: '/', version: 11, headers: { get: () => 'a"b\\c\u0007\u0085' } } as unknown as Request;
    expect(accessFormat('%(a)s')(facts('', { request }))).toBe('a\\"b\\\\c\\x07\\x85');
  });

  test('JSON', () => {
    expect(JSON.parse(accessFormat('json')(facts()))).toEqual({ time: 784_111_777_000, remote: '192.0.2.1', method: 'GET', target: '/x?y=1', version: 'HTTP/1.1', status: 200, length: 5, ms: 1234.568, referer: null, userAgent: null });
  });

  test('an unknown atom is refused at once', () => {
    expect(() => accessFormat('%(z)s')).toThrow(RangeError);
  });
});

describe('settings', () => {
  test('are completed', () => {
    expect(resolveConfig()).toEqual(defaultConfig);
    expect(resolveConfig({ keepAliveMs: 1, limits: { maxFields: 3 } as never })).toEqual({ ...defaultConfig, keepAliveMs: 1, limits: { ...defaultConfig.limits, maxFields: 3 } });
    expect(resolveConfig({ keepAliveMs: undefined as never })).toEqual(defaultConfig);
  });

  test.each([
    [{ workerClass: 'gevent' as never }, /workerClass is "gevent"; it must be sync or async/],
    [{ keepAliveMs: -1 }, /keepAliveMs/],
    [{ headTimeoutMs: '5' as never }, /headTimeoutMs/],
    [{ bodyTimeoutMs: NaN }, /bodyTimeoutMs/],
    [{ limits: { maxFields: -1 } as never }, /limits\.maxFields/],
    [{ validate: 'yes' as never }, /validate must be true or false/],
    [{ serverHeader: 'a\r\nb' }, /serverHeader/],
  ])('%j is refused', (given, message) => {
    expect(() => resolveConfig(given)).toThrow(message);
  });
});

describe('deadlines', () => {
  const patient = (log: number[], host: VirtualHost): Patient => ({ deadline: Infinity, onDeadline: () => log.push(host.clock.now()) });

  test('are met late by a tick at most, and never early', () => {
    const host = new VirtualHost();
    const deadlines = new Deadlines(host);
    const log: number[] = [];
    const one = patient(log, host);
    deadlines.add(one);
    deadlines.set(one, 1000);
    host.advance(999);
    expect(log).toEqual([]);
    host.advance(1 + tickMs);
    expect(log).toHaveLength(1);
    expect(log[0]).toBeGreaterThanOrEqual(1000);
    expect(log[0]).toBeLessThanOrEqual(1000 + tickMs);
  });

  test('one timer for all, and none where nobody waits', () => {
    const host = new VirtualHost();
    const deadlines = new Deadlines(host);
    const all = Array.from({ length: 100 }, () => patient([], host));
    for (const each of all) {
      deadlines.add(each);
      deadlines.set(each, 5000);
    }
    expect(host.pendingTimers).toBe(1);
    for (const each of all) deadlines.set(each, Infinity);
    host.advance(tickMs);
    expect(host.pendingTimers).toBe(0);
    deadlines.set(all[0]!, 0);
    expect(host.pendingTimers).toBe(0);
    deadlines.set(all[0]!, 10);
    for (const each of all) deadlines.remove(each);
    expect(host.pendingTimers).toBe(0);
  });

  test('one that is set again in its own call waits again', () => {
    const host = new VirtualHost();
    const deadlines = new Deadlines(host);
    let times = 0;
    const again: Patient = { deadline: Infinity, onDeadline: () => { times += 1; deadlines.set(again, 1000); } };
    deadlines.add(again);
    deadlines.set(again, 1000);
    host.advance(5000);
    expect(times).toBeGreaterThanOrEqual(3);
  });
});

describe('content negotiation', () => {
  test.each([
    [undefined, false],
    ['*/*', false],
    ['text/html,application/xhtml+xml,*/*;q=0.8', false],
    ['application/json', true],
    ['application/json, text/plain', false],
    ['application/json, text/plain;q=0.9', true],
    ['text/plain, application/json;q=0.9', false],
    ['application/*', true],
    ['application/problem+json', true],
    ['application/json;q=0', false],
    ['APPLICATION/JSON', true],
  ])('Accept: %s → JSON: %s', (accept, expected) => {
    expect(prefersJson(accept)).toBe(expected);
  });
});

describe('what goes out', () => {
  const flow = (): { readonly out: Outflow; readonly writes: string[]; settle(): Promise<void> } => {
    const [near, far] = socketPair();
    const writes: string[] = [];
    near.open({ onData: () => {}, onEof: () => {}, onDrain: () => {}, onClose: () => {} });
    far.open({ onData: () => {}, onEof: () => {}, onDrain: () => {}, onClose: () => {} });
    return { out: new Outflow(far, { wrote: (bytes) => writes.push(bytes.length > 100 ? String(bytes.length) : String.fromCharCode(...bytes)) }), writes, settle };
  };
  const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

  test('small parts leave as one write, large ones one by one', () => {
    const { out, writes } = flow();
    for (const part of ['a', '', 'b', 'c']) out.push(bytes(part), false);
    out.flush();
    out.push(bytes('d'), false);
    out.push(new Uint8Array(100_000), false);
    out.flush();
    out.flush();
    expect(writes).toEqual(['abc', 'd', '100000']);
  });

  test('what is borrowed is copied when its lender gets control back', () => {
    const { out, writes } = flow();
    const lent = bytes('before');
    out.push(lent, true);
    out.own();
    lent.set(bytes('after!'));
    out.flush();
    expect(writes).toEqual(['before']);
  });

  test('a large part is copied no later than that, in its place', () => {
    const sent: number[] = [];
    const listening = new Outflow({ bufferedAmount: 0, write: () => true } as unknown as DuplexSocket, { wrote: (part) => sent.push(part.length, part[0]!) });
    const lent = new Uint8Array(50_000).fill(1);
    listening.push(Uint8Array.of(7, 7), true);
    listening.push(lent, true);
    listening.push(Uint8Array.of(8), false);
    listening.own();
    lent.fill(2);
    listening.flush();
    expect(sent).toEqual([2, 7, 50_000, 1, 1, 8]);
  });

  test('a socket that keeps what it is given does not keep a whole slab for it', () => {
    const kept: Uint8Array[] = [];
    const out = new Outflow({ bufferedAmount: 0, write: (part: Uint8Array) => (kept.push(part), true) } as unknown as DuplexSocket, { wrote: () => {} });
    out.put(bytes('head'));
    out.push(bytes('body'), true);
    out.flush();
    expect(kept.map((part) => [String.fromCharCode(...part), part.buffer.byteLength])).toEqual([['headbody', 8]]);
  });

  test('connections that write in turns share memory, not octets, slab after slab', () => {
    const written: number[][] = [[], [], []];
    const outs = written.map((octets) => new Outflow({ bufferedAmount: 0, write: (part: Uint8Array) => (octets.push(...part), true) } as unknown as DuplexSocket, { wrote: () => {} }));
    const expected: number[][] = [[], [], []];
    let seed = 1;
    for (let i = 0; i < 3000; i += 1) {
      seed = (seed * 48_271) % 0x7fff_ffff;
      const who = seed % 3;
      const part = new Uint8Array(seed % 200).fill(i % 251);
      outs[who]!.push(part, true);
      expected[who]!.push(...part);
      if (seed % 5 === 0) outs[who]!.flush();
      // What was discarded never leaves.
      if (seed % 97 === 0) {
        outs[who]!.flush();
        outs[who]!.push(part, true);
        outs[who]!.discard();
      }
    }
    for (const out of outs) out.flush();
    expect(written).toEqual(expected);
  });

  test('memory is written over once nobody looks at it any more, and not before', () => {
    let seed = 7;
    const next = (): number => (seed = (seed * 48_271) % 0x7fff_ffff);
    const kept: { readonly view: Uint8Array; readonly text: string }[] = [];
    const buffers = new Set<ArrayBufferLike>();
    let writes = 0;
    const outs = Array.from({ length: 4 }, () => {
      const socket = {
        keepsNothing: true,
        bufferedAmount: 0,
        write(view: Uint8Array): boolean {
          writes += 1;
          buffers.add(view.buffer);
          // Now and then the kernel does not take it all, and the socket holds on to what it was given until it has.
          socket.bufferedAmount = next() % 50 === 0 ? view.length : 0;
          if (socket.bufferedAmount > 0) kept.push({ view, text: String.fromCharCode(...view) });
          return true;
        },
      };
      return new Outflow(socket as unknown as DuplexSocket, { wrote: () => {} });
    });
    for (let i = 0; i < 4000; i += 1) {
      const out = outs[next() % 4]!;
      if (next() % 2 === 0) out.put(new TextEncoder().encode(`head ${i} `));
      out.put(new Uint8Array(0));
      out.push(new Uint8Array(next() % 150).fill(i % 251), true);
      if (next() % 4 === 0) out.flush();
      if (next() % 101 === 0) out.discard();
    }
    expect(kept.length).toBeGreaterThan(10);
    for (const { view, text } of kept) expect(String.fromCharCode(...view)).toBe(text);
    // One slab for each time that somebody kept a piece of it, and those that were full.
    expect(buffers.size).toBeLessThan(kept.length * 2 + 5);
    expect(writes).toBeGreaterThan(500);
  });

  test('many who write in turns get by with few slabs, which are used again', () => {
    const buffers = new Set<ArrayBufferLike>();
    const texts: string[] = [];
    const socket = { keepsNothing: true, bufferedAmount: 0, write: (view: Uint8Array) => (buffers.add(view.buffer), texts.push(String.fromCharCode(...view)), true) };
    const outs = Array.from({ length: 64 }, () => new Outflow(socket as unknown as DuplexSocket, { wrote: () => {} }));
    for (let round = 0; round < 20; round += 1) {
      texts.length = 0;
      for (let part = 0; part < 16; part += 1) outs.forEach((out, who) => out.put(new Uint8Array(170).fill(who + part)));
      for (const out of outs) out.flush();
      expect(texts).toEqual(outs.map((_, who) => Array.from({ length: 16 }, (_, part) => String.fromCharCode(who + part).repeat(170)).join('')));
    }
    expect(buffers.size).toBeLessThanOrEqual(16);
  });

  test('an array that was made for a place serves again for as many octets there, and for no others', () => {
    const views: Uint8Array[] = [];
    const texts: string[] = [];
    const socket = { keepsNothing: true, bufferedAmount: 0, write: (view: Uint8Array) => (views.push(view), texts.push(String.fromCharCode(...view)), true) };
    const outs = [1, 2].map(() => new Outflow(socket as unknown as DuplexSocket, { wrote: () => {} }));
    const round = (...parts: string[]): void => {
      parts.forEach((part, who) => outs[who]!.put(bytes(part)));
      for (const out of outs) out.flush();
    };
    round('one', 'two');
    round('ein', 'zwo');
    round('eins', 'zwei');
    round('un', 'duo');
    expect(texts).toEqual(['one', 'two', 'ein', 'zwo', 'eins', 'zwei', 'un', 'duo']);
    expect(views.slice(2, 4).map((view, i) => view === views[i])).toEqual([true, true]);
    expect(new Set(views).size).toBe(6);
  });

  test('what waits in a full socket does not hold on to the memory of all', () => {
    const kept: Uint8Array[] = [];
    const stalled = new Outflow({ bufferedAmount: 10, write: (part: Uint8Array) => (kept.push(part), false) } as unknown as DuplexSocket, { wrote: () => {} });
    stalled.push(Uint8Array.of(1, 2, 3), false);
    stalled.flush();
    expect(kept[0]!.buffer.byteLength).toBe(3);
  });

  test('a full socket says so', () => {
    const { out } = flow();
    out.push(new Uint8Array(200_000), false);
    expect(out.flush()).toBe(false);
    expect(out.full).toBe(true);
    out.drained();
    expect(out.flush()).toBe(true);
  });
});
