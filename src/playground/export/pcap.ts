/**
 * Connections as a packet capture that Wireshark opens: what `tcpdump` would have written down beside one of the ends.
 *
 * The simulated network has no packets. Segments, their order, FIN, RST and times are facts of the trace; the handshake,
 * the acknowledgements and the link layer are what TCP adds to them. Offsets into a stream are sequence numbers: where
 * the trace has a gap, Wireshark shows a segment that was not captured.
 */
import type { TraceEvent } from '../../trace/events.ts';
import { clientProcess } from '../trace-log.ts';
import { ByteWriter } from './bytes.ts';
import { AddressBook, type ConnectionAddresses } from './pcap-addresses.ts';
import { maxPayload, tcpFlags, tcpFrame, type TcpEnd } from './tcp-frames.ts';

/** What goes into a capture. */
export interface PcapOptions {
  /** Unix time (ms) of the trace's time 0: in the page `performance.timeOrigin`. */
  readonly epochMs: number;
  /** Only this connection. Default: all. */
  readonly connection?: number;
  /** At which end the capture is taken. Default: the client's, where the trace knows it. */
  readonly side?: 'client' | 'server';
}

type Direction = 'c2s' | 's2c';

interface Frame { readonly at: number; readonly bytes: Uint8Array }

/** The connections in `events` (in causal order, as `TraceLog.events`) as the octets of a `.pcap` file. Without any: only its header. */
export function toPcap(events: readonly TraceEvent[], options: PcapOptions): Uint8Array<ArrayBuffer> {
  const sides = sidesOf(events, options.side ?? 'client');
  const addresses = new AddressBook(events);
  const captures = new Map<number, ConnectionCapture>();
  for (const event of events) {
    if (!('connection' in event) || event.connection === 0 || event.process !== sides.get(event.connection)) continue;
    if (options.connection !== undefined && event.connection !== options.connection) continue;
    let capture = captures.get(event.connection);
    if (!capture) captures.set(event.connection, (capture = new ConnectionCapture(event.connection, addresses.of(event.connection))));
    capture.take(event);
  }
  // By time, as a capture has it; the sort is stable, so a connection keeps its order.
  const frames = [...captures.values()].flatMap((capture) => capture.frames).toSorted((a, b) => a.at - b.at);
  return file(frames, options.epochMs);
}

/** For each connection, the process whose facts are taken: the client's, or the one that accepted. */
function sidesOf(events: readonly TraceEvent[], wanted: 'client' | 'server'): Map<number, string> {
  const sides = new Map<number, string>();
  for (const event of events) {
    if (!event.type.startsWith('socket.') || !('connection' in event)) continue;
    const isClient = event.process === clientProcess;
    if (!sides.has(event.connection) || isClient === (wanted === 'client')) sides.set(event.connection, event.process);
  }
  return sides;
}

/** One connection, fact by fact. */
class ConnectionCapture {
  readonly frames: Frame[] = [];
  readonly #ends: Readonly<Record<Direction, TcpEnd>>;
  /** Sequence number of the first octet of each stream: one after that of the SYN. */
  readonly #first: Readonly<Record<Direction, number>>;
  /** Octets that this end has seen of each stream; with its FIN one more. */
  readonly #seen: Record<Direction, number> = { c2s: 0, s2c: 0 };
  readonly #finished: Record<Direction, boolean> = { c2s: false, s2c: false };
  readonly #packets: Record<Direction, number> = { c2s: 0, s2c: 0 };
  #over = false;

  constructor(id: number, { client, server }: ConnectionAddresses) {
    this.#ends = { c2s: client, s2c: server };
    // Any numbers do. These differ between connections and are the same in each export.
    this.#first = { c2s: id * 0x0001_0000 + 1, s2c: id * 0x0001_0000 + 0x8000_0001 };
  }

  take(event: TraceEvent): void {
    if (this.#over) return;
    switch (event.type) {
      case 'socket.connect':
      case 'socket.accept':
        return this.#handshake(event.at);
      case 'socket.data':
        return this.#data(event.at, event.stream, event.span[0], event.bytes);
      case 'socket.eof':
        return this.#fin(event.at, event.stream, event.span[0]);
      case 'socket.close':
        return this.#close(event.at, /ECONN|EPIPE|ETIMEDOUT/.test(event.reason), event.process === clientProcess ? 'c2s' : 's2c');
      default:
        return;
    }
  }

  #handshake(at: number): void {
    const { syn, ack } = tcpFlags;
    this.#frame(at, 'c2s', syn, -1);
    this.#frame(at, 's2c', syn | ack, -1);
    this.#frame(at, 'c2s', ack, 0);
  }

  #data(at: number, stream: Direction, start: number, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += maxPayload) {
      this.#frame(at, stream, tcpFlags.psh | tcpFlags.ack, start + from, bytes.subarray(from, from + maxPayload));
    }
    this.#seen[stream] = Math.max(this.#seen[stream], start + bytes.length);
  }

  #fin(at: number, stream: Direction, end: number): void {
    if (this.#finished[stream]) return;
    this.#frame(at, stream, tcpFlags.fin | tcpFlags.ack, end);
    this.#seen[stream] = end + 1;
    this.#finished[stream] = true;
    const other = stream === 'c2s' ? 's2c' : 'c2s';
    if (this.#finished[other]) this.#frame(at, other, tcpFlags.ack, this.#seen[other]);
  }

  /** In order, or cut: then by the peer if there was an error, else by this end. */
  #close(at: number, error: boolean, own: Direction): void {
    this.#over = true;
    if (this.#finished.c2s && this.#finished.s2c && !error) return;
    const by = error === (own === 'c2s') ? 's2c' : 'c2s';
    this.#frame(at, by, tcpFlags.rst | tcpFlags.ack, this.#seen[by]);
  }

  /** `offset`: into the stream that the sender writes; -1 is the SYN. */
  #frame(at: number, stream: Direction, flags: number, offset: number, payload: Uint8Array = new Uint8Array(0)): void {
    const other = stream === 'c2s' ? 's2c' : 'c2s';
    const bytes = tcpFrame({
      from: this.#ends[stream],
      to: this.#ends[other],
      seq: this.#first[stream] + offset,
      ack: this.#first[other] + this.#seen[other],
      flags,
      payload,
      id: ++this.#packets[stream],
    });
    this.frames.push({ at, bytes });
  }
}

/** The file: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap. Little-endian, times in microseconds. */
function file(frames: readonly Frame[], epochMs: number): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter('little');
  out.u32(0xa1b2_c3d4);
  out.u16(2);
  out.u16(4);
  out.u32(0);
  out.u32(0);
  // Snapshot length: every frame is whole.
  out.u32(0x4_0000);
  // LINKTYPE_ETHERNET
  out.u32(1);
  for (const { at, bytes } of frames) {
    const microseconds = Math.round((epochMs + at) * 1000);
    out.u32(Math.floor(microseconds / 1_000_000));
    out.u32(microseconds % 1_000_000);
    out.u32(bytes.length);
    out.u32(bytes.length);
    out.bytes(bytes);
  }
  return out.take();
}
