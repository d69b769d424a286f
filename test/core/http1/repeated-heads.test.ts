/** Heads are put together anew only where they differ from the one before: which one that was must not show. */
import { expect, test } from 'vitest';
import { Connection } from '../../../src/core/http1/connection.ts';
import { LocalProtocolError } from '../../../src/core/http1/errors.ts';
import type { FieldPairs } from '../../../src/core/http1/events.ts';

const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The head of a response to a GET, as a client gets it. */
function head(status: number, reason: string, headers: FieldPairs): string {
  const connection = new Connection({ role: 'server' });
  connection.receiveData(octets('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  connection.nextEvent();
  let text = '';
  connection.sendHead({ type: 'response', status, reason, headers }, { put: (bytes) => { text += String.fromCharCode(...bytes); } });
  return text;
}

const a = ['A', '1'] as const;
const length = ['Content-Length', '2'] as const;
const fields: readonly FieldPairs[] = [[a, length], [length, a], [a, ['Content-Length', '3']], [['a', '1'], length], [a, a, length], [length], [a, length, ['B', '']], [['A', `1${'2'.repeat(200)}`], length]];
const starts: readonly (readonly [number, string])[] = [[200, 'OK'], [200, ''], [404, 'Not Found']];

test('a head is what it says, whatever was sent before it', () => {
  let seed = 11;
  const pick = <Item>(items: readonly Item[]): Item => items[(seed = (seed * 48_271) % 0x7fff_ffff) % items.length]!;
  let previous: readonly [number, string, FieldPairs] = [200, 'OK', fields[0]!];
  for (let i = 0; i < 4000; i += 1) {
    // Mostly the same again, in other arrays.
    if (pick([0, 1, 2]) === 0) previous = [...pick(starts), pick(fields)];
    const [status, reason, headers] = previous;
    expect(head(status, reason, headers.map(([name, value]) => [name, value] as const))).toBe(`HTTP/1.1 ${status} ${reason}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  }
});

test('a list that its owner changes and gives again says what it says then', () => {
  const headers: [string, string][] = [['A', '1'], ['Content-Length', '2']];
  for (let i = 0; i < 3; i += 1) {
    headers[0]![1] = String(i);
    expect(head(200, 'OK', headers)).toBe(`HTTP/1.1 200 OK\r\nA: ${i}\r\nContent-Length: 2\r\n\r\n`);
    headers.unshift(['B', 'b']);
    expect(head(200, 'OK', headers)).toBe(`HTTP/1.1 200 OK\r\nB: b\r\nA: ${i}\r\nContent-Length: 2\r\n\r\n`);
    headers.shift();
    expect(head(200, 'OK', headers)).toBe(`HTTP/1.1 200 OK\r\nA: ${i}\r\nContent-Length: 2\r\n\r\n`);
  }
});

test('what is refused is refused each time, and the head before it is still known', () => {
  for (let i = 0; i < 3; i += 1) {
    expect(head(200, 'OK', [a, length])).toBe('HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 2\r\n\r\n');
    expect(() => head(200, 'OK', [a, ['Content-Length', 'two']])).toThrow(LocalProtocolError);
    expect(() => head(200, 'OK', [a, ['B', 'c\r\nd']])).toThrow(LocalProtocolError);
  }
});
