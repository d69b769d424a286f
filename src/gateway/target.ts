/**
 * What a request names, for both interfaces: path, query and host read off the target and the Host field, and where the
 * mount point ends.
 */
import type { Request } from '../core/http1/events.ts';
import { hexValue } from '../core/http1/chars.ts';
import { decodeLatin1, writeLatin1 } from '../core/http1/latin1.ts';
import type { Span } from '../trace/events.ts';

/** A request's target in parts. Strings are latin-1, percent-encoded as received. */
export class Target {
  /** Path without query; `/` where an absolute-form target has none, `*` for asterisk-form. */
  readonly path: string;
  /** The path {@link percentDecode}d. */
  readonly decodedPath: string;
  /** What the `?` introduces, without it; '' where there is none. */
  readonly query: string;
  /** Host and port of an absolute-form target, which overrides the Host field; undefined otherwise. */
  readonly authority: string | undefined;
  /** Spans of the three; undefined where the part is not in the bytes, and where they were not asked for. */
  readonly pathSpan: Span | undefined;
  readonly querySpan: Span | undefined;
  readonly authoritySpan: Span | undefined;

  constructor(path: string, query: string, authority?: string, pathSpan?: Span, querySpan?: Span, authoritySpan?: Span) {
    this.path = path;
    this.decodedPath = percentDecode(path);
    this.query = query;
    this.authority = authority;
    this.pathSpan = pathSpan;
    this.querySpan = querySpan;
    this.authoritySpan = authoritySpan;
  }
}

/** Take the target apart. `spans`: fill in the spans (they are only wanted by a trace). */
export function readTarget(request: Request, spans: boolean): Target {
  const { notes } = request;
  if (spans || notes === undefined) return takeApart(request, spans);
  if (notes.made instanceof Target) return notes.made;
  const target = takeApart(request, false);
  notes.made = target;
  return target;
}

function takeApart(request: Request, spans: boolean): Target {
  const { target } = request;
  if (target.charCodeAt(0) === 0x2f && !spans) {
    // Nearly every request: origin-form.
    const mark = target.indexOf('?');
    return mark < 0 ? new Target(target, '') : new Target(target.slice(0, mark), target.slice(mark + 1));
  }
  const parts = request.targetParts;
  const base = request.targetSpan[0];
  const absolute = (part: readonly [number, number] | undefined): Span | undefined => (spans && part !== undefined && part[1] > part[0] ? [base + part[0], base + part[1]] : undefined);
  const query = parts.query === undefined ? '' : target.slice(...parts.query);
  if (parts.form === 'asterisk') return new Target('*', query, undefined, spans ? request.targetSpan : undefined);
  // RFC9112-3.2.2-8: "the origin server MUST ignore the received Host header field (if any) and instead use the host information of the request-target".
  const authority = parts.form === 'absolute' ? parts.authority : undefined;
  return new Target(target.slice(...parts.path) || '/', query, authority && target.slice(...authority), absolute(parts.path), absolute(parts.query), absolute(authority));
}

/** Percent-decode to octets-as-latin-1. A `%` that two hexadecimal digits do not follow stays as it is (as in CGI servers). */
export function percentDecode(text: string): string {
  let mark = text.indexOf('%');
  if (mark < 0) return text;
  let out = '';
  let from = 0;
  for (; mark >= 0; mark = text.indexOf('%', mark)) {
    const high = hexValue[text.charCodeAt(mark + 1)] ?? 255;
    const low = hexValue[text.charCodeAt(mark + 2)] ?? 255;
    if (high === 255 || low === 255) {
      mark += 1;
      continue;
    }
    out += text.slice(from, mark) + String.fromCharCode(high * 16 + low);
    mark += 3;
    from = mark;
  }
  return out + text.slice(from);
}

const utf8 = new TextDecoder();

/** Octets-as-latin-1 to text: UTF-8, with U+FFFD where it is none. */
export function latin1ToUtf8(text: string): string {
  let ascii = true;
  for (let i = 0; i < text.length && ascii; i += 1) ascii = text.charCodeAt(i) < 0x80;
  return ascii ? text : utf8.decode(latin1Bytes(text));
}

/** Latin-1 text as octets, in an array of its own. Code units above 0xFF lose their upper bits: the caller has checked. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  writeLatin1(text, bytes, 0);
  return bytes;
}

/** Octets as latin-1 text. */
export const latin1Text = (bytes: Uint8Array): string => decodeLatin1(bytes, 0, bytes.length);

/** Does `path` lie at or below `mount` (no trailing slash)? `/shop` holds `/shop` and `/shop/x`, not `/shopping`. */
export const isBelow = (path: string, mount: string): boolean => path.startsWith(mount) && (path.length === mount.length || path.charCodeAt(mount.length) === 0x2f);

/** A setting such as `shop/` as a mount point: a leading slash, none at the end; '' for the root. */
export function normaliseMount(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' || trimmed.startsWith('/') ? trimmed : `/${trimmed}`;
}
