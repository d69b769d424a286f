import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refusals } from '../../../src/core/http1/refusals.ts';
import { readCases } from '../../helpers/cases.ts';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const rows = new Map([...page.matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm)].map((match) => [match[1]!, match[2]!.split(/ (?<!\\)\| /)]));
const source = new URL('../../../src/core/http1/', import.meta.url);
const misuses = new Set(readdirSync(source).flatMap((file) => [...readFileSync(new URL(file, source), 'utf8').matchAll(/misuse\(\s*'(local-[\w-]+)',\s*'([^']+)'/g)].map((match) => `${match[1]} ${match[2]}`)));
const outcomes = readCases(new URL('../../cases/http1/', import.meta.url)).flatMap(({ steps }) => steps).filter(({ kind }) => kind === 'events' || kind === 'wire').map(({ text }) => text).join('\n');

describe('docs/errors.md', () => {
  test('says of every refusal what the code says', () => {
    for (const [code, { status, clause, message, advice }] of Object.entries(refusals)) {
      expect(rows.get(code)?.map((cell) => cell.replaceAll('\\|', '|')), code).toEqual([String(status), clause, message, advice]);
    }
  });

  test('lists every misuse, with its clauses', () => {
    expect(misuses.size).toBeGreaterThan(20);
    for (const misuse of misuses) {
      const [code, clause] = misuse.split(' ') as [string, string];
      expect(rows.get(code)?.[0]?.split(', '), misuse).toContain(clause);
    }
  });

  test('lists no HTTP/1.1 code that is gone', () => {
    const known = new Set([...Object.keys(refusals), ...[...misuses].map((misuse) => misuse.split(' ')[0]!)]);
    expect([...rows.keys()].filter((code) => !code.startsWith('ws-') && !known.has(code))).toEqual([]);
  });
});

describe('every refusal', () => {
  test.each(Object.keys(refusals))('%s has a case', (code) => {
    expect(outcomes).toMatch(new RegExp(`^error ${code} `, 'm'));
  });

  test('is told in sentences: what is wrong, and what to do', () => {
    for (const { message, advice } of Object.values(refusals)) {
      expect(message).toMatch(/^[A-Z].*\.$/);
      expect(advice).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('every misuse', () => {
  test.each([...new Set([...misuses].map((misuse) => misuse.split(' ')[0]!))].filter((code) => code !== 'local-data-after-eof'))('%s has a case', (code) => {
    expect(outcomes).toMatch(new RegExp(`^misuse ${code} `, 'm'));
  });
});
