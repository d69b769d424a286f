/**
 * How a message that we send is delimited, and the fields that say so (RFC 9112 §6). The caller's Content-Length is kept and
 * enforced; without one, chunked or the end of the connection; never two answers.
 */
import type { FieldPairs, Framing, HttpVersion } from './events.ts';
import { trimBlanks } from './latin1.ts';
import { type FieldLine, fieldLine, fieldLines, misuse } from './writers.ts';

/** What the caller's fields say about framing and the connection, once checked. */
interface Intent {
  /** Declared length; -1: none. */
  readonly length: number;
  readonly chunked: boolean;
  readonly close: boolean;
  readonly hasConnection: boolean;
  /** The fields as lines. */
  readonly lines: readonly FieldLine[];
}

/** A head that is ready to be written. */
export interface SendPlan {
  readonly fields: FieldPairs;
  /** The same as lines. */
  readonly lines: readonly FieldLine[];
  readonly framing: Framing;
  /** The clause that chose the framing. */
  readonly clause: string;
  /** The connection ends after this message (our wish, or the only way to end its body). */
  readonly close: boolean;
  /** Names of the caller's fields that were left out, with the clause. */
  readonly dropped: readonly (readonly [name: string, clause: string])[];
}

/** What was read last: an application mostly says the same as before, down to each value. */
let latestIntent: Intent = { length: -1, chunked: false, close: false, hasConnection: false, lines: [] };

const readIntent = (fields: FieldPairs): Intent => (says(fields, latestIntent.lines) ? latestIntent : (latestIntent = newIntent(fields)));

function says(fields: FieldPairs, lines: readonly FieldLine[]): boolean {
  if (fields.length !== lines.length) return false;
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i]!;
    if (fields[i]![0] !== line.name || fields[i]![1] !== line.value) return false;
  }
  return true;
}

function newIntent(fields: FieldPairs): Intent {
  let length = -1;
  let chunked = false;
  let close = false;
  let hasConnection = false;
  const lines: FieldLine[] = [];
  for (let i = 0; i < fields.length; i += 1) {
    const name = fields[i]![0];
    const value = fields[i]![1];
    const line = fieldLine(name, value);
    lines.push(line);
    switch (line.role) {
      case 'none':
        break;
      case 'content-length': {
        const given = lengthOf(value);
        if (given < 0) throw misuse('local-bad-content-length', 'RFC9110-8.6-2', `Content-Length is ${JSON.stringify(value.slice(0, 40))}, which is not a number of octets.`, 'Give the length in decimal digits.');
        if (length >= 0) throw misuse('local-content-length-repeated', 'RFC9110-8.6-13', 'Content-Length is given twice.', 'Give it once.');
        length = given;
        break;
      }
      case 'transfer-encoding':
        if (chunked || trimBlanks(value).toLowerCase() !== 'chunked') throw misuse('local-bad-transfer-encoding', 'RFC9112-6.1-4', `Transfer-Encoding is ${JSON.stringify(value.slice(0, 40))}; the only coding written here is chunked, once.`, 'Leave Transfer-Encoding out: the connection chooses it.');
        chunked = true;
        break;
      case 'connection':
        hasConnection = true;
        if (value.split(',').some((option) => trimBlanks(option).toLowerCase() === 'close')) close = true;
        break;
    }
  }
  // RFC9112-6.2-2: "A sender MUST NOT send a Content-Length header field in any message that contains a Transfer-Encoding header field."
  if (chunked && length >= 0) throw misuse('local-te-and-cl', 'RFC9112-6.2-2', 'Both Content-Length and Transfer-Encoding are given.', 'Give Content-Length if you know it, else neither.');
  return { length, chunked, close, hasConnection, lines };
}

/** RFC9110-8.6-2: 1*DIGIT. -1: it is none, or more than can be counted. */
function lengthOf(value: string): number {
  const length = digits(value);
  return length >= 0 ? length : digits(trimBlanks(value));
}

