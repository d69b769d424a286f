/**
 * A command line as bash takes it apart: words, pipes, several commands. Nothing is executed and nothing expanded:
 * variables, substitutions and redirections are reported where they stand.
 */
import { utf8Latin1 } from './latin1.ts';

/** One word, quotes taken off. */
export interface ShellWord {
  /** What the program would receive: octets (UTF-8 of what was typed), latin-1. */
  readonly value: string;
  /** Where it stands in the text; UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
}

/** Commands joined by `|`, in order; each is its words, at least one. */
export type Pipeline = readonly (readonly ShellWord[])[];

/** Something that a shell would do and this reader does not. */
export interface ShellProblem {
  readonly code: 'unterminated' | 'expansion' | 'input' | 'output' | 'cmd-quoting';
  readonly start: number;
  readonly end: number;
}

/** A text taken apart. */
export interface ShellScript {
  readonly pipelines: readonly Pipeline[];
  readonly problems: readonly ShellProblem[];
}

/** Take `text` apart. Never throws; what is odd is in `problems`, and read literally. */
export const readShell = (text: string): ShellScript => new Reader(text).read();

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"', '?': '?',
};

/** `ANSI-C Quoting` of the bash manual: what stands after the backslash at `at`, and where it ends. */
export function readEscape(text: string, at: number): { readonly value: string; readonly end: number } {
  const rest = text.slice(at, at + 9);
  const simple = simpleEscapes[rest[0] ?? ''];
  if (simple !== undefined) return { value: simple, end: at + 1 };
  const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
  if (octal !== undefined) return { value: String.fromCharCode(Number.parseInt(octal, 8) & 0xff), end: at + octal.length };
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest);
  if (hex) return { value: String.fromCharCode(Number.parseInt(hex[1]!, 16)), end: at + hex[0].length };
  const unicode = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest);
  if (unicode) {
    const code = Number.parseInt(unicode[1] ?? unicode[2]!, 16);
    return { value: utf8Latin1(code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)), end: at + unicode[0].length };
  }
  const control = /^c([\x40-\x7f])/.exec(rest);
  if (control) return { value: String.fromCharCode(control[1]!.charCodeAt(0) & 0x1f), end: at + 2 };
  // Any other character keeps its backslash.
  return { value: '\\', end: at };
}

