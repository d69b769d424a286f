/**
 * The page's half of `bench-page.ts`: starts the real runtime in a worker, sends it pipelined requests over a `PortSocket`, and takes what comes back, trace included,
 * without looking into it. Bundled and run in Chromium.
 */
import { Bucket } from '../../src/machine/bucket.ts';
import { type PortLike, PortSocket } from '../../src/net/port.ts';
import { remoteCalls, type CallPort } from '../../src/rpc/calls.ts';
import type { FromProcess, GatewayJob, ToProcess, WirePort } from '../../src/rpc/contract.ts';
import type { TraceBatch } from '../../src/trace/recorder.ts';
import { rowBytes } from '../../src/trace/rows.ts';
import type { Start } from './server-worker.ts';

/** What to do. */
export interface PageBench {
  /** Text of the runtime bundle. */
  readonly runtime: string;
  readonly app: string;
  /** One request, latin-1. */
  readonly request: string;
  readonly perBatch: number;
  /** Batches on their way at a time. */
  readonly inFlight: number;
  readonly validate: boolean;
  /** Events of trace that are taken in a second; for what is more the worker waits, records on, and drops the oldest. */
  readonly eventsPerSecond: number;
  readonly warmupMs: number;
  readonly measureMs: number;
}

/** What came of it. */
export interface PageResult {
  readonly requests: number;
  readonly ms: number;
  /** Events that arrived; those that a gap stands for are not among them. */
  readonly events: number;
}

const address = (port: number): { host: string; port: number } => ({ host: '127.0.0.1', port });

/** What `sandbox.html`'s bootstrap worker does. */
const bootstrap = `onmessage = async ({ data, ports }) => { (await import(data)).boot(ports[0]); postMessage(''); };`;

async function run(bench: PageBench): Promise<PageResult> {
  const url = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const worker = new Worker(url(bootstrap));
  const control = new MessageChannel();
  const wire = new MessageChannel();
  await new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(url(bench.runtime), [control.port2]);
  });
  let events = 0;
  const bucket = new Bucket({ now: () => performance.now(), wallMs: () => Date.now() }, bench.eventsPerSecond, bench.eventsPerSecond);
  wire.port1.onmessage = ({ data }: MessageEvent<FromProcess>) => {
    if (data.type !== 'trace') return;
    const rows = data.batch.tokens.byteLength / rowBytes;
    events += rows;
    setTimeout(() => wire.port1.postMessage({ type: 'credit', batches: 1 } satisfies ToProcess), bucket.take(rows));
  };
  const job: GatewayJob = {
    kind: 'gateway', name: 'worker-1', files: { 'app.ts': bench.app }, entry: 'app.ts:app', libraries: {}, clock: 0, interface: 'wsgi',
    server: { validate: bench.validate }, address: address(8000), backlog: 10, multiprocess: false,
  };
  const outcome = await remoteCalls(control.port1 as unknown as CallPort).start(job, wire.port2 as WirePort);
  if (!outcome.ok) throw new Error(outcome.problem.message);

  const line = new MessageChannel();
  wire.port1.postMessage({ type: 'connection', id: 1, local: address(8000), remote: address(50_000), port: line.port2 as WirePort, clock: 1 } satisfies ToProcess, [line.port2]);
  try {
    return await converse(line.port1, bench, () => events);
  } finally {
    worker.terminate();
  }
}

/** What a trace costs the worker: a server alone, with and without one. */
async function runAlone(bench: Pick<PageBench, 'runtime' | 'request' | 'perBatch' | 'inFlight' | 'eventsPerSecond' | 'warmupMs' | 'measureMs'> & { readonly traced: boolean }): Promise<PageResult> {
  const worker = new Worker(URL.createObjectURL(new Blob([bench.runtime], { type: 'text/javascript' })));
  let events = 0;
  const bucket = new Bucket({ now: () => performance.now(), wallMs: () => Date.now() }, bench.eventsPerSecond, bench.eventsPerSecond);
  worker.onmessage = ({ data }: MessageEvent<TraceBatch>) => {
    const rows = data.tokens.byteLength / rowBytes;
    events += rows;
    setTimeout(() => worker.postMessage(''), bucket.take(rows));
  };
  const line = new MessageChannel();
  worker.postMessage({ traced: bench.traced, port: line.port2 } satisfies Start, [line.port2]);
  try {
    return await converse(line.port1, bench, () => events);
  } finally {
    worker.terminate();
  }
}

/** Send as fast as answers come, over one connection, and count them. */
async function converse(port: MessagePort, bench: Pick<PageBench, 'request' | 'perBatch' | 'inFlight' | 'warmupMs' | 'measureMs'>, eventsSoFar: () => number): Promise<PageResult> {
  const socket = new PortSocket(port as PortLike, { id: 1, role: 'client', local: address(50_000), remote: address(8000) });
  const batch = Uint8Array.from(bench.request.repeat(bench.perBatch), (char) => char.charCodeAt(0));

  let received = 0;
  let onOctets = (): void => {};
  const end = new Promise<never>((_, reject) => {
    socket.open({
      onData: (bytes) => {
        received += bytes.length;
        onOctets();
      },
      onEof: () => reject(new Error('the server closed the connection')),
      onDrain: () => {},
      onClose: (error) => reject(new Error(error?.message ?? 'closed')),
    });
  });
  // One alone, to learn how long an answer is: all are alike.
  socket.write(Uint8Array.from(bench.request, (char) => char.charCodeAt(0)));
  await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 300))]);
  const answerSize = received;
  if (answerSize === 0) throw new Error('no answer');

  const measured = new Promise<PageResult>((resolve) => {
    const began = performance.now();
    let sent = 0;
    let from: { readonly at: number; readonly received: number; readonly events: number } | undefined;
    received = 0;
    onOctets = () => {
      const now = performance.now();
      if (from === undefined && now - began >= bench.warmupMs) from = { at: now, received, events: eventsSoFar() };
      if (from !== undefined && now - from.at >= bench.measureMs) {
        onOctets = () => {};
        resolve({ requests: (received - from.received) / answerSize, ms: now - from.at, events: eventsSoFar() - from.events });
        return;
      }
      while (sent * answerSize * bench.perBatch - received < bench.inFlight * answerSize * bench.perBatch) {
        socket.write(batch);
        sent += 1;
      }
    };
    onOctets();
  });
  return Promise.race([end, measured]);
}

/** What the page is given. */
export interface Benches {
  readonly runBench: typeof run;
  readonly runAlone: typeof runAlone;
}

Object.assign(globalThis, { runBench: run, runAlone } satisfies Benches);
