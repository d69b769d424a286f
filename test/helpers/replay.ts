/** Plays a case of `test/cases/http1` on a real `Connection`, and writes down what it said. */
import { Connection, type ConnectionOptions } from '../../src/core/http1/connection.ts';
import { LocalProtocolError, RemoteProtocolError } from '../../src/core/http1/errors.ts';
import type { FieldPairs, Framing, ReceivedEvent, Request, Response, SentEvent } from '../../src/core/http1/events.ts';
import type { Fields } from '../../src/core/http1/headers.ts';
import type { Leniency } from '../../src/core/http1/leniency.ts';
import type { Limits } from '../../src/core/http1/limits.ts';
import type { Span, TraceInput } from '../../src/trace/events.ts';
import type { Tracer } from '../../src/trace/tracer.ts';
import { type Case, escapeOctets, readInput, type Step, unescapeOctets } from './cases.ts';
import { type Cuts, pieces } from './cuts.ts';

/** What a case comes to: the text of its `events` and `wire` fences, in order. */
export type Outcome = readonly string[];

/** Where the `http` fences of a case may be cut: total length of their octets. */
export const inputLength = (one: Case): number => one.steps.filter(({ kind }) => kind === 'http').reduce((sum, { text }) => sum + readInput(text).bytes.length, 0);

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const show = (text: string): string => escapeOctets(latin1(text));
const span = ([start, end]: Span): string => `[${start}, ${end})`;
const framing = ({ kind, length }: Framing): string => (kind === 'content-length' ? `${kind} ${length}` : kind);

/** Play `one` with its input cut at `cuts` (offsets over all its `http` fences together). */
export function replay(one: Case, cuts: Cuts): Outcome {
  const player = new Player(one);
  let offset = 0;
  for (const step of one.steps) {
    if (step.kind === 'http') {
      const { bytes, eof } = readInput(step.text);
      player.receive(bytes, cuts.filter((at) => at > offset && at < offset + bytes.length).map((at) => at - offset), eof);
      offset += bytes.length;
    } else if (step.kind === 'send') player.send(step.text);
    else player.expect();
  }
  return player.outcome;
}

class Player {
  readonly outcome: string[] = [];
  readonly #connection: Connection;
  readonly #lines: string[] = [];
  #data: { bytes: number[]; start: number; end: number } | undefined;
  readonly #shows: readonly string[];
  readonly #asked: string[];
  /** Without `send` fences a server answers each complete request with 204, so that the next may come. */
  readonly #answers: boolean;
  #stopped = false;
  #last = '';
  #steps: number;

