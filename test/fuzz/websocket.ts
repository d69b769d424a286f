/**
 * Fuzzes the WebSocket core: whatever frames or handshakes arrive, however they are cut, they are understood or refused with RemoteProtocolError, nothing else, in bounded
 * memory, and the answer is the same for every cut. Run by `run.ts`.
 *
 * Seeds (`corpus/websocket`) are frames for a server, frames for a client, a handshake or an answer to one, by the beginning of their name; `-deflate` in it says that
 * permessage-deflate was agreed.
 */
import { Connection } from '../../src/core/http1/connection.ts';
import { RemoteProtocolError } from '../../src/core/http1/errors.ts';
import { WsConnection } from '../../src/core/ws/connection.ts';
import { answerHandshake, isRefusal, readAnswerToHandshake, readHandshake } from '../../src/core/ws/handshake.ts';
import { type DeflateParameters, MessageDeflater } from '../../src/core/ws/permessage-deflate.ts';
import { type Cuts, pieces, randomCuts } from '../helpers/cuts.ts';
import { recordingTracer } from '../helpers/trace.ts';
import type { Random } from './grammar.ts';
import { eachOctet, readCorpus, sameForEvery, type Target } from './target.ts';
import { frames, handshake } from './websocket-grammar.ts';

const kinds = ['server', 'client', 'server-deflate', 'client-deflate', 'handshake', 'answer'] as const;
type Kind = (typeof kinds)[number];

const agreed: DeflateParameters = { serverNoContextTakeover: false, clientNoContextTakeover: false, serverMaxWindowBits: 15, clientMaxWindowBits: 15 };
const forgetful: DeflateParameters = { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 10, clientMaxWindowBits: 9 };
const key = 'dGhlIHNhbXBsZSBub25jZQ==';

interface Options {
  readonly role: 'server' | 'client';
  readonly deflate: DeflateParameters | undefined;
  readonly maxMessageBytes: number;
}

/** Octets as digits: two arrays are the same where these are. */
const hex = (bytes: Uint8Array): string => Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0')).join('');

/**
 * What a connection makes of frames: one line per event, up to a refusal or the end. What it understands is sent back, and a connection of the other role must
 * understand that as the same.
 */
function observeFrames(input: Uint8Array, cuts: Cuts, { role, deflate, maxMessageBytes }: Options): string[] {
  const { tracer, tokens } = recordingTracer();
  const maskKey = (): Uint8Array => Uint8Array.of(1, 2, 3, 4);
  const common = { maxMessageBytes, deflateThreshold: 8, ...(deflate && { deflate }) };
  const connection = new WsConnection({ role, tracer, maskKey, ...common });
  const peer = new WsConnection({ role: role === 'server' ? 'client' : 'server', maskKey, ...common });
  const lines: string[] = [];
  let received = 0;
  let over = false;

  const drain = (): void => {
    while (!over) {
      let event;
      try {
        event = connection.nextEvent();
      } catch (error) {
        if (!(error instanceof RemoteProtocolError)) throw error;
        // Where inflated octets went wrong nobody can say to the octet: only the piece is known, and that is a matter of cuts.
        const [start, end] = error.span;
        if (start < 0 || end < start || end > input.length) throw new Error(`the refusal is at ${start}-${end} of ${input.length}`);
        lines.push(`error ${error.code} ${error.status} ${error.clause}${deflate === undefined ? ` ${start}-${end}` : ''}`);
        over = true;
        return;
      }
      if (event.type === 'need-data') return;
      if (event.type === 'ended') {
        lines.push(`ended ${event.clean}`);
        over = true;
        return;
      }
      const size = event.type === 'text' ? new TextEncoder().encode(event.text).length : event.type === 'binary' ? event.bytes.length : 0;
      if (size > maxMessageBytes) throw new Error(`a message of ${size} octets`);
      if (event.span![1] > received) throw new Error(`an event of octets that have not come: ${event.span!.join('-')} of ${received}`);
      const content = event.type === 'text' ? JSON.stringify(event.text) : event.type === 'binary' ? hex(event.bytes) : event.type === 'close' ? `${event.code} ${JSON.stringify(event.reason)}` : hex(event.payload);
      lines.push(`${event.type} ${content} ${event.span!.join('-')}`);
      peer.receiveData(connection.send(event));
      const heard = peer.nextEvent();
      const { span: _span, ...mine } = event;
      const { span: _peers, ...theirs } = heard as typeof event;
      if (JSON.stringify(mine) !== JSON.stringify(theirs)) throw new Error(`sent ${JSON.stringify(mine)}, understood as ${JSON.stringify(theirs)}`);
    }
  };
  for (const piece of pieces(input, cuts)) {
    received += piece.length;
    connection.receiveData(piece);
    drain();
    if (over) break;
    if (connection.bufferedBytes > maxMessageBytes) throw new Error(`${connection.bufferedBytes} octets wait`);
  }
  if (!over) {
    connection.receiveEof();
    drain();
  }
  let at = 0;
  for (const { token, span: [start, end], stream } of tokens) {
    if (stream !== (role === 'server' ? 'c2s' : 's2c')) continue;
    if (token === 'refused') break;
    if (start !== at || end <= start) throw new Error(`token ${token} at ${start}-${end} follows ${at}`);
    at = end;
  }
  return lines;
}

