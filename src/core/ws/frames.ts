/**
 * The frame of RFC 6455 §5.2, on its own: header to bytes and back, masking. No state; `connection.ts` keeps that.
 *
 *       0                   1                   2                   3
 *      +-+-+-+-+-------+-+-------------+-------------------------------+
 *      |F|R|R|R| opcode|M| length (7)  |  length (16 or 64, if 126/127) |
 *      |I|S|S|S|  (4)  |A|             |  masking key (32, if MASK)     |
 *      |N|V|V|V|       |S|             |  payload …                     |
 *      +-+-+-+-+-------+-+-------------+-------------------------------+
 */

/** Opcodes by name (RFC6455-5.2, §11.8). */
export const opcodes = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** Name of a defined opcode. */
export type Opcode = keyof typeof opcodes;

const names = new Map<number, Opcode>(Object.entries(opcodes).map(([name, code]) => [code, name as Opcode]));

/** Name of an opcode, undefined for the reserved ones (3-7, B-F). */
export const opcodeName = (code: number): Opcode | undefined => names.get(code);

/** Control frames have the high bit of the opcode set (RFC6455-5.5). */
export const isControl = (code: number): boolean => (code & 0x8) !== 0;

/** A frame header as it stands on the wire. */
export interface FrameHeader {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  /** 0 to 15; see {@link opcodeName}. */
  readonly opcode: number;
  readonly masked: boolean;
  /** Payload octets; Infinity where the 64-bit length is beyond what a number holds. */
  readonly length: number;
  /** Octets that encode the length: 1, 3 or 9 (the 7-bit field counts as one octet with MASK). */
  readonly lengthOctets: 1 | 3 | 9;
  /** The most significant bit of a 64-bit length is set, which RFC6455-5.2 forbids. */
  readonly lengthSignBit: boolean;
  /** Octets of the whole header, masking key included. */
  readonly size: number;
}

/** The longest header: 2 + 8 + 4 octets. */
export const maxHeaderSize = 14;

/** How many octets the header takes, once its first two are known. */
export const headerSize = (second: number): number => {
  const length = second & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
};

/** Read a header that is complete in `bytes` from `at`. Checks nothing: that is the connection's job, which knows the role. */
export function readHeader(bytes: Uint8Array, at = 0): FrameHeader {
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  const short = second & 0x7f;
  let length = short;
  if (short === 126) {
    length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
  } else if (short === 127) {
    length = 0;
    for (let i = 2; i < 10; i++) length = length * 256 + bytes[at + i]!;
    if (length > Number.MAX_SAFE_INTEGER) length = Infinity;
  }
  return {
    fin: (first & 0x80) !== 0,
    rsv1: (first & 0x40) !== 0,
    rsv2: (first & 0x20) !== 0,
    rsv3: (first & 0x10) !== 0,
    opcode: first & 0x0f,
    masked: (second & 0x80) !== 0,
    length,
    lengthOctets: short === 126 ? 3 : short === 127 ? 9 : 1,
    lengthSignBit: short === 127 && (bytes[at + 2]! & 0x80) !== 0,
    size: headerSize(second),
  };
}

/** What a frame to be written looks like. */
export interface FrameToWrite {
  readonly opcode: Opcode;
  readonly payload: Uint8Array;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  /** Four octets: the frame is masked (clients must, servers must not). */
  readonly mask?: Uint8Array;
}

/** A frame's octets. The length takes the fewest octets possible (RFC6455-5.2: "the minimal number of bytes MUST be used"). */
export function writeFrame(frame: FrameToWrite): Uint8Array {
  const { payload, mask } = frame;
  const length = payload.length;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = 2 + extended + (mask ? 4 : 0);
  const out = new Uint8Array(start + length);
  out[0] = ((frame.fin ?? true) ? 0x80 : 0) | (frame.rsv1 ? 0x40 : 0) | opcodes[frame.opcode];
  out[1] = (mask ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  for (let i = 0, rest = length; i < extended; i++, rest = Math.floor(rest / 256)) out[1 + extended - i] = rest % 256;
  out.set(payload, start);
  if (mask) {
    out.set(mask, start - 4);
    applyMask(out, start, out.length, mask, 0);
  }
  return out;
}

/** XOR `bytes[start, end)` in place with the key (RFC6455-5.3). `phase`: payload offset of `start`. Masking and unmasking are the same. */
export function applyMask(bytes: Uint8Array, start: number, end: number, key: Uint8Array, phase: number): void {
  for (let i = start, k = phase & 3; i < end; i++, k = (k + 1) & 3) bytes[i]! ^= key[k]!;
}
