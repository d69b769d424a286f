import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldPairs, SentEvent } from '../../src/core/http1/events.ts';
import { mayBeTrailer } from '../../src/core/http1/trailers.ts';
import { randomCuts, seededRandom } from '../helpers/cuts.ts';
import { observe } from '../helpers/observe.ts';
import { ConnectionPair, type Heard } from '../helpers/pair.ts';

/** fast-check prints seed and path of a failure; this one makes runs repeatable in the first place. */
const options = { seed: 20_261_121, numRuns: 400 } as const;

const tchars = [..."!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];
const latin1 = (ranges: readonly (readonly [number, number])[]): string[] => ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i)));
const vchars = latin1([[0x21, 0x7e], [0x80, 0xff]]);

const token = fc.string({ unit: fc.constantFrom(...tchars), minLength: 1, maxLength: 20 });
/** A value with whitespace inside but not around. */
const value = fc.array(fc.string({ unit: fc.constantFrom(...vchars), minLength: 1, maxLength: 12 }), { maxLength: 4 }).chain((words) => fc.array(fc.constantFrom(' ', '\t', '  '), { minLength: 3, maxLength: 3 }).map((blanks) => words.map((word, i) => (i === 0 ? word : blanks[i - 1]! + word)).join('')));
/** Names that the connection gives a meaning to are left to the events that mean it. */
const steering = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'expect', 'upgrade']);
const field = fc.tuple(token.filter((name) => !steering.has(name.toLowerCase())), value);
const fields = fc.array(field, { maxLength: 8 });
const trailers = fc.array(field.filter(([name]) => mayBeTrailer(name.toLowerCase())), { maxLength: 3 });
const target = fc.string({ unit: fc.constantFrom(...latin1([[0x21, 0x22], [0x24, 0x7e]])), maxLength: 40 }).map((rest) => `/${rest}`);
const method = token.filter((name) => name !== 'CONNECT');
const body = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 });
const framing = fc.constantFrom('content-length', 'chunked', 'none');
const seed = fc.nat();

const octets = (pieces: readonly Uint8Array[]): string => pieces.map((piece) => String.fromCharCode(...piece)).join('');

interface Message { readonly fields: FieldPairs; readonly body: readonly Uint8Array[]; readonly framing: string; readonly trailers: FieldPairs }
const message = fc.record({ fields, body, framing, trailers });

/** The events of a message, and what the other end must hear. */
function compose(head: SentEvent & { type: 'request' | 'response' }, one: Message, bodyAllowed: boolean): { readonly events: SentEvent[]; readonly heard: Heard[] } {
  const text = octets(one.body);
  const heard: Heard[] = [];
  const own: FieldPairs = one.framing === 'content-length' ? [['Content-Length', String(text.length)]] : one.framing === 'chunked' ? [['Transfer-Encoding', 'chunked']] : [];
  const headers = [...head.headers, ...one.fields, ...own];
  const { type } = head;
  if (type === 'request') heard.push({ type, method: head.method, target: head.target, fields: headers });
  else heard.push({ type, status: head.status, reason: head.reason, fields: headers });
  const sends = bodyAllowed && one.framing !== 'none';
  if (sends && text !== '') heard.push({ type: 'data', octets: text });
  const behind = one.framing === 'chunked' ? one.trailers : [];
  heard.push({ type: 'end', trailers: sends ? behind : [] });
  return {
    events: [{ ...head, headers }, ...(one.framing === 'none' ? [] : one.body.map((bytes) => ({ type: 'data', bytes }) as const)), behind.length > 0 ? { type: 'end', trailers: behind } : { type: 'end' }],
    heard,
  };
}

describe('round trip', () => {
  test('what the client sends is what the server hears, and the other way round, exchange after exchange, however it is cut', () => {
    fc.assert(fc.property(fc.array(fc.record({ method, target, request: message, status: fc.integer({ min: 200, max: 599 }), reason: value, response: message }), { minLength: 1, maxLength: 3 }), seed, (exchanges, cutSeed) => {
      const pair = new ConnectionPair(seededRandom(cutSeed));
      for (const { method: verb, target: path, request, status, reason, response } of exchanges) {
        const asked = compose({ type: 'request', method: verb, target: path, headers: [['Host', 'h']] }, request, true);
        expect(pair.send('client', ...asked.events)).toEqual(asked.heard);
        const bodiless = verb === 'HEAD' || status === 204 || status === 304;
        // Without framing a response to HTTP/1.1 is chunked; where there is no body, fields that would frame it may go.
        const framed = { ...response, framing: response.framing === 'none' ? 'chunked' : response.framing };
        const plain = bodiless ? { ...response, framing: 'none' } : framed;
        const answered = compose({ type: 'response', status, reason, headers: [] }, plain, !bodiless);
        expect(pair.send('server', ...answered.events)).toEqual(answered.heard);
        expect(pair.states.client[0]).toBe(pair.states.client[1]);
        expect(pair.states.server[0]).toBe(pair.states.server[1]);
        pair.nextCycle();
      }
    }), options);
  });

  test('a body to the end of the connection', () => {
    fc.assert(fc.property(body, seed, (pieces, cutSeed) => {
      const pair = new ConnectionPair(seededRandom(cutSeed));
      pair.send('client', { type: 'request', method: 'GET', target: '/', version: 10, headers: [] }, { type: 'end' });
      const heard = [...pair.send('server', { type: 'response', status: 200, reason: '', headers: [] }, ...pieces.map((bytes) => ({ type: 'data', bytes }) as const), { type: 'end' }), ...pair.close('server')];
      const text = heard.map((event) => (event.type === 'data' ? event.octets : '')).join('');
      expect(text).toBe(octets(pieces));
      expect(heard.slice(-2)).toEqual([{ type: 'end', trailers: [] }, { type: 'closed' }]);
    }), options);
  });
});

describe('totality', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    // Octets that mean something, in any order.
    fc.array(fc.constantFrom('GET', ' ', '/', 'HTTP/1.1', '\r\n', '\r', '\n', 'Host: a\r\n', 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', ':', ';', '0', '3', 'a', '\t', '\0', '\xff', 'HTTP/1.1 200 OK\r\n'), { maxLength: 60 })
      .map((parts) => Uint8Array.from(parts.join(''), (character) => character.charCodeAt(0))),
  );

  test.each(['server', 'client'] as const)('%s: any octets are parsed or refused with RemoteProtocolError, nothing else, in bounded memory, whatever the cut', (role) => {
    fc.assert(fc.property(anything, seed, (bytes, cutSeed) => {
      const random = seededRandom(cutSeed);
      // `observe` holds the invariants.
      const whole = observe(bytes, [], { role });
      expect(observe(bytes, randomCuts(bytes.length, random), { role })).toEqual(whole);
    }), { ...options, numRuns: 1500 });
  });
});
