/** What a host gives to be shown, as a snippet. */
import { SnippetError } from '../snippet/errors.ts';
import { parseSnippet } from '../snippet/parse.ts';
import type { SavedRequest, Snippet } from '../snippet/schema.ts';
import type { EmbedSource } from './protocol.ts';

/** The snippet; the language is that of the entry's file. Throws SnippetError where it breaks a rule of snippets. */
export function snippetOf(source: EmbedSource): Snippet {
  const { entry, title, requests = [], recording } = source;
  const files = Object.fromEntries(Object.entries(source.files).map(([path, text]) => [path, `${dedent(text)}\n`]));
  const [first = ''] = Object.keys(files);
  const path = (entry ?? first).split(':', 1)[0]!;
  const lang = path.endsWith('.py') ? 'py' : /\.m?jsx?$/.test(path) ? 'js' : 'ts';
  return parseSnippet({
    v: 1,
    lang,
    files,
    // Only a path: then `app`, `application` and the default export are tried.
    entry: entry ?? first,
    ...(title === undefined ? {} : { title }),
    ...(source.interface === undefined ? {} : { interface: source.interface }),
    requests: requests.map(savedRequest),
    ...(recording === undefined ? {} : { recording: readJson(recording) }),
  });
}

/** Throws SnippetError. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SnippetError([{ path: 'recording', message: `recording is not JSON: ${(error as Error).message}.` }]);
  }
}

/**
 * Text as it was meant: without the line ends that stand before the first and after the last line, and without the
 * indentation that all lines have in common.
 */
export function dedent(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').replace(/^(?:[^\S\n]*\n)+/, '').trimEnd().split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const common = Math.min(...indents);
  return lines.map((line) => line.slice(common)).join('\n');
}

/**
 * A request as people write it in a page: lines of the head end in CR LF whatever they end in there, the body is as it is
 * written (UTF-8). `Host` and, with a body, `Content-Length` are added where they are missing.
 */
function savedRequest({ name, text }: { readonly name: string; readonly text: string }): SavedRequest {
  const plain = dedent(text);
  const blank = plain.indexOf('\n\n');
  const [line = '', ...fields] = (blank < 0 ? plain.replace(/\n+$/, '') : plain.slice(0, blank)).split('\n');
  const body = octets(blank < 0 ? '' : plain.slice(blank + 2));
  const has = (wanted: string): boolean => fields.some((field) => field.split(':', 1)[0]!.trim().toLowerCase() === wanted);
  const start = /\sHTTP\/\d/.test(line) ? line : `${line.trimEnd()} HTTP/1.1`;
  const head = [
    start,
    ...(has('host') ? [] : ['Host: 127.0.0.1:8000']),
    ...fields,
    ...(body === '' || has('content-length') || has('transfer-encoding') ? [] : [`Content-Length: ${body.length}`]),
  ];
  return { name: name || line.replace(/\s+HTTP\/[\d.]+\s*$/, '').slice(0, 48), raw: `${octets(head.join('\r\n'))}\r\n\r\n${body}` };
}

/** UTF-8 as latin-1. */
const octets = (text: string): string => Array.from(new TextEncoder().encode(text), (octet) => String.fromCharCode(octet)).join('');
