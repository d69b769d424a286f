/**
 * `--verbose-wire`: each request and response as `curl -v` shows them, seen from the server. Heads in full, content by its size:
 *
 *     * Connection #1 from 127.0.0.1:49152
 *     > GET / HTTP/1.1
 *     > Host: 127.0.0.1:8000
 *     >
 *     < HTTP/1.1 200 OK
 *     < Content-Length: 2
 *     <
 *     } [2 bytes data]
 *     * Connection #1 closed: closed in order
 */
import type { Stream, TraceInput } from '../trace/events.ts';
import { notation } from '../trace/quote.ts';
import type { Tracer } from '../trace/tracer.ts';
import { RecentBytes } from './recent-bytes.ts';

class WireTracer implements Tracer {
  readonly enabled = true;
  readonly clock = 0;
  readonly #write: (text: string) => void;
  readonly #recent = new RecentBytes();
  #waiting: TraceInput[] = [];
  /** Connection of the line before: where it changes, that is said. */
  #connection = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  witness(): void {}
  token(): void {}

  emit(event: TraceInput): void {
    switch (event.type) {
      case 'socket.data':
        this.#recent.add(event.connection, event.stream, event.span[0], event.bytes);
        break;
      case 'socket.accept':
      case 'socket.close':
      case 'http.request':
      case 'http.response':
      case 'http.informational':
      case 'http.data':
      case 'http.error':
        break;
      default: return;
    }
    // A head is told before its octets have passed the socket.
    if (this.#waiting.length === 0) setImmediate(() => this.flush());
    this.#waiting.push(event);
  }

  flush(): void {
    const events = this.#waiting;
    this.#waiting = [];
    this.#write(events.map((event) => this.#text(event)).join(''));
  }

  #text(event: TraceInput): string {
    if (!('connection' in event)) return '';
    const { connection } = event;
    const text = this.#lines(event);
    if (text === '' || event.type === 'socket.accept' || event.type === 'socket.close' || connection === this.#connection) {
      if (text !== '') this.#connection = connection;
      return text;
    }
    this.#connection = connection;
    return `* Connection #${connection}\n${text}`;
  }

  #lines(event: TraceInput): string {
    switch (event.type) {
      case 'socket.accept': return `* Connection #${event.connection} from ${event.remote}\n`;
      case 'socket.close':
        this.#recent.forget(event.connection);
        return `* Connection #${event.connection} closed: ${event.reason}\n`;
      case 'http.request':
      case 'http.response':
      case 'http.informational': return this.#head(event.connection, event.stream, event.span);
      case 'http.data': return `${event.stream === 'c2s' ? '{' : '}'} [${event.span[1] - event.span[0]} bytes data]\n`;
      case 'http.error': return `* ${event.status} ${event.code} at byte ${event.offset} (${event.clause}): ${event.message}\n`;
      default: return '';
    }
  }

  #head(connection: number, stream: Stream, span: readonly [number, number]): string {
    const bytes = this.#recent.find(connection, stream, span);
    if (bytes === undefined) return '';
    const mark = stream === 'c2s' ? '>' : '<';
    // A terminal must not be told what to do by whoever sends a request.
    return Buffer.from(bytes).toString('latin1').replace(/\r?\n$/, '').split(/\r?\n/).map((line) => `${mark} ${notation(line)}`.trimEnd() + '\n').join('');
  }
}

/** A tracer that hands text to `write`. What is still waiting is written when the process exits. */
export function printWire(write: (text: string) => void): Tracer {
  const tracer = new WireTracer(write);
  process.on('exit', () => tracer.flush());
  return tracer;
}
