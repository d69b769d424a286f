/**
 * permessage-deflate (RFC 7692): negotiation, and messages through zlib. The compression itself is pako's: deflate is not what
 * this product shows, and its low-level interface is synchronous and lets us stop at a limit.
 */
import { ZStream, Z_BUF_ERROR, Z_OK, Z_STREAM_END, Z_SYNC_FLUSH, zlibDeflate, zlibDeflateInit2, zlibDeflateReset, zlibInflate, zlibInflateInit2, zlibInflateReset, zlibInflateResetKeep } from 'pako';
import { joinOctets } from '../../basics/join.ts';
import type { ExtensionOffer } from './extensions.ts';

/** Agreed parameters (RFC7692-7.1). */
export interface DeflateParameters {
  /** The server compresses every message from an empty window. */
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** Base-2 logarithm of the LZ77 window: 8 to 15. */
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

const extensionName = 'permessage-deflate';

/** RFC7692-7.1.2.1: "a decimal integer value without leading zeroes between 8 to 15 inclusive". */
const windowBits = (value: string | undefined): number | undefined => (value !== undefined && /^(?:8|9|1[0-5])$/.test(value) ? Number(value) : undefined);

type Parsed = { -readonly [K in keyof DeflateParameters]?: DeflateParameters[K] } & { clientBitsHint?: boolean };

/** Parameters of one offer or answer; undefined where a parameter is unknown, repeated or has a bad value (RFC7692-7.1: decline). */
function parse(offer: ExtensionOffer, from: 'client' | 'server'): Parsed | undefined {
  const parsed: Parsed = {};
  const seen = new Set<string>();
  for (const { name, value } of offer.parameters) {
    if (seen.has(name)) return undefined;
    seen.add(name);
    const bits = windowBits(value);
    if (name === 'server_no_context_takeover' && value === undefined) parsed.serverNoContextTakeover = true;
    else if (name === 'client_no_context_takeover' && value === undefined) parsed.clientNoContextTakeover = true;
    else if (name === 'server_max_window_bits' && bits !== undefined) parsed.serverMaxWindowBits = bits;
    else if (name === 'client_max_window_bits' && bits !== undefined) parsed.clientMaxWindowBits = bits;
    // RFC7692-7.1.2.2: in an offer the parameter may come without a value: a hint that the client can obey one.
    else if (name === 'client_max_window_bits' && value === undefined && from === 'client') parsed.clientBitsHint = true;
    else return undefined;
  }
  return parsed;
}

/**
 * The server's answer to a client's offers: the first acceptable one wins (RFC7692-5.1). `field` is the element for the
 * response's Sec-WebSocket-Extensions.
 */
export function acceptOffer(offers: readonly ExtensionOffer[]): { readonly parameters: DeflateParameters; readonly field: string } | undefined {
  for (const offer of offers) {
    if (offer.name !== extensionName) continue;
    const asked = parse(offer, 'client');
    // zlib cannot deflate with an 8-bit window (it silently takes 9), so an offer that demands it is declined.
    if (!asked || asked.serverMaxWindowBits === 8) continue;
    const parameters: DeflateParameters = {
      serverNoContextTakeover: asked.serverNoContextTakeover ?? false,
      clientNoContextTakeover: asked.clientNoContextTakeover ?? false,
      serverMaxWindowBits: asked.serverMaxWindowBits ?? 15,
      clientMaxWindowBits: asked.clientMaxWindowBits ?? 15,
    };
    let field = extensionName;
    if (parameters.serverNoContextTakeover) field += '; server_no_context_takeover';
    if (parameters.clientNoContextTakeover) field += '; client_no_context_takeover';
    if (asked.serverMaxWindowBits !== undefined) field += `; server_max_window_bits=${asked.serverMaxWindowBits}`;
    if (asked.clientMaxWindowBits !== undefined) field += `; client_max_window_bits=${asked.clientMaxWindowBits}`;
    return { parameters, field };
  }
  return undefined;
}

/** What a client of ours offers. */
export const clientOffer = `${extensionName}; client_max_window_bits`;

/** The server's answer as the client reads it; undefined: not acceptable, fail the connection (RFC7692-7.1). */
export function readAnswer(answer: ExtensionOffer): DeflateParameters | undefined {
  const told = answer.name === extensionName ? parse(answer, 'server') : undefined;
  if (!told) return undefined;
  return {
    serverNoContextTakeover: told.serverNoContextTakeover ?? false,
    clientNoContextTakeover: told.clientNoContextTakeover ?? false,
    serverMaxWindowBits: told.serverMaxWindowBits ?? 15,
    clientMaxWindowBits: told.clientMaxWindowBits ?? 15,
  };
}

const chunkSize = 16_384;
const syncTail = Uint8Array.of(0x00, 0x00, 0xff, 0xff);

/** Z_DEFLATED, the only method there is; Z_DEFAULT_STRATEGY. */
const method = 8;
const strategy = 0;

/** Compresses messages of one direction. */
export class MessageDeflater {
  readonly #stream = new ZStream();
  readonly #reset: boolean;

