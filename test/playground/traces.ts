/** A trace to test on: what the fake machine tells of one request. */
import { TraceLog } from '../../src/playground/trace-log.ts';
import type { Snippet } from '../../src/snippet/schema.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { FakeMachine, type FakeAnswer } from '../helpers/fake-machine.ts';

export const request = [
  'POST /a%20b?x=1 HTTP/1.1',
  'Host: 127.0.0.1:8000',
  'Content-Type: text/plain',
  'Content-Length: 5',
  '',
  'hello',
].join('\r\n');

export const snippet: Snippet = {
  v: 1, lang: 'ts', interface: 'auto', entry: 'app.ts:app', files: { 'app.ts': 'export const app = 1;\n' },
  requests: [{ name: 'POST /a%20b?x=1', raw: request }], server: {}, network: {}, view: {},
};

/** Latin-1 octets. */
export const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The log after `request` was sent once for each of the answers. */
export async function traceOf(...answers: readonly FakeAnswer[]): Promise<{ readonly log: TraceLog; readonly events: readonly TraceEvent[] }> {
  const machine = new FakeMachine();
  const log = new TraceLog();
  machine.subscribe((event) => { if (event.type === 'trace') log.append(event.events); });
  await machine.run(snippet);
  for (const answer of answers) {
    machine.answer = () => answer;
    await machine.send({ bytes: octets(request) });
  }
  return { log, events: log.events };
}
