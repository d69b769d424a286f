/** The example of four servers, with the real ones: the same bytes to each, on a machine with real processes. */
import { beforeAll, expect, test } from 'vitest';
import { examples, exampleSnippet } from '../../src/examples/index.ts';
import { compareAnswers, listeners, type Asked, type Column, type Compared } from '../../src/playground/compare.ts';
import { TraceLog } from '../../src/playground/trace-log.ts';
import { debianWheels } from '../helpers/debian-wheels.ts';
import { pythonRig } from '../helpers/python-machine.ts';
import type { Rig } from '../machine/rig.ts';

const snippet = exampleSnippet(examples.find(({ id }) => id === 'python-four-servers')!);

/** Send a request of the example to all four. One that waits for more is not waited for. */
async function compare(made: Rig, name: string): Promise<Compared> {
  const { raw } = snippet.requests.find((request) => request.name === name)!;
  const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0));
  const asked = await Promise.all(listeners(snippet, made.machine.status.programs).map(async (listener): Promise<Asked> => {
    let connection: number | undefined;
    const sending = made.machine.send({ bytes, to: listener.address, onConnection: (id) => { connection = id; } });
    const result = await Promise.race([sending, new Promise<undefined>((resolve) => { setTimeout(() => resolve(undefined), 3000); })]);
    return { ...listener, ...(connection !== undefined && { connection }), ...(result && { result }) };
  }));
  const log = new TraceLog();
  log.append(made.events);
  return compareAnswers({ id: 1, raw, asked }, log);
}

const by = ({ columns }: Compared, tell: (column: Column) => unknown): Record<string, unknown> => Object.fromEntries(columns.map((column) => [column.program, tell(column)]));
const answered = ({ answer, ending }: Column): unknown[] => [answer?.statusLine, answer?.framing, ending];

let made: Rig | undefined;
beforeAll(() => {
  // Asked for before the clock of a test runs: the first time, these are fetched.
  debianWheels();
}, 300_000);

test('one application behind the gateway, wsgiref, waitress and uvicorn: the same bytes, four answers', async () => {
  made = await pythonRig(debianWheels());
  await made.machine.run(snippet);
  await expect.poll(() => listeners(snippet, made!.machine.status.programs).map(({ address }) => address), { timeout: 60_000 }).toEqual(['127.0.0.1:8000', '127.0.0.1:8001', '127.0.0.1:8002', '127.0.0.1:8003']);

  const list = await compare(made, 'A list');
  expect(by(list, answered)).toEqual({
    gateway: ['HTTP/1.1 200 OK', 'content-length', 'open'], wsgiref: ['HTTP/1.0 200 OK', 'content-length', 'closed'],
    waitress: ['HTTP/1.1 200 OK', 'content-length', 'open'], uvicorn: ['HTTP/1.1 200 OK', 'chunked', 'open'],
  });
  expect(list.contentDiffers).toEqual([false, false, false, false]);
  expect(list.fields.find(({ name }) => name === 'Server')?.cells.map(({ values }) => values[0]?.split('/')[0])).toEqual(['porthole', 'WSGIServer', 'waitress', 'uvicorn']);

  expect(by(await compare(made, 'A stream'), answered)).toEqual({
    gateway: ['HTTP/1.1 200 OK', 'chunked', 'open'], wsgiref: ['HTTP/1.0 200 OK', 'until-close', 'closed'],
    waitress: ['HTTP/1.1 200 OK', 'chunked', 'closed'], uvicorn: ['HTTP/1.1 200 OK', 'chunked', 'open'],
  });

  expect(by(await compare(made, 'A body'), ({ answer }) => new TextDecoder().decode(answer?.content))).toEqual(
    Object.fromEntries(['gateway', 'wsgiref', 'waitress', 'uvicorn'].map((name) => [name, 'POST /form: 9 octets\n'])));

  // One refuses, one takes 37 octets for a body, and two see a second request in them.
  expect(by(await compare(made, 'Two lengths'), ({ answers }) => answers.map(({ status, content }) => (status === 200 ? new TextDecoder().decode(content).trim() : status)))).toEqual({
    gateway: [400], wsgiref: ['POST /: 37 octets'], waitress: ['POST /: 0 octets', 'GET /admin: 0 octets'], uvicorn: ['POST /: 0 octets', 'GET /admin: 0 octets'],
  });

  expect((await compare(made, 'No Host')).columns.map(({ answer }) => answer?.status)).toEqual([400, 200, 200, 400]);
}, 240_000);
