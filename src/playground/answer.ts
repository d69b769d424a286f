import { ResponseReader } from '../client/response-reader.ts';
import { RequestScanner } from '../client/scan.ts';
import type { ClientResponse } from '../client/http-client.ts';
import type { Span } from '../trace/events.ts';
import { noTrace } from '../trace/tracer.ts';
import { clientProcess, type ConnectionIndex, type ExchangeIndex } from './trace-log.ts';

/** What the client knew of an answer at some step: as much as had arrived. */
export interface AnswerSoFar {
  /** Missing until the head is complete. */
  readonly response?: ClientResponse;
  readonly complete: boolean;
  /** Octets that had arrived on this connection. */
  readonly received: number;
}

/** Read the answer to an exchange once more, from the segments that had arrived at the client. */
export function answerSoFar(connection: ConnectionIndex, exchange: number): AnswerSoFar {
  const sent = new RequestScanner();
  const reader = new ResponseReader(connection.id, noTrace, Infinity, sent);
  let received = 0;
  for (const event of connection.events) {
    if (event.process !== clientProcess) continue;
    if (event.type === 'socket.data' && event.stream === 'c2s') sent.push(event.bytes);
    else if (event.type === 'socket.data') {
      received += event.bytes.length;
      reader.push(event.bytes);
    } else if (event.type === 'socket.eof' && event.stream === 's2c') reader.end();
  }
  const whole = reader.takeComplete().find((answer) => answer.exchange === exchange);
  if (whole) return { response: whole.response, complete: true, received };
  const { partial } = reader;
  return { ...(partial && reader.exchange === exchange ? { response: partial } : {}), complete: false, received };
}

/** Where the parts of an answer lie in the stream, so that each can be pointed at. */
export interface AnswerSpans {
  readonly statusLine?: Span;
  /** One for each field line of the head, in order. */
  readonly fields: readonly Span[];
  /** From the first to the last octet of content; framing may lie between. */
  readonly body?: Span;
}

/** Read off the tokens of the answer. */
export function answerSpans(connection: ConnectionIndex, exchange: ExchangeIndex): AnswerSpans {
  const fields: Span[] = [];
  const head = exchange.response?.span;
  let statusLine: Span | undefined;
  let begin = -1;
  for (const { token, start, end } of head ? connection.s2c.tokensIn(head[0], head[1]) : []) {
    if (token === 'line-end') {
      if (begin >= 0) fields.push([begin, end]);
      else statusLine ??= head && [head[0], end];
      begin = -1;
    } else if (token === 'field-name') begin = start;
  }
  const content = connection.s2c.contentSpans(exchange.number, 0, Infinity);
  const [first] = content;
  return { ...(statusLine ? { statusLine } : {}), fields, ...(first ? { body: [first[0], content.at(-1)![1]] } : {}) };
}
