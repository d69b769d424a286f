import { joinOctets } from '../../src/basics/join.ts';
import type { DuplexSocket, SocketError, SocketHandler } from '../../src/net/socket.ts';

/** A handler that writes down what it is told, and objects to what a socket must never do. */
export class Collector implements SocketHandler {
  readonly segments: Uint8Array[] = [];
  readonly calls: string[] = [];
  eofs = 0;
  drains = 0;
  closes = 0;
  error: SocketError | undefined;
  /** Broken promises: anything after onClose, data after onEof, a call from within the owner's own call. */
  readonly complaints: string[] = [];
  readonly closed: Promise<void>;
  #markClosed!: () => void;
  /** True while the owner is inside a call on its socket. */
  inside = false;
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  onDrained: (() => void) | undefined;
  onEnded: (() => void) | undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
  }

  #note(call: string): void {
    this.calls.push(call);
    if (this.closes > 0) this.complaints.push(`${call} after onClose`);
    if (this.inside) this.complaints.push(`${call} from within the owner's own call`);
  }

  onData(bytes: Uint8Array): void {
    this.#note('data');
    if (this.eofs > 0) this.complaints.push('data after onEof');
    if (bytes.length === 0) this.complaints.push('an empty segment');
    this.segments.push(bytes.slice());
    this.onBytes?.(bytes);
  }

  onEof(): void {
    this.#note('eof');
    if (this.eofs > 0) this.complaints.push('onEof twice');
    this.eofs += 1;
    this.onEnded?.();
  }

  onDrain(): void {
    this.#note('drain');
    this.drains += 1;
    this.onDrained?.();
  }

  onClose(error?: SocketError): void {
    this.#note('close');
    this.closes += 1;
    this.error = error;
    this.#markClosed();
  }

  get bytes(): Uint8Array {
    return joinOctets(this.segments);
  }
  get size(): number {
    return this.segments.reduce((sum, segment) => sum + segment.length, 0);
  }
  get text(): string {
    return new TextDecoder('latin1').decode(this.bytes);
  }

  /** Open `socket` with this. */
  attach(socket: DuplexSocket): this {
    this.do(() => socket.open(this));
    return this;
  }

  /** Make a call on the socket; being called back from within it is a complaint. */
  do<T>(call: () => T): T {
    this.inside = true;
    try {
      return call();
    } finally {
      this.inside = false;
    }
  }
}

/** `count` octets that tell where they are: losing, doubling or swapping any of them shows. */
export function pattern(start: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) bytes[i] = ((start + i) * 2_654_435_761) >>> 24;
  return bytes;
}

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Assert equality of long byte arrays quickly, naming the first octet that differs. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual, expected) === 0) return;
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at += 1;
  throw new Error(`bytes differ at ${at}: got ${actual.length} octets, wanted ${expected.length}`);
}
