/**
 * How large a snippet may be. Generous for people, small enough that a hostile link cannot hurt the page that opens it.
 * Raising a number is compatible; lowering one would break links that exist.
 */
export const snippetLimits = Object.freeze({
  /** Characters of a link's fragment. Chromium stops navigating at 2 MiB; Firefox at about half of that. */
  linkChars: 2 * 1024 * 1024,
  /** Octets of JSON that a link may inflate to. Deflate can expand a thousandfold, so this is checked while inflating. */
  jsonBytes: 4 * 1024 * 1024,
  files: 64,
  /** UTF-16 units in one file. */
  fileChars: 1024 * 1024,
  /** UTF-16 units in a path. */
  pathChars: 200,
  requests: 200,
  /** Octets of one saved request. */
  requestOctets: 1024 * 1024,
  /** Cuts in one request. */
  cuts: 1000,
  /** Copies of one request that are sent. */
  copies: 1000,
  /** Longest pause between two segments. ms. */
  pauseMs: 60_000,
  /** UTF-16 units of a title, a request's name, an entry, a version. */
  nameChars: 500,
  /** Programs, and so terminals; the processes of a machine are counted apart. */
  programs: 16,
  /** Python packages that are pinned. */
  packages: 200,
  /** Arguments of one program. */
  args: 64,
  /** UTF-16 units that a program finds on its standard input. */
  stdinChars: 64 * 1024,
  /** Nesting of unknown members: deeper JSON could be read, but not always written back. */
  depth: 32,
});