/** What is made of a handshake, or of the answer to one. */
function observeHandshake(input: Uint8Array, cuts: Cuts, answer: boolean): string[] {
  const connection = new Connection({ role: answer ? 'client' : 'server' });
  if (answer) {
    connection.send({ type: 'request', method: 'GET', target: '/', headers: [['Host', 'a'], ['Upgrade', 'websocket'], ['Connection', 'Upgrade'], ['Sec-WebSocket-Key', key], ['Sec-WebSocket-Version', '13']] });
    connection.send({ type: 'end' });
  }
  try {
    for (const piece of pieces(input, cuts)) {
      connection.receiveData(piece);
      const event = connection.nextEvent();
      if (event.type === 'need-data' || event.type === 'paused') continue;
      if (event.type !== 'request' && event.type !== 'response' && event.type !== 'informational') return [event.type];
      const outcome = event.type === 'request' ? readHandshake(event) : readAnswerToHandshake(event, { key, subprotocols: ['chat'], compress: true });
      if (isRefusal(outcome)) return [`error ${outcome.error.code} ${outcome.error.status} ${outcome.error.span.join('-')}`, JSON.stringify(outcome.headers)];
      // The answer must be one that can be written.
      if ('key' in outcome) return [`accepted ${JSON.stringify(outcome)}`, hex(connection.send({ type: 'informational', status: 101, reason: 'Switching Protocols', headers: answerHandshake(outcome, { subprotocol: outcome.subprotocols[0] }).headers }))];
      return [`agreed ${JSON.stringify(outcome)}`];
    }
  } catch (error) {
    if (!(error instanceof RemoteProtocolError)) throw error;
    return [`error ${error.code} ${error.status} ${error.span.join('-')}`];
  }
  return ['incomplete'];
}

function check(random: Random, bytes: Uint8Array, kind: Kind): string[] {
  const cuts = [[], eachOctet(bytes), randomCuts(bytes.length, random), randomCuts(bytes.length, random)];
  if (kind === 'handshake' || kind === 'answer') return sameForEvery(cuts, (each) => observeHandshake(bytes, each, kind === 'answer'));
  const options: Options = {
    role: kind.startsWith('server') ? 'server' : 'client',
    deflate: !kind.endsWith('deflate') ? undefined : random() < 0.8 ? agreed : forgetful,
    maxMessageBytes: random() < 0.25 ? 200 : 1 << 20,
  };
  return sameForEvery(cuts, (each) => observeFrames(bytes, each, options));
}

/** The WebSocket core: frames in both roles, with and without compression, and handshakes from both ends. */
export const websocket: Target<Kind> = {
  name: 'websocket',
  corpus: () => readCorpus('websocket', (name) => [...kinds].sort((a, b) => b.length - a.length).find((kind) => name.startsWith(kind))!),
  make(random) {
    const kind = kinds[Math.floor(random() * kinds.length)]!;
    if (kind === 'handshake' || kind === 'answer') return { kind, bytes: handshake(random, kind === 'answer') };
    const deflater = kind.endsWith('deflate') ? new MessageDeflater(random() < 0.7 ? 9 : 15, false) : undefined;
    return { kind, bytes: frames(random, kind.startsWith('server') ? 'server' : 'client', deflater) };
  },
  check,
};
