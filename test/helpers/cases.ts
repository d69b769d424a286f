/** Reads case files. The format is described in `test/cases/http1/README.md`. */
import { readdirSync, readFileSync } from 'node:fs';
import { clausePattern } from '../../scripts/clause-ids.ts';

/** One fence of a case. */
export interface Step {
  readonly kind: 'http' | 'events' | 'send' | 'wire';
  readonly text: string;
}

/** One case: a heading, settings, and steps in order. */
export interface Case {
  readonly file: string;
  /** Line of the heading, from 1. */
  readonly line: number;
  /** Ids in the heading. */
  readonly clauses: readonly string[];
  readonly title: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const knownSettings = ['role', 'limits', 'lenient', 'asked', 'show', 'options'];

/** All cases of a folder's `.md` files but its README. Throws where a file is not understood: a case that is skipped is no case. */
export function readCases(folder: URL): Case[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md').sort();
  return files.flatMap((file) => parseCases(file, readFileSync(new URL(file, folder), 'utf8')));
}

export function parseCases(file: string, text: string): Case[] {
  const cases: Case[] = [];
  const lines = text.split('\n');
  let heading = -1;
  const finish = (end: number): void => {
    if (heading >= 0) cases.push(parseCase(file, heading + 1, lines.slice(heading, end)));
  };
  let fenced = false;
  lines.forEach((line, i) => {
    if (line.startsWith('```')) fenced = !fenced;
    if (!fenced && line.startsWith('## ')) {
      finish(i);
      heading = i;
    }
  });
  finish(lines.length);
  return cases;
}

function parseCase(file: string, line: number, lines: readonly string[]): Case {
  const where = `${file}:${line}`;
  const heading = lines[0]!.slice(3).trim();
  const clauses = heading.match(clausePattern) ?? [];
  if (clauses.length === 0) throw new Error(`${where}: the heading names no clause`);
  const settings: Record<string, string> = {};
  const steps: Step[] = [];
  for (let i = 1; i < lines.length; i += 1) {
    const open = /^```(\w+)$/.exec(lines[i]!)?.[1];
    if (open !== undefined) {
      const close = lines.indexOf('```', i + 1);
      if (close < 0) throw new Error(`${where}: a fence is not closed`);
      if (open !== 'http' && open !== 'events' && open !== 'send' && open !== 'wire') throw new Error(`${where}: no such fence: ${open}`);
      steps.push({ kind: open, text: lines.slice(i + 1, close).join('\n') });
      i = close;
      continue;
    }
    const setting = /^- (\w+): (.+)$/.exec(lines[i]!);
    if (setting === null) continue;
    if (!knownSettings.includes(setting[1]!)) throw new Error(`${where}: no such setting: ${setting[1]}`);
    settings[setting[1]!] = setting[2]!;
  }
  if (!steps.some(({ kind }) => kind === 'events' || kind === 'wire')) throw new Error(`${where}: nothing is expected`);
  return { file, line, clauses, title: heading, settings, steps };
}

/** Octets of an `http` fence. Line breaks of the fence itself do not count; `\eof` may stand at the end. */
export function readInput(text: string): { readonly bytes: Uint8Array; readonly eof: boolean } {
  const eof = /\\eof\s*$/.test(text);
  return { bytes: unescapeOctets((eof ? text.replace(/\\eof\s*$/, '') : text).replaceAll('\n', '')), eof };
}

/** `\r \n \t \\ \"`, `\xHH`, and `\N(text)` for N times the text. Everything else must be ASCII. */
export function unescapeOctets(text: string): Uint8Array {
  const out: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] !== '\\') {
      if (text.charCodeAt(i) > 0x7e) throw new Error(`write ${JSON.stringify(text[i])} as \\xHH`);
      out.push(text.charCodeAt(i));
      continue;
    }
    const rest = text.slice(i + 1);
    const repeat = /^(\d+)\(((?:[^()\\]|\\.)*)\)/.exec(rest);
    const hex = /^x([0-9a-fA-F]{2})/.exec(rest);
    if (repeat) {
      const unit = unescapeOctets(repeat[2]!);
      for (let n = Number(repeat[1]); n > 0; n -= 1) out.push(...unit);
      i += repeat[0].length;
    } else if (hex) {
      out.push(parseInt(hex[1]!, 16));
      i += 3;
    } else {
      const octet = { r: 0x0d, n: 0x0a, t: 0x09, '\\': 0x5c, '"': 0x22 }[rest[0] ?? ''];
      if (octet === undefined) throw new Error(`no such escape: \\${rest.slice(0, 4)}`);
      out.push(octet);
      i += 1;
    }
  }
  return Uint8Array.from(out);
}

/** The other way round; runs of 12 or more equal octets are written `\N(x)`. */
export function escapeOctets(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const octet = bytes[i]!;
    let run = 1;
    while (bytes[i + run] === octet) run += 1;
    const one = escapeOctet(octet);
    if (run >= 12) text += `\\${run}(${one})`;
    else text += one.repeat(run);
    i += run;
  }
  return text;
}

function escapeOctet(octet: number): string {
  switch (octet) {
    case 0x0d: return '\\r';
    case 0x0a: return '\\n';
    case 0x09: return '\\t';
    case 0x5c: return '\\\\';
    default: return octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`;
  }
}