function digits(text: string): number {
  let number = 0;
  for (let i = 0; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return text === '' || number > Number.MAX_SAFE_INTEGER ? -1 : number;
}

const without = (fields: FieldPairs, name: string): FieldPairs => fields.filter(([own]) => own.toLowerCase() !== name);
const nothingDropped: SendPlan['dropped'] = [];
const none: Framing = Object.freeze({ kind: 'none', length: 0 });

/** Plan a request. Without Content-Length or `Transfer-Encoding: chunked` it has no body (RFC9112-6.3-2.7). */
export function planRequest(fields: FieldPairs): SendPlan {
  const intent = readIntent(fields);
  const framing: Framing = intent.chunked ? { kind: 'chunked', length: -1 } : intent.length >= 0 ? { kind: 'content-length', length: intent.length } : none;
  return { fields, lines: intent.lines, framing, clause: intent.chunked ? 'RFC9112-6.3-2.4' : intent.length >= 0 ? 'RFC9112-6.3-2.6' : 'RFC9112-6.3-2.7', close: intent.close, dropped: nothingDropped };
}

/** What a response is planned for. */
export interface ResponseContext {
  readonly status: number;
  /** Method of the request; '' where none could be read. */
  readonly method: string;
  /** The client's version; undefined where no request could be read. */
  readonly version: HttpVersion | undefined;
  /** The connection is to be kept, as far as the request goes. */
  readonly keepAlive: boolean;
}

/** Plan a final or interim response. */
export function planResponse(given: FieldPairs, context: ResponseContext): SendPlan {
  const intent = readIntent(given);
  const { status, method } = context;
  // Most responses: the length is known, the connection is kept, and nothing has to be changed.
  if (intent.length >= 0 && status >= 200 && status !== 204 && status !== 304 && method !== 'HEAD' && method !== 'CONNECT' && context.version === 11 && context.keepAlive && !intent.close) {
    return { fields: given, lines: intent.lines, framing: { kind: 'content-length', length: intent.length }, clause: 'RFC9112-6.3-2.6', close: false, dropped: nothingDropped };
  }
  return planOther(given, intent, context);
}

function planOther(given: FieldPairs, intent: Intent, context: ResponseContext): SendPlan {
  const { status, method } = context;
  let dropped = nothingDropped;
  let fields = given;
  const drop = (name: string, clause: string): void => {
    dropped = [...dropped, [name, clause]];
    fields = without(fields, name);
  };
  const tunnel = method === 'CONNECT' && status >= 200 && status < 300;
  if (status < 200 || status === 204 || tunnel) {
    // RFC9110-8.6-8: "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx (Informational) or 204 (No Content)"; RFC9112-6.1-10 says the same of Transfer-Encoding.
    if (intent.length >= 0) drop('content-length', 'RFC9110-8.6-8');
    if (intent.chunked) drop('transfer-encoding', 'RFC9112-6.1-10');
  }
  if (status < 200) return { fields, lines: fields === given ? intent.lines : fieldLines(fields), framing: none, clause: 'RFC9112-6.3-2.1', close: false, dropped };
  let framing: Framing;
  let clause = 'RFC9112-6.3-2.6';
  // Where no request could be read, nobody knows where the next one begins.
  let close = intent.close || !context.keepAlive || context.version === undefined;
  if (tunnel) {
    framing = { kind: 'tunnel', length: -1 };
    clause = 'RFC9112-6.3-2.2';
  }
  else if (method === 'HEAD' || status === 204 || status === 304) {
    framing = none;
    clause = 'RFC9112-6.3-2.1';
    // Content-Length may stay (RFC9110-8.6-6, RFC9110-8.6-7): it tells the length that a GET would have had.
    // Transfer-Encoding might (RFC9112-6.1-9), but it tells nobody anything, and a client may be wrong about it.
    if (intent.chunked && status !== 204) drop('transfer-encoding', 'RFC9112-6.1-9');
  } else if (intent.length >= 0) framing = { kind: 'content-length', length: intent.length };
  else if (context.version === 11) {
    framing = { kind: 'chunked', length: -1 };
    clause = 'RFC9112-6.3-2.4';
    if (!intent.chunked) fields = [...fields, ['Transfer-Encoding', 'chunked']];
  } else {
    // RFC9112-6.1-13: "A server MUST NOT send a response containing Transfer-Encoding unless the corresponding request indicates HTTP/1.1"
    if (intent.chunked) drop('transfer-encoding', 'RFC9112-6.1-13');
    framing = { kind: 'until-close', length: -1 };
    clause = 'RFC9112-6.3-2.8';
    close = true;
  }
  if (close && !intent.close) {
    // RFC9112-9.6-1: "A sender SHOULD send a Connection header field … containing the "close" connection option when it intends to close a connection."
    if (intent.hasConnection) fields = fields.map(([name, value]) => (name.toLowerCase() === 'connection' ? ([name, withoutKeepAlive(value)] as const) : ([name, value] as const))).filter(([name, value]) => value !== '' || name.toLowerCase() !== 'connection');
    fields = [...fields, ['Connection', 'close']];
  } else if (!close && context.version === 10 && !intent.hasConnection) {
    // RFC9112-9.3-3.3: HTTP/1.0 persists only where both say so.
    fields = [...fields, ['Connection', 'keep-alive']];
  }
  return { fields, lines: fields === given ? intent.lines : fieldLines(fields), framing, clause, close, dropped };
}

const withoutKeepAlive = (value: string): string => value.split(',').map(trimBlanks).filter((option) => option !== '' && option.toLowerCase() !== 'keep-alive').join(', ');
