const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let register = index;
  for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ (register & 1 ? 0xedb88320 : 0);
  return register;
});

/** CRC-32 as in gzip (RFC 1952 §8), of a string of ASCII characters. Unsigned. Not a defence against anybody, only against accidents. */
export function crc32(ascii: string): number {
  let register = 0xffffffff;
  for (let index = 0; index < ascii.length; index++) register = (register >>> 8) ^ table[(register ^ ascii.charCodeAt(index)) & 0xff]!;
  return (register ^ 0xffffffff) >>> 0;
}
