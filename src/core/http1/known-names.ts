/**
 * Field names that nearly every message has, in the two spellings in use, recognised a word at a time. A name that is known needs no check of its octets, and no
 * string of its own.
 */

/** What HTTP/1.1 itself obeys (`steering.ts`). They come first, so that the number of a name tells whether it is one of them. */
export const obeyedNames = ['Host', 'Connection', 'Upgrade', 'Expect', 'Content-Length', 'Transfer-Encoding'] as const;

const common = [
  ...obeyedNames,
  'Keep-Alive', 'Trailer', 'Date', 'Via', 'Forwarded',
  'Content-Type', 'Content-Encoding', 'Content-Language', 'Content-Location', 'Content-Range', 'Content-Disposition',
  'User-Agent', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Accept-Charset', 'Accept-Ranges', 'Authorization', 'Cookie', 'Set-Cookie', 'Referer', 'Origin', 'Range', 'Priority',
  'Cache-Control', 'Pragma', 'Age', 'ETag', 'Expires', 'Vary', 'Last-Modified', 'If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since', 'If-Range',
  'Server', 'Location', 'Allow', 'Retry-After', 'WWW-Authenticate', 'Upgrade-Insecure-Requests', 'Strict-Transport-Security', 'X-Content-Type-Options', 'X-Frame-Options',
  'Access-Control-Request-Method', 'Access-Control-Request-Headers', 'Access-Control-Allow-Origin', 'X-Requested-With',
  'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Forwarded-Port', 'X-Real-IP', 'X-Request-Id',
  'Sec-Fetch-Site', 'Sec-Fetch-Mode', 'Sec-Fetch-Dest', 'Sec-Fetch-User', 'Sec-CH-UA', 'Sec-CH-UA-Mobile', 'Sec-CH-UA-Platform',
  'Sec-WebSocket-Key', 'Sec-WebSocket-Version', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions', 'Sec-WebSocket-Accept',
].filter((name) => name.length >= 4);

/** The names by number, from 1, each in two spellings; 0: not known. */
export const knownNames: readonly string[] = ['', ...new Set(common.flatMap((name) => [name, name.toLowerCase()]))];
/** The same in lower case. */
export const knownLowerNames: readonly string[] = knownNames.map((name) => name.toLowerCase());
/** Lengths by number. (Not exported, as the tables below: see `plain-lines.ts` on constants.) */
const lengths = Uint8Array.from(knownNames, ({ length }) => length);

const wordOf = (text: string, at: number): number => text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8) | (text.charCodeAt(at + 2) << 16) | (text.charCodeAt(at + 3) << 24);
const hash = (word: number): number => Math.imul(word, 0x9e3779b1) >>> 24;
const wordsAt = (from: (length: number) => number): Int32Array => Int32Array.from(knownNames, (name) => wordOf(`${name}:`, from(name.length)));

// Four octets of each name, by number: its beginning, what follows, and the four and three (with the colon) at its end. They overlap where it is short.
const first = wordsAt(() => 0);
const second = wordsAt(() => 4);
const beforeLast = wordsAt((length) => length - 7);
const last = wordsAt((length) => length - 3);
/** What lies between the second word and the one before the last, in names of more than 15 octets: where it begins in `middles`, and the words. */
const middle = new Uint16Array(knownNames.length);
const middleWords: number[] = [];
/** By hash of the first word: the first name to be compared; and which one is next. */
const chains = new Uint8Array(256);
const nextInChain = new Uint8Array(knownNames.length);

// From the last to the first, since each is put at the front of its chain.
for (let number = knownNames.length - 1; number > 0; number -= 1) {
  const name = knownNames[number]!;
  middle[number] = middleWords.length;
  for (let at = 8; at < name.length - 7; at += 4) middleWords.push(wordOf(name, at));
  const slot = hash(first[number]!);
  nextInChain[number] = chains[slot]!;
  chains[slot] = number;
}
const middles = Int32Array.from(middleWords);

/** Length of a name by its number. */
export const knownLength = (number: number): number => lengths[number]!;

/** Number of the name that stands at `at`, followed by a colon; 0: none that is known. May look beyond the octets received, so the caller compares the length with its bound. */
export function recognise(view: DataView, at: number): number {
  const start = view.getInt32(at, true);
  for (let number = chains[hash(start)]!; number !== 0; number = nextInChain[number]!) {
    const length = lengths[number]!;
    const end = (at + length) | 0;
    // The end first: many names begin alike.
    if (view.getInt32((end - 3) | 0, true) !== last[number] || start !== first[number]) continue;
    if (length <= 7) return number;
    if (view.getInt32((at + 4) | 0, true) !== second[number]) continue;
    if (length <= 11) return number;
    if (view.getInt32((end - 7) | 0, true) !== beforeLast[number]) continue;
    if (length <= 15 || sameMiddle(view, at, length, middle[number]!)) return number;
  }
  return 0;
}

function sameMiddle(view: DataView, at: number, length: number, from: number): boolean {
  for (let i = at + 8, w = from; i < at + length - 7; i += 4, w += 1) if (view.getInt32(i, true) !== middles[w]) return false;
  return true;
}
