import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundleEmbed } from '../../scripts/vite/embed-script.ts';

test('embed.js is one classic script of less than 5 kB, and asks for nothing', async () => {
  const code = await bundleEmbed({ minify: true });
  console.log(`embed.js: ${code.length} bytes, ${brotliCompressSync(code).length} brotli`);
  expect(code.length).toBeLessThan(5000);
  expect(code).not.toMatch(/\bimport\b|\bexport\b|\brequire\b|\beval\b|fetch\(/);
  // It reads as a script, and does nothing where there is no page.
  expect(() => new Function(code)).not.toThrow();
});

test('in Node, porthole/embed can be imported and called: sites are rendered there', async () => {
  const { definePlayground, PortholePlayground } = await import('../../src/api/embed.ts');
  expect(() => definePlayground('https://play.example/')).not.toThrow();
  expect(PortholePlayground.defaultBase).toBe('https://play.example/');
});
