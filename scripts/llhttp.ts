/**
 * Node's own HTTP parser, by its internal binding: what `node:http` runs on. Used as a second opinion in tests and as the yardstick of `bench-core.ts`.
 */
import { METHODS } from 'node:http';
import { createRequire } from 'node:module';

/** The parser's callbacks are numbered properties. */
export interface LlhttpParser {
  initialize(type: number, resource: object, maxHeaderSize?: number, lenientFlags?: number): void;
  execute(bytes: Uint8Array): number | (Error & { readonly code: string; readonly bytesParsed: number });
  finish(): undefined | (Error & { readonly code: string });
  close(): void;
  [callback: number]: ((...args: never[]) => unknown) | undefined;
}

interface LlhttpClass {
  new (): LlhttpParser;
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

const require = createRequire(import.meta.url);

export const Llhttp: LlhttpClass = (require('node:_http_common') as { readonly HTTPParser: LlhttpClass }).HTTPParser;

const methods = learnMethods();

/** A message as Node's parser saw it. */
export interface LlhttpMessage {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly version: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
  body: string;
  complete: boolean;
}

/** All messages of an input, and the error that ended it, if any. */
export function parseWithLlhttp(input: Uint8Array, type: 'request' | 'response'): { readonly messages: readonly LlhttpMessage[]; readonly error: string | undefined } {
  const parser = new Llhttp();
  parser.initialize(type === 'request' ? Llhttp.REQUEST : Llhttp.RESPONSE, {}, 65_536);
  const messages: LlhttpMessage[] = [];
  let flushed: string[] = [];
  let flushedUrl = '';
  // A head that is long, or comes in pieces, is handed over in parts.
  parser[Llhttp.kOnHeaders] = (headers: string[], url: string): void => {
    flushed.push(...headers);
    flushedUrl += url;
  };
  parser[Llhttp.kOnHeadersComplete] = (major: number, minor: number, headers: string[] | undefined, method: number | undefined, url: string | undefined, status: number | undefined, _reason: string, upgrade: boolean, keepAlive: boolean): number => {
    const flat = headers ?? flushed;
    messages.push({
      method: method === undefined ? '' : (methods.get(method) ?? String(method)), url: url ?? flushedUrl, status: status ?? 0, version: `${major}.${minor}`,
      headers: Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!] as const), keepAlive, upgrade, body: '', complete: false,
    });
    flushed = [];
    flushedUrl = '';
    return 0;
  };
  parser[Llhttp.kOnBody] = (bytes: Uint8Array): void => {
    const last = messages.at(-1)!;
    last.body += Buffer.from(bytes).toString('latin1');
  };
  parser[Llhttp.kOnMessageComplete] = (): void => {
    messages.at(-1)!.complete = true;
    // What was flushed since the head is the trailer section.
    flushed = [];
    flushedUrl = '';
  };
  const result = parser.execute(Buffer.from(input));
  let error = typeof result === 'number' ? undefined : result.code;
  if (error === undefined) error = parser.finish()?.code;
  parser.close();
  return { messages, error };
}

/** The parser's numbers for methods. Where they stand in Node is nobody's business outside of it, so the parser is shown each. */
function learnMethods(): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const name of METHODS) {
    const parser = new Llhttp();
    parser.initialize(Llhttp.REQUEST, {});
    parser[Llhttp.kOnHeadersComplete] = (_major: number, _minor: number, _headers: unknown, method: number): number => {
      found.set(method, name);
      return 0;
    };
    parser.execute(Buffer.from(`${name} ${name === 'CONNECT' ? 'host:1' : '/'} HTTP/1.1\r\nHost: host\r\n\r\n`));
    parser.close();
  }
  return found;
}
