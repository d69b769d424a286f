/** Words for a POSIX-like shell. */

const escapes: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r', 0x27: "\\'", 0x5c: '\\\\' };

/**
 * One word that bash, zsh and ksh read as these octets: bare where that is plain, in single quotes where all is visible
 * ASCII, else `$'…'` with escapes. NUL cannot be in an argument.
 * @throws RangeError on NUL.
 */
export function shellWord(bytes: Uint8Array): string {
  if (bytes.includes(0)) throw new RangeError('NUL cannot be passed as an argument');
  const text = latin1Text(bytes);
  if (/^[\w./:@%+=,-]+$/.test(text)) return text;
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes("'")) return `'${text}'`;
  return `$'${dollarQuoted(bytes)}'`;
}

/** Not by one call with as many arguments as octets: a long body would overflow the stack. */
function latin1Text(bytes: Uint8Array): string {
  let text = '';
  for (const octet of bytes) text += String.fromCharCode(octet);
  return text;
}

function dollarQuoted(bytes: Uint8Array): string {
  let text = '';
  for (const octet of bytes) {
    // Octal takes at most three digits everywhere; \xNN would swallow a hexadecimal digit that follows in some shells.
    text += escapes[octet] ?? (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${octet.toString(8).padStart(3, '0')}`);
  }
  return text;
}

/** A `printf` command that writes exactly these octets, in any POSIX shell. */
export function printfCommand(bytes: Uint8Array): string {
  let text = '';
  for (const octet of bytes) {
    if (octet === 0x25) text += '%%';
    // A single quote ends the quoting, and a hyphen at the beginning would be an option; octal goes round both.
    else if (octet === 0x27) text += '\\047';
    else if (octet === 0x2d && text === '') text += '\\055';
    else text += escapes[octet] ?? (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\${octet.toString(8).padStart(3, '0')}`);
  }
  return `printf '${text}'`;
}
