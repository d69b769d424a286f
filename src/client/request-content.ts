import type { ScannedRequest } from './scan.ts';

/** The content of a whole request, chunk framing taken off. `bytes` and the request count from the same octet. Borrowed unless chunked. */
export function contentOf(bytes: Uint8Array, request: ScannedRequest): Uint8Array {
  return contentOctets(bytes.subarray(request.head[1], request.end), request);
}

/** The same, from the octets after the head. */
export const contentOctets = (body: Uint8Array, request: Pick<ScannedRequest, 'framing' | 'contentLength'>): Uint8Array =>
  request.framing.kind === 'chunked' ? unchunk(body, request.contentLength) : body;

/** Chunked to plain. The scanner has found it well formed. */
function unchunk(body: Uint8Array, size: number): Uint8Array {
  const content = new Uint8Array(size);
  let filled = 0;
  for (let at = 0; filled < size; ) {
    const lineEnd = body.indexOf(0x0a, at) + 1;
    const length = Number.parseInt(String.fromCharCode(...body.subarray(at, lineEnd)), 16);
    content.set(body.subarray(lineEnd, lineEnd + length), filled);
    filled += length;
    at = lineEnd + length + 2;
  }
  return content;
}