  constructor(bits: number, noContextTakeover: boolean) {
    // Raw deflate is asked for by a negative windowBits; zlib has no 8-bit window for deflate.
    zlibDeflateInit2(this.#stream, 6, method, -Math.max(9, bits), 8, strategy);
    this.#reset = noContextTakeover;
  }

  /** RFC7692-7.2.1: deflate, flush to an octet boundary, drop the final 00 00 FF FF. Returns fresh bytes. */
  message(payload: Uint8Array): Uint8Array {
    const stream = this.#stream;
    stream.input = payload;
    stream.next_in = 0;
    stream.avail_in = payload.length;
    const pieces: Uint8Array[] = [];
    do {
      stream.output = new Uint8Array(chunkSize);
      stream.next_out = 0;
      stream.avail_out = chunkSize;
      zlibDeflate(stream, Z_SYNC_FLUSH);
      pieces.push(stream.output.subarray(0, stream.next_out));
    } while (stream.avail_out === 0);
    if (this.#reset) zlibDeflateReset(stream);
    const whole = joinOctets(pieces);
    return whole.subarray(0, whole.length - syncTail.length);
  }
}

/** Why a message cannot be inflated further. `unfinished`: it ended inside a block. */
export type InflateProblem = 'too big' | 'bad data' | 'unfinished';

/** In `data_type`, zlib's word on where it stands: just behind a block that is not the last, and no bits left over. */
const betweenBlocks = 128;

/**
 * Inflates messages of one direction, piece by piece, never beyond a limit: a kilobyte can inflate to a megabyte. What comes out, and what is refused, does not
 * depend on how a message is cut. After a problem it is of no more use.
 */
export class MessageInflater {
  readonly #stream = new ZStream();
  readonly #window: number;
  readonly #reset: boolean;
  /** No block is under way. */
  #complete = true;

  constructor(bits: number, noContextTakeover: boolean) {
    this.#window = 1 << bits;
    this.#reset = noContextTakeover;
    zlibInflateInit2(this.#stream, -bits);
    this.#limitDistances();
  }

  /**
   * Take a piece of compressed payload. `room`: octets the message may still grow by. Returns what came out, no more than that, and why no more can follow.
   * `last`: the message's final piece: the dropped 00 00 FF FF is put back (RFC7692-7.2.2).
   */
  push(piece: Uint8Array, last: boolean, room: number): { readonly bytes: Uint8Array; readonly problem: InflateProblem | undefined } {
    const pieces: Uint8Array[] = [];
    const result = this.#inflate(piece, room, pieces);
    const bytes = joinOctets(pieces).subarray(0, room);
    if (typeof result === 'string') return { bytes, problem: result };
    // RFC7692-7.2.1: behind a message that was flushed this ends an empty block. Anything else it would be taken for is not the peer's, and the next message would be
    // taken for the rest of this one.
    if (last && (this.#inflate(syncTail, 0, []) !== 0 || !this.#complete)) return { bytes, problem: 'unfinished' };
    if (last && this.#reset) {
      zlibInflateReset(this.#stream);
      this.#limitDistances();
    }
    return { bytes, problem: undefined };
  }

  /** Inflate all of `input`, or until more than `room` octets have come out. Pushes them in `pieces`, and returns how many there are or what is wrong. */
  #inflate(input: Uint8Array, room: number, pieces: Uint8Array[]): number | InflateProblem {
    const stream = this.#stream;
    stream.input = input;
    stream.next_in = 0;
    stream.avail_in = input.length;
    let produced = 0;
    stream.avail_out = 0;
    for (;;) {
      // A block may be empty, so there is new room only where the old is used up.
      if (stream.avail_out === 0) {
        stream.output = new Uint8Array(chunkSize);
        stream.next_out = 0;
        stream.avail_out = chunkSize;
      }
      const from = stream.next_out;
      const status = zlibInflate(stream, Z_SYNC_FLUSH);
      if (stream.next_out > from) pieces.push(stream.output.subarray(from, stream.next_out));
      produced += stream.next_out - from;
      if (produced > room) return 'too big';
      if (status === Z_BUF_ERROR) return produced; // there was nothing to do
      this.#complete = status === Z_STREAM_END || stream.data_type === betweenBlocks;
      if (status === Z_STREAM_END) {
        // RFC7692-7.2.3.4: a block with BFINAL is legal inside a message; the window lives on.
        zlibInflateResetKeep(stream);
        this.#limitDistances();
        if (stream.avail_in === 0) return produced;
      } else if (status !== Z_OK) {
        return 'bad data';
      } else if (stream.avail_out > 0) {
        return produced; // nothing more can come out of what went in
      }
    }
  }

  /**
   * RFC7692-7.1.2.1, 7.1.2.2: the peer promised to refer back no further than this. zlib by itself would also follow a distance into what the same call has put out, which
   * may be more than the window: cut elsewhere, the same message would be refused. So it is given the limit that it takes from the header of a zlib stream, where there is one.
   */
  #limitDistances(): void {
    (this.#stream.state as { dmax: number }).dmax = this.#window;
  }
}