  constructor(one: Case) {
    const { settings } = one;
    const role = settings['role'] === 'client' ? 'client' : 'server';
    this.#shows = (settings['show'] ?? '').split(/,\s*/);
    this.#asked = (settings['asked'] ?? '').split(/,\s*/).filter((ask) => ask !== '');
    this.#answers = role === 'server' && !one.steps.some(({ kind }) => kind === 'send');
    this.#steps = one.steps.filter(isExpectation).length;
    this.#connection = new Connection({
      role,
      limits: parsePairs<Limits>(settings['limits'], Number),
      leniency: parsePairs<Leniency>(settings['lenient']?.replace(/(\w+)/g, '$1=1'), () => true),
      ...parsePairs<ConnectionOptions>(settings['options']?.replace(/(\w+)/g, '$1=1'), () => true),
      tracer: this.#tracer,
    });
    this.#ask();
  }

  receive(bytes: Uint8Array, cuts: Cuts, eof: boolean): void {
    for (const piece of pieces(bytes, cuts)) {
      this.#connection.receiveData(piece);
      this.#drain();
    }
    if (eof) this.#connection.receiveEof();
    this.#drain();
  }

  /** An `events` or `wire` fence: what was said since the last one. */
  expect(): void {
    this.#flush();
    this.#steps -= 1;
    if (this.#last !== '') this.#lines.push(this.#last);
    this.#last = '';
    if (this.#steps === 0) {
      const connection = this.#connection;
      const { bytes, eof } = connection.trailingData;
      if (bytes.length > 0) this.#lines.push(`rest ${escapeOctets(bytes)}${eof ? ' eof' : ''}`);
      const [client, server] = connection.role === 'server' ? [connection.theirState, connection.ourState] : [connection.ourState, connection.theirState];
      this.#lines.push(`client ${client}, server ${server}${connection.mustClose ? ', must close' : ''}`);
    }
    this.outcome.push(this.#lines.join('\n'));
    this.#lines.length = 0;
  }

  send(text: string): void {
    this.#flush();
    let wire = '';
    for (const event of parseSend(text)) {
      try {
        if (event === 'cycle') this.#connection.startNextCycle();
        else wire += escapeOctets(this.#connection.send(event));
      } catch (error) {
        if (!(error instanceof LocalProtocolError)) throw error;
        wire += `\nmisuse ${error.code} ${error.clause}\n`;
      }
    }
    const lines = wire.replaceAll('\\r\\n', '\\r\\n\n').split('\n').filter((line) => line !== '');
    this.#lines.push(...lines);
    this.#stopped = false;
  }

  #drain(): void {
    while (!this.#stopped) {
      let event: ReceivedEvent;
      try {
        event = this.#connection.nextEvent();
      } catch (error) {
        // The invariant of all: parsed, or refused with RemoteProtocolError.
        if (!(error instanceof RemoteProtocolError)) throw error;
        this.#line(`error ${error.code} ${error.status} ${error.clause} ${span(error.span)}`);
        this.#stopped = true;
        return;
      }
      this.#last = '';
      switch (event.type) {
        case 'need-data': return;
        case 'paused':
          this.#last = 'paused';
          return;
        case 'closed':
          this.#line('closed');
          this.#stopped = true;
          return;
        case 'data':
          this.#addData(event.bytes, event.span!);
          break;
        case 'request':
        case 'response':
        case 'informational':
          this.#head(event);
          break;
        case 'end':
          this.#line(`end ${span(event.span!)}`);
          if (event.trailers !== undefined) this.#fields('trailer', event.trailers as Fields);
          if (this.#answers) this.#answer();
          else if (this.#connection.role === 'client') this.#askAgain();
          break;
      }
    }
  }

  #head(event: Request | Response): void {
    const { version } = event;
    const keep = event.keepAlive ? 'keep' : 'close';
    if (event.type === 'request') {
      this.#line(`request ${event.method} ${show(event.target)} ${(version / 10).toFixed(1)} ${framing(event.framing)} ${keep}${event.expects100 ? ' expects-100' : ''} ${span(event.span)}`);
      if (this.#shows.includes('target')) {
        const { form, scheme, authority, path, query } = event.targetParts;
        const part = (range: readonly [number, number] | undefined): string => (range === undefined ? '-' : JSON.stringify(event.target.slice(...range)));
        this.#line(`target ${form}${scheme === '' ? '' : ` ${scheme}`} authority ${part(authority)} path ${part(path)} query ${part(query)}`);
      }
    } else this.#line(`${event.type} ${event.status} ${show(event.reason)} ${(version / 10).toFixed(1)} ${framing(event.framing)} ${keep} ${span(event.span)}`);
    if (this.#shows.includes('fields')) this.#fields('field', event.headers);
  }

  #fields(kind: string, fields: Fields): void {
    for (let i = 0; i < fields.length; i += 1) {
      this.#line(`${kind} ${fields.name(i)}: ${show(fields.value(i))} ${span(fields.nameSpan(i))} ${span(fields.valueSpan(i))}${fields.nameHasUnderscore(i) ? ' underscore' : ''}`);
    }
  }

  /** Adjacent stretches of data are one: how many there are is the cut's doing. */
  #addData(bytes: Uint8Array, [start, end]: Span): void {
    const data = this.#data;
    if (data !== undefined && data.end === start) {
      data.bytes.push(...bytes);
      data.end = end;
      return;
    }
    this.#flush();
    this.#data = { bytes: [...bytes], start, end };
  }

  #flush(): void {
    const data = this.#data;
    this.#data = undefined;
    if (data !== undefined) this.#lines.push(`data ${escapeOctets(Uint8Array.from(data.bytes))} ${span([data.start, data.end])}`);
  }

  #line(line: string): void {
    this.#flush();
    this.#lines.push(line);
  }

  #answer(): void {
    const connection = this.#connection;
    // An offer to switch is the case's own business.
    if (connection.theirState === 'MIGHT_SWITCH') return;
    if (connection.ourState !== 'SEND_RESPONSE') return;
    connection.send({ type: 'response', status: 204, reason: 'No Content', headers: [] });
    connection.send({ type: 'end' });
    if (!connection.mustClose) connection.startNextCycle();
  }

  /** Client: send the next of the requests of the `asked` setting. */
  #ask(): void {
    const [method, target] = (this.#asked.shift() ?? '').split(' ');
    if (method === undefined || target === undefined) return;
    const headers: FieldPairs = [['Host', 'a'], ...(this.#shows.includes('upgrade') ? ([['Connection', 'upgrade'], ['Upgrade', 'other']] as const) : [])];
    this.#connection.send({ type: 'request', method, target, headers });
    this.#connection.send({ type: 'end' });
  }

  #askAgain(): void {
    if (this.#connection.mustClose || this.#asked.length === 0 || this.#connection.ourState !== 'DONE') return;
    this.#connection.startNextCycle();
    this.#ask();
  }

  get #tracer(): Tracer {
    const tokens = this.#shows.includes('tokens');
    const trace = this.#shows.includes('trace');
    return {
      enabled: true,
      clock: 0,
      witness: () => {},
      token: (token, _connection, exchange, stream, start, end) => {
        if (end <= start) throw new Error(`empty token ${token}`);
        // Data is split by cuts; its tokens are compared as the data events are.
        if (!tokens || token === 'body') return;
        const line = `  ${exchange} ${stream} ${token} `;
        const last = this.#lines.at(-1);
        // What is ignored comes as it was cut, too.
        if (token === 'ignored' && last?.startsWith(line) === true && last.endsWith(`${start})`)) this.#lines[this.#lines.length - 1] = last.replace(/\d+\)$/, `${end})`);
        else this.#line(line + span([start, end]));
      },
      emit: (event: TraceInput) => {
        if (event.type === 'http.dropped') this.#line(`dropped ${event.name} ${event.clause} ${span(event.span)}`);
        else if (trace && event.type === 'http.state') this.#line(`  ${event.role} ${event.from} -> ${event.to}: ${event.cause}`);
        else if (trace && event.type === 'http.framing') this.#line(`  ${event.stream} framing ${event.framing} ${event.clause}`);
      },
    };
  }
}

