/** Ethernet II frames that carry TCP over IPv4 (RFC 791, RFC 9293), checksums included. */
import { ByteWriter } from './bytes.ts';

/** Control bits of a TCP segment (RFC 9293 §3.1). */
export const tcpFlags = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

/** One end of a connection. */
export interface TcpEnd {
  /** Locally administered address, six octets. */
  readonly mac: readonly number[];
  /** Four octets. */
  readonly ip: readonly number[];
  readonly port: number;
}

/** A segment. */
export interface TcpSegment {
  readonly from: TcpEnd;
  readonly to: TcpEnd;
  /** Sequence and acknowledgement number, modulo 2³². */
  readonly seq: number;
  readonly ack: number;
  /** {@link tcpFlags}, added up. */
  readonly flags: number;
  readonly payload: Uint8Array;
  /** IPv4 identification: the number of the packet from this end. */
  readonly id: number;
}

/** Octets of payload that fit: an IPv4 packet has at most 65,535, of which the two heads take 40. */
export const maxPayload = 65_535 - 40;

const etherTypeIpv4 = 0x0800;
const protocolTcp = 6;
/** 65,535 × 2⁷, about 8 MB, and never full: how much a simulated receiver would take, it does not tell. */
const window = 65_535;
const windowScale = 7;

/** The frame of a segment, without preamble and frame check sequence, as captures have it. */
export function tcpFrame(segment: TcpSegment): Uint8Array<ArrayBuffer> {
  const { from, to, payload } = segment;
  // RFC 9293 §3.7.1: a SYN says which segment size is welcome; RFC 7323 §2.2: and by how much windows are scaled.
  const options = segment.flags & tcpFlags.syn ? [2, 4, maxPayload >>> 8, maxPayload & 0xff, 1, 3, 3, windowScale] : [];
  const tcpBytes = 20 + options.length + payload.length;
  const frame = new ByteWriter();
  frame.bytes(to.mac);
  frame.bytes(from.mac);
  frame.u16(etherTypeIpv4);

  const ipAt = frame.length;
  frame.u8(0x45);
  frame.u8(0);
  frame.u16(20 + tcpBytes);
  frame.u16(segment.id & 0xffff);
  // Don't fragment.
  frame.u16(0x4000);
  frame.u8(64);
  frame.u8(protocolTcp);
  frame.u16(0);
  frame.bytes(from.ip);
  frame.bytes(to.ip);
  frame.patch16(ipAt + 10, checksum(frame.take().subarray(ipAt)));

  const tcpAt = frame.length;
  frame.u16(from.port);
  frame.u16(to.port);
  frame.u32(segment.seq);
  frame.u32(segment.flags & tcpFlags.ack ? segment.ack : 0);
  frame.u8(((20 + options.length) / 4) << 4);
  frame.u8(segment.flags);
  frame.u16(window);
  frame.u16(0);
  frame.u16(0);
  frame.bytes(options);
  frame.bytes(payload);
  // RFC 9293 §3.1: the checksum also covers a pseudo-header of addresses, protocol and length.
  const pseudo = new ByteWriter();
  pseudo.bytes(from.ip);
  pseudo.bytes(to.ip);
  pseudo.u16(protocolTcp);
  pseudo.u16(tcpBytes);
  frame.patch16(tcpAt + 16, checksum(pseudo.take(), frame.take().subarray(tcpAt)));
  return frame.take();
}

/** RFC 1071: the ones' complement of the ones' complement sum of 16-bit words; every part but the last has an even length. */
export function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += (part[at]! << 8) | (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum % 0x1_0000) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}
