/**
 * What proxies say about the request they forward: `Forwarded` (RFC 7239) and the older `X-Forwarded-*`. Each proxy appends, so the
 * list is read from its end, for as long as the one who wrote an entry is trusted: anything before that anybody can have made up.
 */
import type { Request } from '../core/http1/events.ts';
import type { Provenance, Span } from '../trace/events.ts';
import type { ConnectionFacts } from './channel.ts';

/** For the trace: where address or scheme of the client came from. A proxy that was believed told it in a field, which has octets. */
export function clientOrigin(what: 'remote' | 'scheme', { headers }: Request, { toldIn }: ConnectionFacts): Provenance {
  const field = toldIn?.[what];
  if (field === undefined) return { from: 'setting', name: what === 'remote' ? 'peer address' : 'scheme' };
  const spans: Span[] = [];
  for (let i = 0; i < headers.length; i += 1) if (headers.lowerName(i) === field) spans.push(headers.valueSpan(i));
  return { from: 'bytes', stream: 'c2s', spans };
}

/** What is believed; undefined where nothing was said. */
export interface ForwardedFacts {
  /** Address of the client, without port and brackets. */
  readonly host: string | undefined;
  /** 0: not told. */
  readonly port: number;
  readonly scheme: 'http' | 'https' | undefined;
  /** The Host that the client asked for. */
  readonly authority: string | undefined;
  /** What the proxy took off the path. */
  readonly prefix: string | undefined;
}

/** Values of the fields, lines joined with commas; undefined where absent. */
export interface ForwardedFields {
  readonly forwarded?: string | undefined;
  readonly for?: string | undefined;
  readonly proto?: string | undefined;
  readonly host?: string | undefined;
  readonly prefix?: string | undefined;
}

interface Hop { readonly node: string; readonly proto: string | undefined; readonly host: string | undefined }

/** Read the fields that a trusted peer sent. `trusted`: may this address speak for others? */
export function readForwarded(fields: ForwardedFields, trusted: (host: string) => boolean): ForwardedFacts {
  // RFC7239-4: where both are there, the standard one is the one that says which proxy said what.
  const hops = fields.forwarded === undefined ? legacyHops(fields) : standardHops(fields.forwarded);
  let believed: Hop | undefined;
  for (let i = hops.length - 1; i >= 0; i -= 1) {
    believed = hops[i]!;
    // This entry was written by somebody we trust; the one before it only if this node is trusted too.
    if (!trusted(splitNode(believed.node)[0])) break;
  }
  const [host, port] = believed === undefined ? ['', 0] as const : splitNode(believed.node);
  return {
    // RFC7239-6: `unknown` and `_hidden` are not addresses.
    host: host === '' || host === 'unknown' || host.startsWith('_') ? undefined : host,
    port,
    scheme: schemeOf(believed?.proto),
    authority: validHost(believed?.host),
    prefix: validPrefix(last(fields.prefix)),
  };
}

/** Fields without a common order: the last value of each is the one that our peer wrote, but for the list of addresses. */
function legacyHops(fields: ForwardedFields): Hop[] {
  const nodes = split(fields.for);
  const proto = last(fields.proto);
  const host = last(fields.host);
  return (nodes.length > 0 ? nodes : ['']).map((node) => ({ node, proto, host }));
}

/** RFC7239-4: `for=192.0.2.1;proto=https;host=a, for="[2001:db8::1]:4711"`. What is no pair is passed over. */
function standardHops(value: string): Hop[] {
  return splitQuoted(value, ',').map((element) => {
    const pairs = new Map(splitQuoted(element, ';').map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim().toLowerCase(), unquote(pair.slice(at + 1).trim())] as const;
    }));
    return { node: pairs.get('for') ?? '', proto: pairs.get('proto'), host: pairs.get('host') };
  });
}

function splitQuoted(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (quoted && text[i] === '\\') i += 1;
    else if (text[i] === '"') quoted = !quoted;
    else if (!quoted && text[i] === separator) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

const unquote = (text: string): string => (text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text);
const split = (text: string | undefined): string[] => (text ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '');
const last = (text: string | undefined): string | undefined => split(text).at(-1);

/** `192.0.2.1:80`, `[::1]:80`, `::1`, `192.0.2.1` → host and port. */
function splitNode(node: string): readonly [host: string, port: number] {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(node);
  if (bracketed !== null) return [bracketed[1]!, Number(bracketed[2] ?? 0)];
  const plain = /^([^:]*):(\d{1,5})$/.exec(node);
  return plain === null ? [node, 0] : [plain[1]!, Number(plain[2])];
}

const schemeOf = (proto: string | undefined): 'http' | 'https' | undefined => (proto === undefined ? undefined : /^(?:https|wss)$/i.test(proto) ? 'https' : /^(?:http|ws)$/i.test(proto) ? 'http' : undefined);
const validHost = (host: string | undefined): string | undefined => (host !== undefined && /^[A-Za-z0-9.\-_~%[\]:]+$/.test(host) ? host : undefined);
const validPrefix = (prefix: string | undefined): string | undefined => (prefix !== undefined && /^\/[\x21-\x7e]*$/.test(prefix) ? prefix.replace(/\/+$/, '') : undefined);
