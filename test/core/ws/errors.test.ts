import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const rows = new Map([...page.matchAll(/^\| `(ws-[\w-]+)` \| (?:(\d+) \| )?([\w.-]+) \|/gm)].map((match) => [`${match[1]} ${match[2] ?? ''} ${match[3]}`, match[1]!]));

const source = ['core/ws/', 'client/', 'server/'].flatMap((folder) => {
  const at = new URL(`../../../src/${folder}`, import.meta.url);
  return readdirSync(at).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(new URL(name, at), 'utf8'));
}).join('\n');
/** `code status clause`, as the code gives them; what a client is told of an answer, and a caller of a `send`, has no status on the page. */
const given = new Set([
  ...[...source.matchAll(/(?:#fail|refuse)\((\d+), '(ws-[\w-]+)', '([^']+)'/g)].map(([, status, code, clause]) => `${code} ${status} ${clause}`),
  ...[...source.matchAll(/\bno\('(ws-[\w-]+)', '([^']+)'/g)].map(([, code, clause]) => `${code}  ${clause}`),
  ...[...source.matchAll(/#fail\(\{ code: '(ws-[\w-]+)', status: (\d+), clause: '([^']+)'/g)].map(([, code, status, clause]) => `${code} ${status} ${clause}`),
  ...[...source.matchAll(/LocalProtocolError\(\{ code: '(ws-[\w-]+)', status: \d+, clause: '([^']+)'/g)].map(([, code, clause]) => `${code}  ${clause}`),
]);

describe('docs/errors.md, about WebSocket', () => {
  test('lists every code with its status and its rule', () => {
    expect(given.size).toBeGreaterThan(35);
    expect([...given].filter((fact) => !rows.has(fact))).toEqual([]);
  });

  test('lists none that is gone', () => {
    expect([...rows.keys()].filter((fact) => !given.has(fact))).toEqual([]);
  });
});
