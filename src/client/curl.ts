import { contentOf } from './request-content.ts';
import { scanRequests, type ScannedRequest } from './scan.ts';
import { printfCommand, shellWord } from './shell.ts';

/** A command line that sends a request. */
export interface ShellCommand {
  /** `curl` where curl can say it; else `nc`, which sends any bytes. */
  readonly tool: 'curl' | 'nc';
  readonly command: string;
  /** Why curl could not be used; a sentence. */
  readonly reason?: string;
}

/** From this many octets of body on, curl would ask with `Expect: 100-continue` first. */
const curlExpectsFromBytes = 1024 * 1024;

/**
 * The request bytes as a command for a shell (bash, zsh). The same method, target, fields in the same order, and body
 * are sent; what HTTP leaves to the writer (chunk sizes, white space after a colon) may differ. Bytes that are not
 * exactly one well formed request become `printf … | nc`.
 *
 * @param server where to send it; in the page that is the simulated address, which the CLI serves as well.
 */
export function toCommand(bytes: Uint8Array, server: { readonly host: string; readonly port: number }): ShellCommand {
  const scan = scanRequests(bytes);
  const [request] = scan.requests;
  const reason = scan.failure
    ? `curl sends only well formed requests; this one is refused: ${scan.failure.facts.message}`
    : request === undefined || scan.requests.length > 1 || scan.ignored > 0
      ? 'curl sends one request at a time; these bytes are not exactly one.'
      : obstacle(request);
  if (reason !== undefined || request === undefined) {
    return { tool: 'nc', command: `${printfCommand(bytes)} | nc ${shellWord(latin1(server.host))} ${server.port}`, ...(reason ? { reason } : {}) };
  }
  return { tool: 'curl', command: curl(request, contentOf(bytes, request), server) };
}

/** What curl cannot express. */
function obstacle({ method, fields, framing }: ScannedRequest): string | undefined {
  const count = (name: string): number => fields.filter(([own]) => own.toLowerCase() === name).length;
  if (method === 'CONNECT') return 'curl sends CONNECT only to a proxy.';
  if (method === 'HEAD' && framing.length !== 0) return 'curl does not send a body with HEAD.';
  if (count('trailer') > 0) return 'curl sends no trailers.';
  return undefined;
}

function curl(request: ScannedRequest, content: Uint8Array, { host, port }: { readonly host: string; readonly port: number }): string {
  const { method, target, version, fields } = request;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const hasBody = request.framing.kind === 'chunked' || fields.some(([name]) => name.toLowerCase() === 'content-length');
  const words: string[] = ['curl', '-i'];
  if (version === '1.0') words.push('--http1.0');
  if (method === 'HEAD') words.push('--head');
  else if (method !== (hasBody ? 'POST' : 'GET')) words.push('-X', shellWord(latin1(method)));
  const plain = target.startsWith('/') && !target.startsWith('//');
  // curl would tidy up /a/../b, and expand [1-3] and {a,b}.
  if (plain && /\/\.{1,2}(?=[/?]|$)/.test(target)) words.push('--path-as-is');
  if (plain && /[[\]{}]/.test(target)) words.push('--globoff');
  if (!plain) words.push('--request-target', shellWord(latin1(target)));
  words.push(shellWord(latin1(`http://${authority}${plain ? target : '/'}`)));
  for (const field of fieldWords(fields, authority, hasBody, content.length)) words.push('-H', field);
  if (!hasBody) return lines(words);
  if (!content.includes(0)) return lines([...words, '--data-raw', shellWord(content)]);
  // An argument cannot hold NUL: standard input can.
  return `${printfCommand(content)} | ${lines([...words, '--data-binary', '@-'])}`;
}

/** The values for -H: what the request has, and an empty one for each field that curl would add by itself. */
function fieldWords(fields: ScannedRequest['fields'], authority: string, hasBody: boolean, octets: number): string[] {
  const words: string[] = [];
  const has = (name: string): boolean => fields.some(([own]) => own.toLowerCase() === name);
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    // curl counts by itself, and rightly; and it takes Host from the URL where that says the same.
    if (lower === 'content-length' || (lower === 'host' && value === authority)) continue;
    // "Name:" would mean "leave it out"; "Name;" is curl's way to write an empty field.
    words.push(shellWord(latin1(value === '' ? `${name};` : `${name}: ${value}`)));
  }
  if (!has('host')) words.push("'Host:'");
  if (!has('user-agent')) words.push("'User-Agent:'");
  if (!has('accept')) words.push("'Accept:'");
  if (hasBody && !has('content-type')) words.push("'Content-Type:'");
  if (hasBody && octets >= curlExpectsFromBytes && !has('expect')) words.push("'Expect:'");
  return words;
}

/** One option per line, joined by backslashes, as people write it. */
function lines(words: readonly string[]): string {
  let text = '';
  for (const word of words) {
    const breaks = word === '-H' || word === '--data-raw' || word === '--data-binary';
    text += text === '' ? word : `${breaks ? ' \\\n  ' : ' '}${word}`;
  }
  return text;
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
