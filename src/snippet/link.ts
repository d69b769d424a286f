/**
 * Links: `#1.d.<payload>.<check>`.
 *
 * - `1` is the version of this form.
 * - `d` is the codec ({@link codecs}).
 * - the payload is base64url of the packed JSON, defaults left out.
 * - the check is CRC-32 of `d.<payload>`, six base64url characters. It stands last, so a link that was cut short has lost it.
 *
 * Everything is in the fragment, which browsers never send to a server, and uses only characters that chat tools leave alone.
 */
import { fromBase64url, toBase64url } from './base64url.ts';
import { CodecError, codecs, currentCodec } from './codec.ts';
import { crc32 } from './crc32.ts';
import { withoutDefaults } from './defaults.ts';
import { LinkError, SnippetError } from './errors.ts';
import { snippetLimits } from './limits.ts';
import { NewerSnippetError } from './migrate.ts';
import { parseSnippet } from './parse.ts';
import { platform } from './platform.ts';
import type { Snippet } from './schema.ts';

const linkVersion = '1';

/** What the fragment of an address says. */
export type Fragment =
  /** Nothing. */
  | { readonly kind: 'none' }
  /** `#ex=name`: an example of the catalogue. */
  | { readonly kind: 'example'; readonly name: string }
  /** A snippet, or what is left of one: give it to `decodeSnippet`. */
  | { readonly kind: 'snippet'; readonly link: string }
  /** Something that is not ours to read. */
  | { readonly kind: 'other' };

/** Tells what a fragment (with or without `#`) is, without decoding it. */
export function readFragment(fragment: string): Fragment {
  const text = fragment.replace(/^#/, '');
  if (text === '') return { kind: 'none' };
  const example = /^ex=([a-z0-9-]+)$/.exec(text);
  if (example) return { kind: 'example', name: example[1]! };
  // Any version: a link from the future deserves its own message. A bare number is a link cut very short.
  return /^\d+(\.|$)/.test(text) ? { kind: 'snippet', link: text } : { kind: 'other' };
}

/** The fragment of a link to an example: `#ex=name`. */
export const exampleLink = (name: string): string => `#ex=${name}`;

/**
 * A snippet as the fragment of a link, `#` included. Throws SnippetError where the snippet is larger than a link's reader accepts,
 * and LinkError `too-large` where the link would be longer than browsers open.
 */
export async function encodeSnippet(snippet: Snippet): Promise<string> {
  // What we write, everybody must be able to read: our own limits hold for the sender too, who can do something about them.
  const json = JSON.stringify(withoutDefaults(parseSnippet(snippet)));
  const sealed = `${currentCodec.id}.${toBase64url(await currentCodec.pack(json))}`;
  const link = `#${linkVersion}.${sealed}.${checkOf(sealed)}`;
  if (link.length > snippetLimits.linkChars) throw tooLong();
  return link;
}

/**
 * The snippet in a link: a fragment with or without `#`, or a whole address. Throws {@link LinkError}, and nothing else.
 * Punctuation that a chat tool left hanging at the end is forgiven; the check still has to match.
 */
export async function decodeSnippet(link: string): Promise<Snippet> {
  if (link.length > snippetLimits.linkChars) throw tooLong();
  const { codec, payload } = open(link);
  const unpacker = codecs.get(codec);
  if (!unpacker) {
    throw new LinkError('unknown-codec', `This link is packed in a way ("${codec.slice(0, 12)}") that this Porthole does not know.`, newerAdvice);
  }
  const bytes = fromBase64url(payload);
  if (!bytes) throw damaged();
  let value: unknown;
  try {
    value = JSON.parse(await unpacker.unpack(bytes, snippetLimits.jsonBytes));
  } catch (error) {
    if (error instanceof CodecError && error.code === 'too-large') throw tooLong();
    // The check matched, so this was made wrong rather than broken on its way. For the person it is the same.
    throw damaged();
  }
  try {
    return parseSnippet(value);
  } catch (error) {
    if (error instanceof NewerSnippetError) {
      throw new LinkError('newer-version', `This link was made by a newer Porthole (snippet version ${error.version}).`, newerAdvice);
    }
    if (!(error instanceof SnippetError)) throw error;
    throw new LinkError('bad-snippet', `This link arrived whole, but what it holds is not a snippet: ${error.problems[0]!.message}`,
      'Ask whoever made the link to share it again from the page.', error.problems);
  }
}

/** The address that opens `snippet` in the playground at `base` (its own address; a fragment in it is replaced). */
export async function shareUrl(snippet: Snippet, base: string): Promise<string> {
  return base.replace(/#.*$/s, '') + await encodeSnippet(snippet);
}

/**
 * The address to put into an `<iframe>`: `embed.html` beside the playground at `base`.
 * `base` must be absolute; its query and fragment are dropped. Throws TypeError where it is no address.
 */
export async function embedUrl(snippet: Snippet, base: string): Promise<string> {
  return new platform.URL('embed.html', base).href + await encodeSnippet(snippet);
}

const newerAdvice = 'Open it in the newest Porthole, or ask for the files themselves.';

/** Takes a link apart and compares the check. */
function open(link: string): { readonly codec: string; readonly payload: string } {
  const fragment = link.slice(link.indexOf('#') + 1);
  const elided = /(…|\.\.\.)$/.test(fragment);
  // Bounded: an unbounded run before `$` would take quadratic time on a hostile link.
  const [version, codec, payload, check, ...more] = fragment.replace(/[^A-Za-z0-9_-]{1,4}$/, '').split('.');
  if (!/^[1-9]\d*$/.test(version!)) {
    throw new LinkError('not-a-snippet', 'This is not a link to a snippet.', 'A link ends in “#1.d.” and a long row of letters. Check that you copied all of it.');
  }
  if (version !== linkVersion) {
    throw new LinkError('newer-version', `This link was made by a newer Porthole (link version ${version!.slice(0, 12)}).`, newerAdvice);
  }
  if (elided || check === undefined || (more.length === 0 && check.length < checkChars)) {
    throw new LinkError('truncated', 'This link was cut short: its end is missing.',
      'Chat tools and mail programs shorten long links. Ask for it again as a file, in a code block, or in two messages.');
  }
  if (more.length > 0 || check !== checkOf(`${codec!}.${payload!}`)) throw damaged();
  return { codec: codec!, payload: payload! };
}

const checkChars = 6;

/** Six base64url characters: 32 bits of CRC, big-endian, and four zero bits. */
function checkOf(sealed: string): string {
  const crc = crc32(sealed);
  return toBase64url(Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc));
}

const damaged = (): LinkError => new LinkError('damaged', 'This link is damaged: some of its characters changed on the way.',
  'Copy it again from where it was made, as text.');

const tooLong = (): LinkError => new LinkError('too-large', 'This snippet is too large for a link.',
  'Browsers open addresses of up to about two million characters. Share such a snippet as a file.');
