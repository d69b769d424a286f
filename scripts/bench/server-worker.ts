/**
 * A server alone in a worker, for `bench-page.ts`: no snippet is loaded and nothing is checked, so that what a trace costs is seen against as little else as can be.
 * The first message names the port of a connection and says whether there is a trace; its batches are posted back, and each message after that grants one more.
 */
import { systemHost } from '../../src/host/system.ts';
import { type PortLike, PortSocket } from '../../src/net/port.ts';
import { TraceOutlet } from '../../src/runner/outlet.ts';
import { Server } from '../../src/server/server.ts';
import { noTrace } from '../../src/trace/tracer.ts';
import { toGatewayApp } from '../../src/gateway/detect.ts';

const body = new TextEncoder().encode('Hello, world!');
const app = toGatewayApp((_environ: object, startResponse: (status: string, headers: [string, string][]) => void) => {
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['Content-Length', '13']]);
  return [body];
}, 'wsgi', 'app');

/** The first message. */
export interface Start { readonly traced: boolean; readonly port: MessagePort }

const worker = globalThis as unknown as { onmessage: ((event: MessageEvent<Start>) => void) | null; postMessage(message: unknown, transfer: Transferable[]): void };
worker.onmessage = ({ data: { traced, port } }) => {
  const outlet = traced ? new TraceOutlet({ process: 'worker-1', host: systemHost, send: (batch) => worker.postMessage(batch, [batch.tokens]) }) : undefined;
  worker.onmessage = () => outlet?.addCredit(1);
  const server = new Server({ app, config: { validate: false }, host: systemHost, tracer: outlet ?? noTrace });
  const at = (number: number): { host: string; port: number } => ({ host: '127.0.0.1', port: number });
  server.handle(new PortSocket(port as unknown as PortLike, { id: 1, role: 'server', local: at(8000), remote: at(50_000) }));
};
