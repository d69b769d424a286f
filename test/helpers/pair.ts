/** Two cores back to back, with nothing between them but octets that may be cut anywhere. */
import { Connection, type ConnectionOptions } from '../../src/core/http1/connection.ts';
import type { FieldPairs, ReceivedEvent, SentEvent } from '../../src/core/http1/events.ts';
import { pieces, randomCuts } from './cuts.ts';

/** A received event as data that can be compared: no spans, adjacent content joined. */
export type Heard =
  | { readonly type: 'request'; readonly method: string; readonly target: string; readonly fields: FieldPairs }
  | { readonly type: 'response' | 'informational'; readonly status: number; readonly reason: string; readonly fields: FieldPairs }
  | { readonly type: 'data'; readonly octets: string }
  | { readonly type: 'end'; readonly trailers: FieldPairs }
  | { readonly type: 'closed' };

export class ConnectionPair {
  readonly client: Connection;
  readonly server: Connection;
  readonly #random: () => number;

  /** `random` decides where octets are cut on their way. */
  constructor(random: () => number, options: Omit<ConnectionOptions, 'role'> = {}) {
    this.client = new Connection({ ...options, role: 'client' });
    this.server = new Connection({ ...options, role: 'server' });
    this.#random = random;
  }

  /** Let one end send, and the other hear it. */
  send(from: 'client' | 'server', ...events: readonly SentEvent[]): Heard[] {
    const [sender, receiver] = from === 'client' ? [this.client, this.server] : [this.server, this.client];
    const heard: Heard[] = [];
    for (const event of events) {
      const bytes = sender.send(event);
      for (const piece of pieces(bytes, randomCuts(bytes.length, this.#random))) {
        receiver.receiveData(piece);
        drain(receiver, heard);
      }
    }
    drain(receiver, heard);
    return heard;
  }

  /** The end of one direction. */
  close(from: 'client' | 'server'): Heard[] {
    const receiver = from === 'client' ? this.server : this.client;
    const heard: Heard[] = [];
    receiver.receiveEof();
    drain(receiver, heard);
    return heard;
  }

  nextCycle(): void {
    this.client.startNextCycle();
    this.server.startNextCycle();
  }

  /** Both machines, as each end sees them: they must agree. */
  get states(): { readonly client: readonly string[]; readonly server: readonly string[] } {
    return { client: [this.client.ourState, this.server.theirState], server: [this.server.ourState, this.client.theirState] };
  }
}

/** Everything that a connection has to say now, appended to `heard`. */
export function drain(connection: Connection, heard: Heard[]): void {
  for (;;) {
    const event: ReceivedEvent = connection.nextEvent();
    switch (event.type) {
      case 'need-data':
      case 'paused':
        return;
      case 'closed':
        if (heard.at(-1)?.type !== 'closed') heard.push({ type: 'closed' });
        return;
      case 'request':
        heard.push({ type: 'request', method: event.method, target: event.target, fields: [...event.headers] });
        break;
      case 'response':
      case 'informational':
        heard.push({ type: event.type, status: event.status, reason: event.reason, fields: [...event.headers] });
        break;
      case 'data': {
        const last = heard.at(-1);
        const octets = String.fromCharCode(...event.bytes);
        if (last?.type === 'data') heard[heard.length - 1] = { type: 'data', octets: last.octets + octets };
        else heard.push({ type: 'data', octets });
        break;
      }
      case 'end':
        heard.push({ type: 'end', trailers: event.trailers === undefined ? [] : [...event.trailers] });
        break;
    }
  }
}