export const isExpectation = ({ kind }: Step): boolean => kind === 'events' || kind === 'wire';

function parsePairs<T>(text: string | undefined, read: (value: string) => unknown): Partial<T> {
  return Object.fromEntries((text ?? '').split(/,\s*/).filter((pair) => pair !== '').map((pair) => [pair.split('=')[0], read(pair.split('=')[1]!)])) as Partial<T>;
}

/** Lines of a `send` fence: an event, then its fields as `| Name: value`. */
function parseSend(text: string): (SentEvent | 'cycle')[] {
  const events: (SentEvent | 'cycle')[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i]!;
    const fields: [string, string][] = [];
    while (lines[i + 1]?.startsWith('| ')) {
      i += 1;
      const field = lines[i]!.slice(2);
      const colon = field.indexOf(':');
      fields.push([field.slice(0, colon), String.fromCharCode(...unescapeWide(field.slice(colon + 1).replace(/^ /, '')))]);
    }
    const [word, rest] = /^(\S+) ?(.*)$/.exec(line)!.slice(1) as [string, string];
    switch (word) {
      case 'request': {
        const [method, target, version] = rest.split(' ') as [string, string, string?];
        events.push({ type: 'request', method, target: String.fromCharCode(...unescapeWide(target)), headers: fields, ...(version === '1.0' ? { version: 10 } : {}) });
        break;
      }
      case 'response':
      case 'informational':
        events.push({ type: word, status: Number(rest.slice(0, 3)), reason: String.fromCharCode(...unescapeWide(rest.slice(4))), headers: fields });
        break;
      case 'data':
        events.push({ type: 'data', bytes: unescapeOctets(rest) });
        break;
      case 'end':
        events.push(fields.length > 0 ? { type: 'end', trailers: fields } : { type: 'end' });
        break;
      case 'closed':
        events.push({ type: 'closed' });
        break;
      case 'cycle':
        events.push('cycle');
        break;
      default: throw new Error(`cannot send ${line}`);
    }
  }
  return events;
}

/** As {@link unescapeOctets}, with `\uHHHH` for what does not fit in an octet. */
const unescapeWide = (text: string): number[] => text.split(/\\u([0-9a-f]{4})/).flatMap((part, i) => (i % 2 === 1 ? [parseInt(part, 16)] : [...unescapeOctets(part)]));
