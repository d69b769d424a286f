/**
 * The trace as numbers (`later`, `section`, `fact`, packed, sent to another thread and read back without believing it) says what the trace as objects says, event by event:
 * for every case of HTTP, with applications that change what they are given, and for every case of WSGI and ASGI.
 */
import { describe, expect, test } from 'vitest';
import { toGatewayApp } from '../../src/gateway/detect.ts';
import { socketPair } from '../../src/net/memory.ts';
import { Server } from '../../src/server/server.ts';
import type { TraceEvent, TraceInput } from '../../src/trace/events.ts';
import { buffersOf, materialise, Recorder } from '../../src/trace/recorder.ts';
import { tee, type Tracer } from '../../src/trace/tracer.ts';
import { play, readAppCases } from '../gateway/app-cases.ts';
import { readCases, readInput } from '../helpers/cases.ts';
import { fakeHost } from '../helpers/fake-clock.ts';

/** Knows objects only, in the order in which they are told. */
class Objects implements Tracer {
  readonly enabled = true;
  readonly clock = 0;
  readonly events: TraceInput[] = [];
  witness(): void {}
  emit(event: TraceInput): void {
    // What is told now must not depend on what becomes of it.
    this.events.push(structuredClone(event));
  }
  token(...[token, connection, exchange, stream, start, end]: Parameters<Tracer['token']>): void {
    this.events.push({ type: 'http.token', token, connection, exchange, stream, span: [start, end] });
  }
}

function compare(objects: Objects, recorder: Recorder): void {
  const batch = recorder.drain();
  const events = materialise(structuredClone(batch, { transfer: buffersOf(batch) }));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i));
  expect(events.map(({ clock }) => clock)).toEqual(events.map((_, i) => i + 1));
  expect(events.map(withoutStamp)).toEqual(objects.events);
}

const withoutStamp = ({ seq: _seq, at: _at, clock: _clock, process: _process, ...payload }: TraceEvent): object => payload;
const both = (): readonly [Objects, Recorder] => [new Objects(), new Recorder({ process: 'worker-1', clock: fakeHost().clock, budgetBytes: 64 * 1024 * 1024 })];

/** Takes apart what it was given as soon as it has it. */
const spoilingWsgi = (environ: Record<string, unknown>, startResponse: (status: string, headers: [string, string][]) => unknown): Uint8Array[] => {
  const body = (environ['wsgi.input'] as { read(): Uint8Array }).read();
  for (const key of Object.keys(environ)) environ[key] = 'spoilt';
  delete environ['REQUEST_METHOD'];
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['X-Empty', '']]);
  return [body, new Uint8Array(0), body];
};
const spoilingAsgi = async (scope: Record<string, unknown>, receive: () => Promise<{ more_body?: boolean }>, send: (event: object) => Promise<void>): Promise<void> => {
  if (scope['type'] !== 'http') throw new Error('no');
  const state = scope['state'] as { count: number[] };
  state.count.push(1);
  (scope['headers'] as Uint8Array[][]).forEach(([, value]) => value!.fill(0x21));
  for (const key of Object.keys(scope)) scope[key] = 'spoilt';
  while ((await receive()).more_body === true);
  await send({ type: 'http.response.start', status: 200, headers: [[new TextEncoder().encode('x-a'), new TextEncoder().encode('b')]] });
  await send({ type: 'http.response.body', body: new Uint8Array(3) });
};
/** With a state that every request changes. */
const lifespan = async (scope: Record<string, unknown>, receive: () => Promise<{ type: string; more_body?: boolean }>, send: (event: object) => Promise<void>): Promise<void> => {
  if (scope['type'] !== 'lifespan') return spoilingAsgi(scope, receive, send);
  (scope['state'] as Record<string, unknown>)['count'] = [];
  await receive();
  await send({ type: 'lifespan.startup.complete' });
  await receive();
  await send({ type: 'lifespan.shutdown.complete' });
};

const cases = readCases(new URL('../cases/http1/', import.meta.url)).filter(({ settings }) => settings['role'] !== 'client');
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe.each([['wsgi', spoilingWsgi], ['asgi', lifespan]] as const)('cases of HTTP, %s', (name, app) => {
  test.each([...new Set(cases.map(({ file }) => file))])('%s', async (file) => {
    let exchanges = 0;
    for (const one of cases.filter((other) => other.file === file)) {
      const [objects, recorder] = both();
      const host = fakeHost();
      const server = new Server({ app: toGatewayApp(app, name, 'app'), host, tracer: tee(objects, recorder), config: { validate: true, ...(name === 'asgi' && { lifespan: 'on' }) } });
      await server.startup();
      const [near, far] = socketPair();
      near.open({ onData: () => {}, onEof: () => {}, onDrain: () => {}, onClose: () => {} });
      server.handle(far);
      for (const step of one.steps) if (step.kind === 'http') near.write(readInput(step.text).bytes);
      await settle();
      near.end();
      await settle();
      compare(objects, recorder);
      exchanges += objects.events.filter(({ type }) => type === 'app.call').length;
    }
    // These need a client, or a leniency that no server has.
    if (!['send-request.md', 'lenient.md'].includes(file)) expect(exchanges).toBeGreaterThan(0);
  });
});

describe.each(['wsgi', 'asgi'])('cases of %s', (folder) => {
  test.each(readAppCases(new URL(`../cases/${folder}/`, import.meta.url)).map((one) => [`${one.file}: ${one.title}`, one] as const))('%s', async (_name, one) => {
    const [objects, recorder] = both();
    await play(one, () => [], undefined, [objects, recorder]);
    expect(objects.events.length).toBeGreaterThan(0);
    compare(objects, recorder);
  });
});

test('a line of the access log that tells of environ is made while environ is what the application left', async () => {
  const [, recorder] = both();
  const environs: Record<string, unknown>[] = [];
  const app = (environ: Record<string, unknown>, startResponse: (status: string, headers: [string, string][]) => unknown): Uint8Array[] => {
    environs.push(environ);
    startResponse('200 OK', []);
    return [];
  };
  const server = new Server({ app: toGatewayApp(app, 'wsgi', 'app'), host: fakeHost(), tracer: recorder, config: { accessLog: '%({PATH_INFO}e)s' } });
  const [near, far] = socketPair();
  near.open({ onData: () => {}, onEof: () => {}, onDrain: () => {}, onClose: () => {} });
  server.handle(far);
  near.write(new TextEncoder().encode('GET /a HTTP/1.1\r\nHost: a\r\n\r\n'));
  await settle();
  environs[0]!['PATH_INFO'] = '/later';
  expect(materialise(recorder.drain()).filter(({ type }) => type === 'log')).toMatchObject([{ text: '/a' }]);
});
