/** A real server and a real client in memory, and the trace that both tell: what the exports are made from. */
import { HttpClient, type ClientResult } from '../../../src/client/http-client.ts';
import { latin1Bytes } from '../../../src/client/latin1.ts';
import { toGatewayApp } from '../../../src/gateway/detect.ts';
import { systemHost } from '../../../src/host/system.ts';
import { TraceMerger } from '../../../src/machine/merge.ts';
import { socketPair } from '../../../src/net/memory.ts';
import { TraceLog } from '../../../src/playground/trace-log.ts';
import type { ServerConfig } from '../../../src/server/config.ts';
import { Server } from '../../../src/server/server.ts';
import type { TraceEvent } from '../../../src/trace/events.ts';

/** Unix time of the trace's time 0. */
export const epochMs = 1_700_000_000_000;

export interface Recorded {
  readonly events: readonly TraceEvent[];
  readonly log: TraceLog;
  readonly results: readonly ClientResult[];
}

/** One connection, by what is sent on it in turn; `'reset'` cuts it, `'close'` closes it. */
export type Script = readonly (string | 'reset' | 'close')[];

const soon = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 5); });

/** Serve `app` to one connection per script, one after the other. */
export async function record(app: unknown, scripts: readonly Script[], config: Partial<ServerConfig> = {}): Promise<Recorded> {
  const events: TraceEvent[] = [];
  const merger = new TraceMerger(systemHost, async () => {}, (batch) => { events.push(...batch); });
  const server = new Server({ app: toGatewayApp(app, 'auto', 'app.ts:app'), config: { debug: true, ...config }, host: systemHost, tracer: merger.tracer('worker-1') });
  await server.startup();
  const tracer = merger.tracer('client');
  const results: ClientResult[] = [];
  let id = 0;
  for (const script of scripts) {
    const [near, far] = socketPair({ id: ++id, client: { host: '127.0.0.1', port: 49_151 + id }, server: { host: '127.0.0.1', port: 8000 } });
    const client = new HttpClient(near, { host: systemHost, tracer, timeoutMs: 5000 });
    server.handle(far);
    for (const step of script) {
      if (step === 'reset') client.reset();
      else if (step === 'close') client.close();
      else results.push(await client.send(latin1Bytes(step)));
    }
    await soon();
    client.close();
    await soon();
  }
  await server.shutdown(0);
  merger.flush();
  const log = new TraceLog();
  log.append(events);
  return { events: log.events, log, results };
}
