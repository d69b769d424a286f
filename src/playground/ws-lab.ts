/** Frames that break one rule of RFC 6455 each, to be sent as they are; and what a server has to close with. A test sends them all. */

/** A malformed frame. */
export interface WsLabFrame {
  readonly id: WsLabId;
  readonly hex: string;
  /** Close code. */
  readonly close: number;
  readonly clause: string;
}

/** Names a frame of the lab. */
export type WsLabId = (typeof wsLab)[number]['id'];

/** In the order of the menu. Masked with 00 00 00 00, so that the payload can be read. */
export const wsLab = [
  { id: 'unmasked', hex: '81 02 68 69', close: 1002, clause: 'RFC6455-5.1-CLIENT-MASKS' },
  { id: 'rsv', hex: 'c1 82 00 00 00 00 68 69', close: 1002, clause: 'RFC6455-5.2-RSV' },
  { id: 'opcode', hex: '83 82 00 00 00 00 68 69', close: 1002, clause: 'RFC6455-5.2-OPCODE' },
  { id: 'long-form', hex: '81 fe 00 02 00 00 00 00 68 69', close: 1002, clause: 'RFC6455-5.2-LENGTH' },
  { id: 'length-sign', hex: '81 ff 80 00 00 00 00 00 00 02 00 00 00 00', close: 1002, clause: 'RFC6455-5.2-LENGTH' },
  { id: 'continuation', hex: '80 82 00 00 00 00 68 69', close: 1002, clause: 'RFC6455-5.4-FRAGMENTS' },
  { id: 'interrupted', hex: '01 81 00 00 00 00 68 81 81 00 00 00 00 69', close: 1002, clause: 'RFC6455-5.4-NOT-INTERLEAVED' },
  { id: 'fragmented-ping', hex: '09 80 00 00 00 00', close: 1002, clause: 'RFC6455-5.5-CONTROL-FRAME' },
  { id: 'long-ping', hex: `89 fe 00 7e 00 00 00 00 ${'61 '.repeat(126).trim()}`, close: 1002, clause: 'RFC6455-5.5-CONTROL-FRAME' },
  { id: 'utf8', hex: '81 82 00 00 00 00 c3 28', close: 1007, clause: 'RFC6455-8.1' },
  { id: 'close-short', hex: '88 81 00 00 00 00 03', close: 1002, clause: 'RFC6455-5.5.1-CODE' },
  { id: 'close-code', hex: '88 82 00 00 00 00 03 ed', close: 1002, clause: 'RFC6455-7.4-CODE' },
] as const satisfies readonly (Omit<WsLabFrame, 'id'> & { readonly id: string })[];
