/**
 * Answers as a forgiving eye reads them. The client of the page is strict and stops at the first thing that is wrong; whoever
 * compares servers wants to see what each of them said, wrong or not.
 */
import { joinOctets } from '../basics/join.ts';
import { latin1Text } from '../client/latin1.ts';

/** What ends the content of an answer. */
export type LooseFraming = 'none' | 'content-length' | 'chunked' | 'until-close';

/** One answer, interim ones (1xx) included. Strings are latin-1. */
export interface LooseAnswer {
  /** Without its line end. */
  readonly statusLine: string;
  readonly status: number;
  /** In order, as spelled; values without white space around them. A line without a colon is a name without a value. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly framing: LooseFraming;
  /** Without chunk sizes. */
  readonly content: Uint8Array;
  /** All that was announced is there. An answer that ends with the connection is always taken for complete. */
  readonly complete: boolean;
  /** A line of the head ends in LF alone. */
  readonly bareLf: boolean;
}

/** Answers in what a server sent to a request with this method, in order. Empty: this does not begin like HTTP, or its head is not complete. */
export function looseAnswers(raw: Uint8Array, method: string): LooseAnswer[] {
  const text = latin1Text(raw);
  const found: LooseAnswer[] = [];
  for (let at = 0; at < text.length; ) {
    const head = readHead(text, at);
    if (!head) break;
    const { end, ...rest } = head;
    const framing = framingOf(rest, method);
    const body = readContent(raw, text, end, framing, rest.fields);
    found.push({ ...rest, framing, content: body.content, complete: body.complete });
    at = body.end;
    if (!body.complete) break;
  }
  return found;
}

type Head = Pick<LooseAnswer, 'statusLine' | 'status' | 'fields' | 'bareLf'>;

function readHead(text: string, start: number): (Head & { readonly end: number }) | undefined {
  const lines: string[] = [];
  let bareLf = false;
  for (let at = start; ; ) {
    const lf = text.indexOf('\n', at);
    if (lf < 0) return undefined;
    const cr = lf > at && text[lf - 1] === '\r';
    bareLf ||= !cr;
    const line = text.slice(at, cr ? lf - 1 : lf);
    at = lf + 1;
    if (line === '' && lines.length > 0) {
      const [statusLine = '', ...fields] = lines;
      return { statusLine, status: Number(/^HTTP\/\S+ +(\d{3})/.exec(statusLine)?.[1] ?? 0), fields: fields.map(readField), bareLf, end: at };
    }
    if (lines.length === 0 && !line.startsWith('HTTP/')) return undefined;
    lines.push(line);
  }
}

function readField(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
}

const valuesOf = (fields: LooseAnswer['fields'], name: string): string[] => fields.filter(([candidate]) => candidate.toLowerCase() === name).map(([, value]) => value);

function framingOf({ status, fields }: Head, method: string): LooseFraming {
  // RFC9112-6.3-2.1: "Any response to a HEAD request and any response with a 1xx, 204, or 304 status code is always terminated by the first empty line"
  if (method === 'HEAD' || (status >= 100 && status < 200) || status === 204 || status === 304) return 'none';
  if (valuesOf(fields, 'transfer-encoding').some((value) => /\bchunked\s*$/i.test(value))) return 'chunked';
  return /^\d+$/.test(valuesOf(fields, 'content-length')[0] ?? '') ? 'content-length' : 'until-close';
}

function readContent(raw: Uint8Array, text: string, start: number, framing: LooseFraming, fields: LooseAnswer['fields']): { readonly content: Uint8Array; readonly end: number; readonly complete: boolean } {
  switch (framing) {
    case 'none': return { content: raw.subarray(start, start), end: start, complete: true };
    case 'until-close': return { content: raw.subarray(start), end: raw.length, complete: true };
    case 'content-length': {
      const end = start + Number(valuesOf(fields, 'content-length')[0]);
      return { content: raw.subarray(start, end), end, complete: end <= raw.length };
    }
    case 'chunked': return readChunks(raw, text, start);
  }
}

function readChunks(raw: Uint8Array, text: string, start: number): { content: Uint8Array; end: number; complete: boolean } {
  const parts: Uint8Array[] = [];
  const done = (end: number, complete: boolean): { content: Uint8Array; end: number; complete: boolean } => ({ content: joinOctets(parts), end, complete });
  for (let at = start; ; ) {
    const lf = text.indexOf('\n', at);
    const digits = /^[0-9a-f]+/i.exec(text.slice(at, Math.max(at, lf)))?.[0];
    if (lf < 0 || digits === undefined) return done(at, false);
    const size = Number.parseInt(digits, 16);
    at = lf + 1;
    if (size === 0) {
      // Trailers, up to the empty line.
      for (;;) {
        const next = text.indexOf('\n', at);
        if (next < 0) return done(at, false);
        const empty = /^\r?$/.test(text.slice(at, next));
        at = next + 1;
        if (empty) return done(at, true);
      }
    }
    parts.push(raw.subarray(at, at + size));
    at += size;
    if (at >= raw.length) return done(raw.length, false);
    const after = text.indexOf('\n', at);
    if (after < 0) return done(raw.length, false);
    at = after + 1;
  }
}
