import { latin1Text } from '../client/latin1.ts';

/** How a response body is best shown. */
export type BodyKind = 'empty' | 'json' | 'html' | 'text' | 'image' | 'binary';

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** Value of the first field of that name (lower case); undefined where absent. */
export const header = (headers: HeaderPairs, name: string): string | undefined => headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];

/** Decodes UTF-8 and refuses anything else; undefined where the octets are not UTF-8. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Octets as they came, each one character: what the Raw lens and the info line of the Wire show. */
export const rawText = (bytes: Uint8Array): string => latin1Text(bytes);

/** Read off `Content-Type`; without one, off the octets: UTF-8 without control characters is text. */
export function bodyKind(headers: HeaderPairs, body: Uint8Array): BodyKind {
  if (body.length === 0) return 'empty';
  const type = (header(headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (/^image\/(png|jpeg|gif|webp|svg\+xml|x-icon|avif)$/.test(type)) return 'image';
  const text = utf8(body);
  // oxlint-disable-next-line no-control-regex
  if (text === undefined || /[\u0000-\u0008\u000e-\u001a]/.test(text)) return 'binary';
  return 'text';
}

/** Text of a body in the charset that its type names (UTF-8 and latin-1 are known; others are read as UTF-8 with replacement). */
export function bodyText(headers: HeaderPairs, body: Uint8Array): string {
  const charset = /charset="?([\w-]+)/i.exec(header(headers, 'content-type') ?? '')?.[1]?.toLowerCase();
  if (charset === 'iso-8859-1' || charset === 'latin1' || charset === 'latin-1') return latin1Text(body);
  return new TextDecoder('utf-8').decode(body);
}
