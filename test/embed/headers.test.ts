/** `public/_headers`, read as Cloudflare Pages and Netlify read it. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const text = readFileSync(new URL('../../public/_headers', import.meta.url), 'utf8');

interface Rule { readonly path: string; readonly set: [string, string][] }

function read(): Rule[] {
  const rules: Rule[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (!/^\s/.test(line)) rules.push({ path: line, set: [] });
    else rules.at(-1)!.set.push(line.trim().split(/:\s*(.*)/s).slice(0, 2).map((part, at) => (at === 0 ? part.toLowerCase() : part)) as [string, string]);
  }
  return rules;
}

/** Headers of a path, from every rule that matches it. Fails where two set the same: hosts differ in what they make of that. */
function headersOf(path: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const rule of read()) {
    if (!new RegExp(`^${rule.path.replace(/[.?+^$()[\]{}|]/g, '\\$&').replaceAll('*', '.*')}$`).test(path)) continue;
    for (const [name, value] of rule.set) {
      expect(headers.has(name), `${path}: ${name} is set twice`).toBe(false);
      headers.set(name, value);
    }
  }
  return headers;
}

describe('_headers', () => {
  test.each(['/embed.html', '/sandbox.html'])('%s may be framed', (path) => {
    const headers = headersOf(path);
    expect(headers.has('x-frame-options')).toBe(false);
    expect(headers.get('content-security-policy') ?? '').not.toContain('frame-ancestors');
  });

  test.each(['/', '/index.html'])('%s may not', (path) => {
    expect(headersOf(path).get('content-security-policy')).toBe("frame-ancestors 'none'");
  });

  test('only what has a hash in its name is kept for good', () => {
    expect(headersOf('/assets/index-abc123.js').get('cache-control')).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/index.html', '/embed.html', '/sandbox.html']) expect(headersOf(path).get('cache-control')).toBe('no-cache');
    expect(headersOf('/embed.js').get('cache-control')).toBe('public, max-age=3600');
  });

  test('every file of public/ is covered', () => {
    for (const name of readdirSync(new URL('../../public', import.meta.url))) expect(headersOf(`/${name}`).get('x-content-type-options')).toBe('nosniff');
  });
});
