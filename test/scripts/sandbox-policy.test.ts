import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inlineScript, sandboxPolicy } from '../../scripts/vite/sandbox-policy.ts';

const html = readFileSync(new URL('../../public/sandbox.html', import.meta.url), 'utf8');

describe('sandbox.html', () => {
  test('carries the policy that fits its script', () => {
    expect(/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]).toBe(sandboxPolicy(html));
  });

  test('lets no connection, no frame, no style, no eval through', () => {
    const policy = new Map(sandboxPolicy(html).split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1)]));
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('connect-src')).toEqual(["'none'"]);
    expect([...policy.keys()].sort()).toEqual(['connect-src', 'default-src', 'script-src', 'worker-src']);
    expect(policy.get('script-src')).not.toContain("'unsafe-eval'");
    expect(policy.get('script-src')).not.toContain("'unsafe-inline'");
  });

  test('has the policy before anything that it governs', () => {
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<script'));
    expect(inlineScript(html)).not.toBe('');
  });

  test('refuses an origin that has a name', () => {
    const said: string[] = [];
    const run = new Function('origin', 'said', `${inlineScript(html).replace(/^onmessage = /m, 'said.push("listens"); var onmessage = ')}`);
    expect(() => run('https://example.org', said)).toThrow(/only works in/);
    expect(said).toEqual([]);
    run('null', said);
    expect(said).toEqual(['listens']);
  });

  test('stays small', () => {
    expect(html.length).toBeLessThan(2048);
  });
});
