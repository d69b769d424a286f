import type { HttpData, HttpEnd, HttpFraming, HttpState, HttpToken, Stream, Token } from './events.ts';
import type { Tracer } from './tracer.ts';

/**
 * Events that are nothing but numbers: a code that says what happened, whom it is about, and two numbers more. The hot path tells them as such
 * ({@link Tracer.fact}), because an object for each costs more than reading the request that it is about; who reads the trace makes objects of them.
 *
 * A batch never outlives the build that made it, so the codes may change. They are, in this order: two for each token (by stream), two for `http.data` (by stream),
 * two for `http.end` (by stream; only without trailers), two for `http.framing` (by stream), two for `http.state` (by role).
 */

/** Tokens by their place in this list, which recordings in links hold as well: it may only grow at its end. `satisfies` and {@link tokenCode} see to it that none is forgotten. */
export const tokenNames = [
  'method', 'target', 'version', 'status', 'reason', 'field-name', 'field-value', 'chunk-size', 'chunk-extension', 'body',
  'trailer-name', 'trailer-value', 'line-end', 'separator', 'ignored', 'refused', 'ws-header', 'ws-mask', 'ws-payload',
] as const satisfies readonly Token[];

/** Compiles only while `tokenNames` has every token. */
const everyToken: Token extends (typeof tokenNames)[number] ? true : never = true;
/** Position of a token in {@link tokenNames}. */
export const tokenCode = (everyToken && Object.fromEntries(tokenNames.map((name, code) => [name, code]))) as Readonly<Record<Token, number>>;

/** States and causes of `http.state`, as the core names them. A test compares them with its tables. */
export const stateNames: readonly string[] = ['IDLE', 'SEND_BODY', 'SEND_RESPONSE', 'DONE', 'MIGHT_SWITCH', 'SWITCHED', 'MUST_CLOSE', 'CLOSED', 'ERROR'];
export const causeNames: readonly string[] = [
  'request', 'data', 'end', 'closed', 'error', 'open', 'informational', 'response', 'switch', 'next cycle', 'protocol switched', 'switch declined',
  'switch offered', 'not persistent', 'client closed', 'client failed', 'server closed', 'server failed',
];

/** Ways in which a body is delimited, and the clauses that choose them, as the core names them. */
const framingNames = ['none', 'content-length', 'chunked', 'until-close', 'tunnel'] as const satisfies readonly HttpFraming['framing'][];
const framingClauses: readonly string[] = ['RFC9112-6.3-2.1', 'RFC9112-6.3-2.2', 'RFC9112-6.3-2.4', 'RFC9112-6.3-2.6', 'RFC9112-6.3-2.7', 'RFC9112-6.3-2.8'];

const dataCode = tokenNames.length * 2;
const endCode = dataCode + 2;
const framingCode = endCode + 2;
const stateCode = framingCode + 2;
/** Smallest number that is not a code. */
export const factLimit = stateCode + 2;

const streamBit = (stream: Stream): number => (stream === 's2c' ? 1 : 0);

/** Code of a token; its numbers are the span. */
export const tokenFact = (token: Token, stream: Stream): number => tokenCode[token] * 2 + streamBit(stream);
/** Code of `http.data`; its numbers are the span. */
export const dataFact = (stream: Stream): number => dataCode + streamBit(stream);
/** Code of `http.end` without trailers; its numbers are the span. */
export const endFact = (stream: Stream): number => endCode + streamBit(stream);

/** Is it the code of `http.end`? */
export const isEnd = (code: number): boolean => code === endCode || code === endCode + 1;

/** Code of `http.framing`; its numbers are {@link framingNumber} and the length (-1: not known). */
export const framingFact = (stream: Stream): number => framingCode + streamBit(stream);
/** A framing and its clause in one number. @throws TypeError where the clause is not in the list above. */
export const framingNumber = (framing: HttpFraming['framing'], clause: string): number => framingNames.indexOf(framing) * 16 + position(framingClauses, clause);

/** Code and numbers of `http.state`. @throws TypeError where a name is not in the lists above. */
export function stateFact(role: 'client' | 'server', from: string, to: string, cause: string): { readonly code: number; readonly states: number; readonly cause: number } {
  return { code: stateCode + (role === 'server' ? 1 : 0), states: position(stateNames, from) * 16 + position(stateNames, to), cause: position(causeNames, cause) };
}

function position(names: readonly string[], name: string): number {
  const at = names.indexOf(name);
  if (at < 0) throw new TypeError(`"${name}" has no number in trace/facts.ts: add it to the list there`);
  return at;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** The event that a fact stands for. @throws TypeError where the numbers stand for none (they may come from hostile code). */
export function factEvent(code: number, connection: number, exchange: number, a: number, b: number): HttpToken | HttpData | HttpEnd | HttpFraming | HttpState {
  if (!isCount(code) || code >= factLimit) throw new TypeError(`no fact has the code ${code}`);
  if (!isCount(connection) || !isCount(exchange)) throw new TypeError(`a fact is about connection ${connection}, exchange ${exchange}`);
  if (code >= stateCode) {
    const from = stateNames[a >> 4];
    const to = stateNames[a & 15];
    const cause = causeNames[b];
    if (from === undefined || to === undefined || cause === undefined) throw new TypeError(`no change of state has the numbers ${a}, ${b}`);
    return { type: 'http.state', connection, exchange, role: code === stateCode ? 'client' : 'server', from, to, cause };
  }
  const stream = (code & 1) === 0 ? 'c2s' : 's2c';
  if (code >= framingCode) {
    const framing = framingNames[a >> 4];
    const clause = framingClauses[a & 15];
    if (framing === undefined || clause === undefined || !(isCount(b) || b === -1)) throw new TypeError(`no framing has the numbers ${a}, ${b}`);
    return { type: 'http.framing', stream, connection, exchange, framing, length: b, clause };
  }
  if (!isCount(a) || !isCount(b) || b < a) throw new TypeError(`a fact has the span ${a}..${b}`);
  if (code < dataCode) return { type: 'http.token', token: tokenNames[code >> 1]!, stream, connection, exchange, span: [a, b] };
  if (code < endCode) return { type: 'http.data', stream, connection, exchange, span: [a, b] };
  return { type: 'http.end', stream, connection, exchange, span: [a, b], trailers: 0 };
}

/** Takes facts as numbers. */
export interface FactTaker {
  fact(code: number, connection: number, exchange: number, a: number, b: number, sameMoment: boolean): void;
}

/** `tracer` itself where it takes numbers; else something that makes events of them for it. */
export function factTaker(tracer: Tracer): FactTaker {
  if (tracer.fact !== undefined) return tracer as FactTaker;
  return {
    fact(code, connection, exchange, a, b) {
      const event = factEvent(code, connection, exchange, a, b);
      if (event.type === 'http.token') tracer.token(event.token, connection, exchange, event.stream, a, b);
      else tracer.emit(event);
    },
  };
}
