/** A request as the core reads it, for tests of what is built from it. */
import { Connection } from '../../src/core/http1/connection.ts';
import type { Request } from '../../src/core/http1/events.ts';
import type { ConnectionFacts } from '../../src/gateway/channel.ts';
import { answer } from '../helpers/answer.ts';

export const requestOf = (text: string): Request => requestsOf([text]).next().value!;

/** Requests without a body on one connection, each read and answered before the next one comes. */
export function* requestsOf(texts: readonly string[]): Generator<Request, undefined> {
  const connection = new Connection({ role: 'server' });
  for (const text of texts) {
    connection.receiveData(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    const event = connection.nextEvent();
    if (event.type !== 'request') throw new Error(`no request but ${event.type}`);
    yield event;
    connection.nextEvent();
    answer(connection);
  }
}

export const facts: ConnectionFacts = {
  scheme: 'http', local: { host: '127.0.0.1', port: 8000 }, remote: { host: '192.0.2.1', port: 4711 }, rootPath: '', multiprocess: false, software: 'porthole',
};
