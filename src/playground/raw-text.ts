/**
 * Request bytes as text that can be read, typed and pasted: the notation of the Raw view.
 *
 * A new line stands for CR LF. A bare CR or LF, a tab, a control octet or one that is not part of UTF-8 is written as
 * an escape: `\r`, `\n`, `\t`, `\xNN`; a backslash is `\\`. Any other character stands for its octets in UTF-8.
 * Reading what was written gives the same octets back.
 */
import { latin1Bytes, utf8Latin1 } from '../client/latin1.ts';

/** A stretch of octets that one piece of text stands for. */
export interface Unit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const escapes: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r', 0x5c: '\\\\' };

const hex = (octet: number): string => `\\x${octet.toString(16).padStart(2, '0').toUpperCase()}`;

/** Octets of the UTF-8 sequence that begins with `lead`; 1 where none can. */
const sequenceLength = (lead: number): number => (lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1);

/** Characters that would not be seen, or would change how the text around them is drawn. */
const unseen = /^[\p{C}\p{Z}]$/u;

/** `raw` (latin-1) piece by piece. The pieces' texts, joined, are the notation. */
export function units(raw: string): Unit[] {
  const bytes = latin1Bytes(raw);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const found: Unit[] = [];
  for (let at = 0; at < bytes.length; ) {
    const octet = bytes[at] as number;
    if (octet === 0x0d && bytes[at + 1] === 0x0a) {
      found.push({ start: at, end: at + 2, text: '\n' });
      at += 2;
      continue;
    }
    let length = 1;
    let text = escapes[octet] ?? (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : hex(octet));
    if (octet >= 0xc2 && octet <= 0xf4) {
      const wanted = sequenceLength(octet);
      try {
        const character = decoder.decode(bytes.subarray(at, at + wanted));
        if (at + wanted <= bytes.length && !unseen.test(character)) {
          text = character;
          length = wanted;
        }
      } catch {
        // Not UTF-8 here: the octet is escaped.
      }
    }
    found.push({ start: at, end: at + length, text });
    at += length;
  }
  return found;
}

/** Does every octet stand for itself, but for CR LF? Then nothing has to be escaped, and one new line is all that the notation changes. */
export const isPlain = (raw: string): boolean => !/[^\x20-\x5b\x5d-\x7e\r\n]|\r(?!\n)|(?<!\r)\n/.test(raw);

/** The notation of `raw`. */
export const toVisible = (raw: string): string => (isPlain(raw) ? raw.replaceAll('\r\n', '\n') : units(raw).map((unit) => unit.text).join(''));

/** What a text stands for. Not ok: the escape at `at` (UTF-16 offset) is not one of ours. */
export type Visible = { readonly ok: true; readonly raw: string } | { readonly ok: false; readonly at: number };

const named: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '\\': '\\', '0': '\0' };

/** Read the notation. */
export function fromVisible(text: string): Visible {
  let raw = '';
  for (let at = 0; at < text.length; ) {
    const next = text.slice(at).search(/[\\\r\n]/);
    const plain = next < 0 ? text.slice(at) : text.slice(at, at + next);
    raw += utf8Latin1(plain);
    at += plain.length;
    if (next < 0) break;
    const character = text[at];
    if (character !== '\\') {
      raw += '\r\n';
      at += character === '\r' && text[at + 1] === '\n' ? 2 : 1;
      continue;
    }
    const escape = text[at + 1] ?? '';
    const octet = /^x([0-9a-fA-F]{2})/.exec(text.slice(at + 1, at + 4))?.[1];
    if (octet !== undefined) {
      raw += String.fromCharCode(Number.parseInt(octet, 16));
      at += 4;
    } else if (Object.hasOwn(named, escape)) {
      raw += named[escape];
      at += 2;
    } else {
      return { ok: false, at };
    }
  }
  return { ok: true, raw };
}
