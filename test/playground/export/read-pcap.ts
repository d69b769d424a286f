/** Reads a packet capture of Ethernet, IPv4 and TCP, by its specifications and not by our writer. */

export interface Packet {
  /** Since 1970. */
  readonly microseconds: number;
  readonly source: string;
  readonly target: string;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly seq: number;
  readonly ack: number;
  /** Letters of what is set, sorted: A, F, P, R, S. */
  readonly flags: string;
  readonly payload: Uint8Array;
  /** Sum over everything that the checksum covers, itself included: 0 where it holds. */
  readonly ipChecksum: number;
  readonly tcpChecksum: number;
}

const sumOf = (parts: readonly Uint8Array[]): number => {
  const all = Buffer.concat(parts);
  let sum = 0;
  for (let at = 0; at < all.length; at += 2) {
    sum += all.readUInt8(at) * 256 + (at + 1 < all.length ? all.readUInt8(at + 1) : 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum === 0xffff ? 0 : sum;
};

const letters = ['F', 'S', 'R', 'P', 'A'];

export function readPcap(file: Uint8Array): { readonly linkType: number; readonly packets: Packet[] } {
  const all = Buffer.from(file);
  if (all.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('not a little-endian pcap of microseconds');
  if (all.readUInt16LE(4) !== 2 || all.readUInt16LE(6) !== 4) throw new Error('not version 2.4');
  const snapLength = all.readUInt32LE(16);
  const packets: Packet[] = [];
  for (let at = 24; at < all.length; ) {
    const [seconds, micros, captured, original] = [0, 4, 8, 12].map((offset) => all.readUInt32LE(at + offset)) as [number, number, number, number];
    if (captured !== original || captured > snapLength) throw new Error('a packet that is not whole');
    packets.push({ microseconds: seconds * 1_000_000 + micros, ...readFrame(all.subarray(at + 16, at + 16 + captured)) });
    at += 16 + captured;
  }
  return { linkType: all.readUInt32LE(20), packets };
}

function readFrame(frame: Buffer): Omit<Packet, 'microseconds'> {
  if (frame.readUInt16BE(12) !== 0x0800) throw new Error('not IPv4');
  const ip = frame.subarray(14);
  if (ip[0] !== 0x45 || ip.readUInt16BE(2) !== ip.length || ip[9] !== 6) throw new Error('an IPv4 head that is wrong');
  const tcp = ip.subarray(20);
  const head = (tcp[12]! >>> 4) * 4;
  const pseudo = Buffer.concat([ip.subarray(12, 20), Buffer.from([0, 6, tcp.length >>> 8, tcp.length & 0xff])]);
  return {
    source: ip.subarray(12, 16).join('.'),
    target: ip.subarray(16, 20).join('.'),
    sourcePort: tcp.readUInt16BE(0),
    targetPort: tcp.readUInt16BE(2),
    seq: tcp.readUInt32BE(4),
    ack: tcp.readUInt32BE(8),
    flags: letters.filter((_, bit) => tcp[13]! & (1 << bit)).sort().join(''),
    payload: new Uint8Array(tcp.subarray(head)),
    ipChecksum: sumOf([ip.subarray(0, 20)]),
    tcpChecksum: sumOf([pseudo, tcp]),
  };
}
