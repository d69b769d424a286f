import { decodeLatin1 } from './latin1.ts';

const known = ['GET', 'PUT', 'HEAD', 'POST', 'PATCH', 'TRACE', 'DELETE', 'OPTIONS', 'CONNECT'] as const;

/** Known methods by length. */
const byLength: readonly (readonly string[])[] = Array.from({ length: 8 }, (_, length) => known.filter((method) => method.length === length));

/** The method at `bytes[start, start + length)`. RFC9112-3.1-1: case-sensitive. Methods that everybody uses are not decoded: their octets are compared. */
export function methodOf(bytes: Uint8Array, start: number, length: number): string {
  if (length === 3 && bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54) return 'GET';
  if (length < 8) {
    const candidates = byLength[length]!;
    for (let i = 0; i < candidates.length; i += 1) if (matches(bytes, start, candidates[i]!)) return candidates[i]!;
  }
  return decodeLatin1(bytes, start, start + length);
}

function matches(bytes: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
