import { joinOctets } from '../basics/join.ts';
import { platform } from './platform.ts';
import type { ByteTransform } from './platform.ts';

/** One way to write JSON text as octets. */
export interface Codec {
  /** The letter in the link. */
  readonly id: string;
  pack(text: string): Promise<Uint8Array>;
  /** Throws CodecError where `bytes` were not packed by this codec, or hold more than `maxBytes` of text (UTF-8). */
  unpack(bytes: Uint8Array, maxBytes: number): Promise<string>;
}

/** Octets could not be unpacked: 'damaged', or 'too-large' for what the caller accepts. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly code: 'damaged' | 'too-large';
  constructor(code: 'damaged' | 'too-large', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** UTF-8, raw deflate (RFC 1951). The octets differ from host to host, since deflate leaves choices; what they inflate to does not. */
const deflate: Codec = {
  id: 'd',
  async pack(text) {
    return joinOctets(await through(new platform.CompressionStream('deflate-raw'), new TextEncoder().encode(text), Infinity));
  },
  async unpack(bytes, maxBytes) {
    let pieces;
    try {
      pieces = await through(new platform.DecompressionStream('deflate-raw'), bytes, maxBytes);
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(joinOctets(pieces));
    } catch (error) {
      if (error instanceof CodecError) throw error;
      throw new CodecError('damaged', 'The payload is not deflated UTF-8.', { cause: error });
    }
  },
};

/** Every codec that a link was ever written with. None is ever taken out. */
export const codecs: ReadonlyMap<string, Codec> = new Map([[deflate.id, deflate]]);

/** The codec that new links are written with. */
export const currentCodec: Codec = deflate;

/**
 * Sends `bytes` through a transform and collects what comes out, up to `maxBytes`. The input goes in small pieces:
 * Chromium inflates a whole piece before it looks at back-pressure, and a piece can grow a thousandfold.
 */
async function through(transform: ByteTransform, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array[]> {
  const writer = transform.writable.getWriter();
  const reader = transform.readable.getReader();
  const feed = (async () => {
    for (let start = 0; start < bytes.length; start += 4096) await writer.write(bytes.subarray(start, start + 4096));
    await writer.close();
  })();
  // A fault shows on both sides; the reader reports it, and this side must not become an unhandled rejection meanwhile.
  feed.catch(() => {});
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    total += value!.length;
    if (total > maxBytes) {
      reader.cancel().catch(() => {});
      throw new CodecError('too-large', `The payload inflates to more than ${maxBytes} octets.`);
    }
    pieces.push(value!);
  }
  await feed;
  return pieces;
}
