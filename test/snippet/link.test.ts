import fc from 'fast-check';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../src/snippet/crc32.ts';
import { toBase64url } from '../../src/snippet/base64url.ts';
import { LinkError } from '../../src/snippet/errors.ts';
import type { LinkErrorCode } from '../../src/snippet/errors.ts';
import { decodeSnippet, embedUrl, encodeSnippet, exampleLink, readFragment, shareUrl } from '../../src/snippet/link.ts';
import { anySnippet, fullest, smallest } from './samples.ts';

/** A link with a right check around any JSON text: what somebody with our source could make. */
function forge(json: string | Uint8Array, codec = 'd', packed = true): string {
  const bytes = typeof json === 'string' ? new TextEncoder().encode(json) : json;
  const sealed = `${codec}.${toBase64url(packed ? deflateRawSync(bytes) : bytes)}`;
  const crc = crc32(sealed);
  return `#1.${sealed}.${toBase64url(Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc))}`;
}

async function refusal(link: string): Promise<LinkError> {
  const outcome = await decodeSnippet(link).then((snippet) => snippet, (error: unknown) => error);
  expect(outcome, `${link.slice(0, 60)} opened`).toBeInstanceOf(LinkError);
  return outcome as LinkError;
}

async function refusalCode(link: string): Promise<LinkErrorCode> {
  return (await refusal(link)).code;
}

