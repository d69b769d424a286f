import { decodeLatin1 } from './latin1.ts';

const known = ['GET', 'PUT', 'HEAD', 'POST', 'PATCH', 'TRACE', 'DELETE', 'OPTIONS', 'CONNECT'] as const;

/** The method at `bytes[start, start + length)`. RFC9112-3.1-1: case-sensitive. Methods that everybody uses are not decoded: their octets are compared. */
export function methodOf(bytes: Uint8Array, start: number, length: number): string {
  for (const method of known) {
    if (method.length === length && bytes[start] === method.charCodeAt(0) && matches(bytes, start, method)) return method;
  }
  return decodeLatin1(bytes, start, start + length);
}

function matches(bytes: Uint8Array, start: number, text: string): boolean {
  for (let i = 1; i < text.length; i += 1) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
