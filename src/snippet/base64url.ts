import { platform } from './platform.ts';

/** Base64 for URLs without padding (RFC 4648 §5). Copies. */
export function toBase64url(bytes: Uint8Array): string {
  let octets = '';
  // In pieces: the arguments of one call live on the stack.
  for (let start = 0; start < bytes.length; start += 8192) octets += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return platform.btoa(octets).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The octets of base64url text; undefined where it is none (padding and white space are none). */
export function fromBase64url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const octets = platform.atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(octets, (octet) => octet.charCodeAt(0));
}