describe('round trip', () => {
  test('what goes into a link comes out of it', async () => {
    await fc.assert(fc.asyncProperty(anySnippet, async (snippet) => {
      expect(await decodeSnippet(await encodeSnippet(snippet))).toStrictEqual(snippet);
    }), { numRuns: 300 });
  });

  test('every member, lone surrogates and unknown members at every level', async () => {
    expect(await decodeSnippet(await encodeSnippet(fullest))).toStrictEqual(fullest);
  });

  test('defaults take no room', async () => {
    const link = await encodeSnippet(smallest);
    expect(link.length).toBeLessThan(60);
    expect(await decodeSnippet(link)).toStrictEqual(smallest);
  });

  test('only characters that every chat tool leaves alone', async () => {
    expect(await encodeSnippet(fullest)).toMatch(/^#1\.d\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{6}$/);
  });

  test('whole addresses, with and without a fragment before', async () => {
    const link = await encodeSnippet(fullest);
    expect(await shareUrl(fullest, 'https://example.org/play/?x=1#1.d.old')).toBe(`https://example.org/play/?x=1${link}`);
    expect(await embedUrl(fullest, 'https://example.org/play/?x=1#old')).toBe(`https://example.org/play/embed.html${link}`);
    expect(await embedUrl(fullest, 'https://example.org')).toBe(`https://example.org/embed.html${link}`);
    expect(await decodeSnippet(`https://example.org/${link}`)).toStrictEqual(fullest);
    expect(await decodeSnippet(link.slice(1))).toStrictEqual(fullest);
  });

  test('punctuation left hanging by a chat tool is forgiven', async () => {
    const link = await encodeSnippet(fullest);
    for (const tail of [')', '.', '>', '",', '…?']) expect(await decodeSnippet(link + tail)).toStrictEqual(fullest);
  });
});

describe('broken links', () => {
  test('every truncation is a LinkError, and says "cut short" from the version on', async () => {
    const link = await encodeSnippet(fullest);
    for (let length = 0; length < link.length; length++) {
      expect(await refusalCode(link.slice(0, length))).toBe(length < 2 ? 'not-a-snippet' : 'truncated');
    }
  });

  test('a link that ends in an ellipsis was cut short', async () => {
    const link = await encodeSnippet(fullest);
    expect(await refusalCode(`${link.slice(0, 80)}…`)).toBe('truncated');
    expect(await refusalCode(`${link.slice(0, 80)}...`)).toBe('truncated');
  });

  test('every change of one character is a LinkError', async () => {
    const link = await encodeSnippet(smallest);
    const others = [...'#.-_AZaz09 %…é1d'];
    for (let at = 0; at < link.length; at++) {
      for (const other of others) {
        const changed = link.slice(0, at) + other + link.slice(at + 1);
        if (changed !== link && changed.slice(1) !== link.slice(1)) await refusal(changed);
      }
    }
  });

  test('every swap of neighbours and every doubled or lost character is a LinkError', async () => {
    const link = await encodeSnippet(fullest);
    for (let at = 1; at < link.length - 1; at++) {
      const swapped = link.slice(0, at) + link[at + 1] + link[at] + link.slice(at + 2);
      if (swapped !== link) await refusal(swapped);
      await refusal(link.slice(0, at) + link.slice(at + 1));
      await refusal(link.slice(0, at) + link[at] + link.slice(at));
    }
  });

  test('each kind of failure has its own code, a sentence and advice', async () => {
    const link = await encodeSnippet(smallest);
    const cases: readonly (readonly [string, LinkErrorCode])[] = [
      ['', 'not-a-snippet'], ['#', 'not-a-snippet'], ['#about', 'not-a-snippet'], ['https://example.org/', 'not-a-snippet'], ['#0.d.a.b', 'not-a-snippet'],
      [link.replace('#1', '#2'), 'newer-version'], [link.replace('#1', '#17'), 'newer-version'],
      [forge('{}', 'z'), 'unknown-codec'],
      [link.slice(0, -7), 'truncated'],
      [`${link}.more`, 'damaged'], [`${link}x`, 'damaged'],
      [forge('not deflated', 'd', false), 'damaged'], [forge('{'), 'damaged'], [forge(Uint8Array.of(0x22, 0xff, 0x22)), 'damaged'],
      [forge('[]'), 'bad-snippet'], [forge('{"v":1}'), 'bad-snippet'], [forge('{"files":{"a":""}}'), 'bad-snippet'],
      [forge('{"v":2,"files":{"a":""}}'), 'newer-version'],
      [`#1.d.${'A'.repeat(3_000_000)}.AAAAAA`, 'too-large'],
    ];
    for (const [broken, code] of cases) {
      const error = await refusal(broken);
      expect(error.code, broken.slice(0, 60)).toBe(code);
      expect(error.message).toMatch(/\.$/);
      expect(error.advice).toMatch(/\.$/);
    }
  });

  test('a payload that inflates to more than we accept is refused while it inflates', async () => {
    // 1 GiB of spaces would be 1 MiB of payload; 64 MiB are enough to show that the limit is met and not the end.
    const bomb = forge(new Uint8Array(64 * 1024 * 1024).fill(0x20));
    const error = await refusal(bomb);
    expect(error.code).toBe('too-large');
  });

  test('hostile punctuation takes linear time', async () => {
    // Quadratic time would be hours here, so this ends or the run does.
    expect(await refusalCode(`#1.d.${'!'.repeat(1_900_000)}a.AAAAAA`)).toBe('damaged');
    expect(await refusalCode(`#1${'.'.repeat(1_900_000)}a`)).toBe('damaged');
  });

  test('whatever the text, decoding gives a snippet or a LinkError', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.tuple(fc.base64String(), fc.base64String()).map(([payload, check]) => `#1.d.${payload}.${check}`),
      fc.uint8Array().map((bytes) => forge(bytes, 'd', false)), fc.json().map((json) => forge(json)));
    await fc.assert(fc.asyncProperty(text, async (link) => { await refusal(link); }), { numRuns: 300 });
  });

  test('a snippet that nobody could open is refused where it is made', async () => {
    await expect(encodeSnippet({ ...smallest, files: { '../app.ts': '' } })).rejects.toThrow('a path only goes down');
    let noise = '';
    for (let state = 1; noise.length < 1_000_000;) noise += String.fromCharCode((state = (state * 48271) % 2147483647) & 0xff);
    const requests = [1, 2, 3].map((index) => ({ name: `${index}`, raw: noise }));
    await expect(encodeSnippet({ ...smallest, requests })).rejects.toMatchObject({ code: 'too-large' });
  });
});

test('a fragment says what it is before it is decoded', () => {
  expect(readFragment('')).toStrictEqual({ kind: 'none' });
  expect(readFragment('#')).toStrictEqual({ kind: 'none' });
  expect(readFragment(exampleLink('hello-wsgi'))).toStrictEqual({ kind: 'example', name: 'hello-wsgi' });
  expect(readFragment('#1.d.abc')).toStrictEqual({ kind: 'snippet', link: '1.d.abc' });
  expect(readFragment('#1')).toStrictEqual({ kind: 'snippet', link: '1' });
  expect(readFragment('#23.q')).toStrictEqual({ kind: 'snippet', link: '23.q' });
  expect(readFragment('#about')).toStrictEqual({ kind: 'other' });
  expect(readFragment('#ex=../x')).toStrictEqual({ kind: 'other' });
});

test('CRC-32 gives the published check value', () => {
  expect(crc32('123456789')).toBe(0xcbf43926);
});
