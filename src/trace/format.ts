import type { ContextEntry, ErrorFacts, Provenance, SourceSite, Span, Stream, TraceEvent, TraceInput } from './events.ts';
import { notation, plainOrQuoted as word, quoteBytes, quoteText } from './quote.ts';

/**
 * The trace as text, one line per event: for `--trace`, the copy button and golden tests.
 *
 *          0.213  worker-1    2.1  http.request      c2s 0-41 "POST /a HTTP/1.1" fields=3
 *         time/ms  process    connection.exchange  event  what it says
 *
 * Columns are padded, so that a column of `grep` output lines up; text is quoted and escaped, so that a line stays one
 * line and a terminal stays as it was. An `environ` or `scope` takes a line per entry, each a full line of its own kind.
 */

/** What is shown. */
export interface FormatOptions {
  /** Show the time. Default true; golden tests leave it out. */
  readonly time?: boolean;
  /** Show the process. Default true. */
  readonly process?: boolean;
  /** Octets shown of a segment, characters of a text. Default 256; Infinity: all. */
  readonly most?: number;
  /** Finds the octets of a token, which the trace itself does not repeat. Without it only their place is shown. */
  readonly bytesOf?: (connection: number, stream: Stream, span: Span) => Uint8Array | undefined;
}

/** Widths of the columns. The event column fits `http.informational`. */
const widths = { time: 11, process: 9, subject: 6, type: 18 } as const;

/** The lines of one event, without line ends: one, and for `gateway.environ` and `gateway.scope` one more per entry. */
export function formatEvent(event: TraceEvent, options: FormatOptions = {}): string {
  const columns: string[] = [];
  if (options.time !== false) columns.push(event.at.toFixed(3).padStart(widths.time));
  if (options.process !== false) columns.push(word(event.process).padEnd(widths.process));
  columns.push(subject(event).padEnd(widths.subject), event.type.padEnd(widths.type));
  const start = columns.join('  ');
  const lines = details(event, options);
  return (typeof lines === 'string' ? [lines] : lines).map((line) => `${start}  ${line}`.trimEnd()).join('\n');
}

/** Many events; every line ends with a newline. */
export const formatTrace = (events: readonly TraceEvent[], options: FormatOptions = {}): string =>
  events.map((event) => `${formatEvent(event, options)}\n`).join('');

/** `connection.exchange`, `connection` before the first exchange, `-` where it is about no connection. */
function subject(event: TraceEvent): string {
  if (!('connection' in event) || event.connection === 0) return '-';
  return event.exchange === 0 ? String(event.connection) : `${event.connection}.${event.exchange}`;
}