class Reader {
  readonly #text: string;
  readonly #pipelines: ShellWord[][][] = [];
  readonly #problems: ShellProblem[] = [];
  #at = 0;
  #pipeline: ShellWord[][] = [];
  #command: ShellWord[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): ShellScript {
    const text = this.#text;
    // A prompt that was copied along.
    this.#at = /^\s*(?:[$%#>]\s+)?/.exec(text)![0].length;
    while (this.#at < text.length) this.#next();
    this.#endPipeline();
    return { pipelines: this.#pipelines, problems: this.#problems };
  }

  #next(): void {
    const text = this.#text;
    const here = text[this.#at]!;
    const gap = /^(?:[ \t]|\\\r?\n)+/.exec(text.slice(this.#at, this.#at + 4096))?.[0].length ?? 0;
    if (gap > 0) this.#at += gap;
    else if (here === '#') this.#at += /^[^\n]*/.exec(text.slice(this.#at))![0].length;
    else if (/^[;&\r\n]/.test(here) || text.startsWith('||', this.#at)) this.#separator();
    else if (here === '|') {
      this.#at += 1;
      this.#endCommand();
    } else if (!this.#redirection()) this.#word();
  }

  #separator(): void {
    this.#at += separatorLength(this.#text, this.#at);
    this.#endPipeline();
  }

  /** `2>/dev/null`, `> file`, `< file`: what the file would hold is unknown, what is written to it does not matter. */
  #redirection(): boolean {
    const found = /^\d*(?:>>?(?:&\d|\|)?|<{1,3}|&>)/.exec(this.#text.slice(this.#at, this.#at + 16))?.[0];
    if (found === undefined) return false;
    const start = this.#at;
    this.#at += found.length;
    const input = found.includes('<');
    if (!/&\d$/.test(found)) {
      this.#at += /^[ \t]*/.exec(this.#text.slice(this.#at))![0].length;
      const before = this.#command.length;
      this.#word();
      this.#command.length = Math.min(this.#command.length, before);
    }
    this.#problem(input ? 'input' : 'output', start, this.#at);
    return true;
  }

  #word(): void {
    const text = this.#text;
    const start = this.#at;
    let value = '';
    while (this.#at < text.length) {
      const here = text[this.#at]!;
      if (/[\s;&|<>]/.test(here)) break;
      if (here === "'") value += this.#singleQuoted();
      else if (here === '"') value += this.#doubleQuoted();
      else if (here === '$' && text[this.#at + 1] === "'") value += this.#dollarQuoted();
      else if (here === '$' && text[this.#at + 1] === '"') {
        this.#at += 1;
        value += this.#doubleQuoted();
      } else if (here === '$' || here === '`') value += this.#expansion();
      else if (here === '^' && /^\^["\r\n]/.test(text.slice(this.#at, this.#at + 2))) {
        // "Copy as cURL (cmd)": its quoting is another language.
        this.#problem('cmd-quoting', this.#at, this.#at + 1);
        this.#at += 1;
      } else if (here === '\\') {
        const continued = /^\\\r?\n/.exec(text.slice(this.#at, this.#at + 3))?.[0];
        if (continued === undefined) value += this.#plain(this.#at + 1);
        else this.#at += continued.length;
      } else value += this.#plain(this.#at);
    }
    if (this.#at > start) this.#command.push({ value, start, end: this.#at });
    // An operator where a word was due: step over it, or nothing would ever move.
    else if (this.#at < text.length && !/[\s;&|]/.test(text[this.#at]!)) this.#at += 1;
  }

  /** One character (code point) at `at`, as octets. */
  #plain(at: number): string {
    const code = this.#text.codePointAt(at);
    const character = code === undefined ? '' : String.fromCodePoint(code);
    this.#at = at + character.length;
    return utf8Latin1(character);
  }

  #singleQuoted(): string {
    const from = this.#at + 1;
    const close = this.#text.indexOf("'", from);
    const end = close < 0 ? this.#text.length : close;
    if (close < 0) this.#problem('unterminated', this.#at, this.#at + 1);
    this.#at = Math.min(end + 1, this.#text.length);
    return utf8Latin1(this.#text.slice(from, end));
  }

  #dollarQuoted(): string {
    const opened = this.#at;
    let value = '';
    this.#at += 2;
    for (;;) {
      const here = this.#text[this.#at];
      if (here === undefined) {
        this.#problem('unterminated', opened, opened + 2);
        return value;
      }
      if (here === "'") break;
      if (here === '\\') {
        const escape = readEscape(this.#text, this.#at + 1);
        value += escape.value;
        this.#at = escape.end;
      } else value += this.#plain(this.#at);
    }
    this.#at += 1;
    return value;
  }

  #doubleQuoted(): string {
    const opened = this.#at;
    let value = '';
    this.#at += 1;
    for (;;) {
      const here = this.#text[this.#at];
      if (here === undefined) {
        this.#problem('unterminated', opened, opened + 1);
        return value;
      }
      if (here === '"') break;
      if (here === '$' || here === '`') value += this.#expansion();
      else if (here === '\\') {
        const escape = /^\\(?:([$`"\\])|\r?\n)/.exec(this.#text.slice(this.#at, this.#at + 3));
        value += escape ? (escape[1] ?? '') : '\\';
        this.#at += escape ? escape[0].length : 1;
      } else value += this.#plain(this.#at);
    }
    this.#at += 1;
    return value;
  }

  /** `$NAME`, `$(…)`, a backtick: said, and read as it stands. A `$` before anything else is just that. */
  #expansion(): string {
    const found = /^(?:\$(?:\w+|[({@*#?!$-])|`)/.exec(this.#text.slice(this.#at, this.#at + 64))?.[0];
    if (found !== undefined) this.#problem('expansion', this.#at, this.#at + found.length);
    return this.#plain(this.#at);
  }

  #problem(code: ShellProblem['code'], start: number, end: number): void {
    this.#problems.push({ code, start, end });
  }

  #endCommand(): void {
    if (this.#command.length > 0) this.#pipeline.push(this.#command);
    this.#command = [];
  }

  #endPipeline(): void {
    this.#endCommand();
    if (this.#pipeline.length > 0) this.#pipelines.push(this.#pipeline);
    this.#pipeline = [];
  }
}

/** Length of the separator at `at`: `&&` and `||` are one. */
const separatorLength = (text: string, at: number): number => (/^(?:&&|\|\|)/.test(text.slice(at, at + 2)) ? 2 : 1);
