/**
 * What tracing costs: per event while recording, and per batch to another thread.
 * Usage: tsx scripts/bench-trace.ts [events-per-batch (10000)] [rounds (31)]
 * Prints medians; rounds of the variants are interleaved, so that a busy machine disturbs them alike.
 */
import { Worker } from 'node:worker_threads';
import { systemClock } from '../src/host/system.ts';
import type { TraceInput } from '../src/trace/events.ts';
import { buffersOf, materialise, Recorder, type TraceBatch } from '../src/trace/recorder.ts';
import { noTrace, type Tracer } from '../src/trace/tracer.ts';

const [events = 10_000, rounds = 31] = process.argv.slice(2).map(Number);
if (!Number.isSafeInteger(events) || events < 1 || !Number.isSafeInteger(rounds) || rounds < 1) {
  process.stderr.write('usage: tsx scripts/bench-trace.ts [events-per-batch] [rounds]\n');
  process.exit(2);
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const time = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

const bytes = new Uint8Array(200);
const segment = (i: number): TraceInput => ({ type: 'socket.data', connection: 1, exchange: 1, flow: 'recv', stream: 'c2s', span: [i, i + 200], bytes });
const recorder = (): Recorder => new Recorder({ process: 'bench', clock: systemClock, budgetBytes: 256 * 1024 * 1024 });

const tokens = (tracer: Tracer): void => {
  for (let i = 0; i < events; i += 1) if (tracer.enabled) tracer.token('field-value', 1, 1, 'c2s', i, i + 9);
};
const objects = (tracer: Tracer): void => {
  for (let i = 0; i < events; i += 1) if (tracer.enabled) tracer.emit(segment(i));
};

/** The road not taken: what the same tokens would cost as objects. */
const tokenObjects = (): TraceInput[] =>
  Array.from({ length: events }, (_, i) => ({ type: 'http.token', token: 'field-value', connection: 1, exchange: 1, stream: 'c2s', span: [i, i + 9], seq: i, at: i, clock: i, process: 'bench' }) as TraceInput);

/** Posts to a thread that answers each message at once; the time is there and back, the way back empty. */
const worker = new Worker("require('node:worker_threads').parentPort.on('message', () => require('node:worker_threads').parentPort.postMessage(0))", { eval: true });
const roundTrip = async (message: unknown, transfer: readonly ArrayBuffer[]): Promise<number> => {
  const start = performance.now();
  await new Promise((resolve) => {
    worker.once('message', resolve);
    worker.postMessage(message, transfer);
  });
  return performance.now() - start;
};

const filled = (fill: (tracer: Tracer) => void): TraceBatch => {
  const own = recorder();
  fill(own);
  return own.drain();
};

const measured = new Map<string, number[]>();
const note = (name: string, ms: number): void => void (measured.get(name) ?? measured.set(name, []).get(name)!).push(ms);

for (let round = -5; round < rounds; round += 1) {
  const warm = round >= 0;
  const own = recorder();
  const results: [string, number][] = [
    ['record, off', time(() => tokens(noTrace))],
    ['record, tokens', time(() => tokens(own))],
    ['drain, tokens', time(() => own.drain())],
    ['record, objects', time(() => objects(own))],
    ['drain, objects', time(() => own.drain())],
  ];
  const batch = filled(tokens);
  results.push(['cross, tokens as rows (transferred)', await roundTrip(batch, buffersOf(batch))]);
  results.push(['cross, tokens as objects (cloned)', await roundTrip(tokenObjects(), [])]);
  const segments = filled(objects);
  results.push(['cross, segments of 200 octets', await roundTrip(segments, buffersOf(segments))]);
  results.push(['cross, nothing', await roundTrip(0, [])]);
  const [rows, payloads] = [filled(tokens), structuredClone(filled(objects))];
  results.push(['materialise, tokens', time(() => materialise(rows))], ['materialise, objects', time(() => materialise(payloads))]);
  if (warm) for (const [name, ms] of results) note(name, ms);
}
await worker.terminate();

process.stdout.write(`${events} events per batch, median of ${rounds} rounds, Node ${process.version}\n\n`);
for (const [name, values] of measured) {
  const ms = median(values);
  process.stdout.write(`${name.padEnd(38)} ${ms.toFixed(3).padStart(9)} ms ${((ms * 1e6) / events).toFixed(0).padStart(7)} ns/event\n`);
}