/** The rest of the line. One function, one case per event, so that nothing is forgotten. */
function details(event: TraceInput, options: FormatOptions): string | string[] {
  const most = options.most ?? 256;
  const quote = (text: string): string => quoteText(text, most);
  switch (event.type) {
    case 'socket.listen': return `${event.address} backlog=${event.backlog}`;
    case 'socket.connect': return `${event.local} -> ${event.remote}`;
    case 'socket.accept': return `${event.local} <- ${event.remote}`;
    case 'socket.data': return `${event.flow} ${place(event)} ${quoteBytes(event.bytes, most)}`;
    case 'socket.eof': return `${event.flow} ${place(event)}`;
    case 'socket.close': return quote(event.reason);
    case 'socket.pressure': return `${event.state} buffered=${event.buffered}`;
    case 'socket.call': return `${event.call}(${notation(event.args)}) = ${notation(event.result)} fd=${event.fd} ms=${event.ms.toFixed(3)}${event.error === undefined ? '' : ` error=${word(event.error)}`}${site(event.site)}`;
    case 'http.token': {
      const bytes = options.bytesOf?.(event.connection, event.stream, event.span);
      return `${place(event)} ${event.token}${bytes ? ` ${quoteBytes(bytes, most)}` : ''}`;
    }
    case 'http.request':
    case 'http.response':
    case 'http.informational': return `${place(event)} ${quote(event.line)} fields=${event.fields}`;
    case 'http.framing': return `${event.stream} ${event.framing}${event.length >= 0 ? ` length=${event.length}` : ''} ${clause(event.clause)}`;
    case 'http.data': return `${place(event)} octets=${event.span[1] - event.span[0]}`;
    case 'http.end': return `${place(event)} trailers=${event.trailers}`;
    case 'http.state':
    case 'ws.state': return `${event.role} ${event.from} -> ${event.to} on ${quote(event.cause)}`;
    case 'http.dropped': return `${place(event)} ${word(event.name)} ${clause(event.clause)}`;
    case 'http.error':
    case 'ws.error': return `${place(event)} by=${event.by} ${facts(event, quote)}`;
    case 'ws.frame': {
      const flags = [event.fin ? 'fin' : 'more', event.masked ? 'masked' : 'unmasked', ...(event.compressed ? ['compressed'] : [])];
      return `${place(event)} ${event.opcode} ${flags.join(' ')} length=${event.length}`;
    }
    case 'ws.message': return `${place(event)} ${event.kind} size=${event.size} frames=${event.frames} ${quote(event.detail)}`;
    case 'gateway.environ':
    case 'gateway.scope': return [`entries=${event.entries.length}`, ...event.entries.map((entry) => contextEntry(entry, quote))];
    case 'app.call': return `${event.interface} ${word(event.name)}`;
    case 'app.return': return `${word(event.kind)} ms=${event.ms.toFixed(3)}`;
    case 'app.start': return [quote(event.status), ...event.headers.map(([name, value]) => `${word(name)}: ${quote(value)}`)].join(' ') + site(event.site);
    case 'app.body': return `${event.via} size=${event.size} ${event.more ? 'more' : 'last'}${site(event.site)}`;
    case 'app.read': return `${word(event.call)} size=${event.size}${site(event.site)}`;
    case 'app.message': return `${event.direction} ${word(event.message)}${event.detail === '' ? '' : ` ${quote(event.detail)}`}${site(event.site)}`;
    case 'app.close': return '';
    case 'app.error': return `${word(event.name)} ${quote(event.message)} stage=${word(event.stage)}${site(event.site)}`;
    case 'app.violation': return `${event.code} ${clause(event.clause)} ${quote(event.message)} ${quote(event.advice)}${event.given === undefined ? '' : ` given=${quote(event.given)}`}${event.expected === undefined ? '' : ` expected=${quote(event.expected)}`}${site(event.site)}`;
    case 'process.start':
    case 'process.ready':
    case 'process.exit':
    case 'process.beat':
    case 'process.silent':
    case 'process.kill':
    case 'process.reload': return quote(event.detail);
    case 'log': return `${event.source} ${event.level} ${quote(event.text)}${event.partial ? ' partial' : ''}${site(event.site)}`;
    case 'trace.gap': return `${event.count} events were dropped here`;
  }
}

/** `c2s 0-41`: the stream and the half-open span in it. */
const place = (event: { readonly stream: Stream; readonly span: Span }): string => `${event.stream} ${span(event.span)}`;

const span = ([start, end]: Span): string => `${start}-${end}`;

/** Clause ids are words; titles of PEP sections are not. */
const clause = (id: string): string => `clause=${word(id)}`;

const facts = (error: ErrorFacts, quote: (text: string) => string): string =>
  `${error.code} status=${error.status} ${clause(error.clause)} offset=${error.offset} ${quote(error.message)} ${quote(error.advice)}`;

const contextEntry = (entry: ContextEntry, quote: (text: string) => string): string =>
  `${word(entry.key)} = ${entry.kind === 'str' || entry.kind === 'bytes' ? quote(entry.value) : notation(entry.value)} ${origin(entry.origin)}`;

function origin(from: Provenance): string {
  switch (from.from) {
    case 'bytes': return `from=${[from.stream, ...from.spans.map(span)].join(' ')}`;
    case 'setting': return `from=setting:${word(from.name)}`;
    case 'gateway': return 'from=gateway';
  }
}

const site = (place: SourceSite | undefined): string =>
  place === undefined ? '' : ` at ${word(place.file)}:${place.line}${place.column === undefined ? '' : `:${place.column}`}${place.name === undefined ? '' : ` in ${word(place.name)}`}`;
