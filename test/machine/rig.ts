import { afterEach } from 'vitest';
import { createMachine } from '../../src/machine/machine.ts';
import type { PythonSource } from '../../src/machine/python.ts';
import type { Machine, MachineStatus, SendResult, Spawner } from '../../src/machine/types.ts';
import type { Snippet } from '../../src/snippet/schema.ts';
import type { LogEvent, TraceEvent } from '../../src/trace/events.ts';
import { realHost } from '../helpers/hosts.ts';
import { library, createNodeSpawner, type NodeSpawner } from '../helpers/spawner-node.ts';

/** A machine with real processes, and what it said. */
export interface Rig {
  readonly machine: Machine;
  readonly spawner: NodeSpawner;
  /** Every event since the last `run`, in the order given out. */
  readonly events: TraceEvent[];
  readonly statuses: MachineStatus[];
  run(files: Readonly<Record<string, string>> | string, more?: Partial<Snippet>): Promise<MachineStatus>;
  get(path: string, connection?: number): Promise<SendResult>;
  /** Texts of the console. */
  logs(): string[];
  until(state: MachineStatus['state']): Promise<MachineStatus>;
  /** Resolves once such an event has been given out. */
  seen(predicate: (event: TraceEvent) => boolean): Promise<TraceEvent>;
}

const machines: Machine[] = [];
afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.stop()));
});

/** A snippet of one file, or of several with `app.ts` to start from. */
export function snippetOf(files: Readonly<Record<string, string>> | string, more: Partial<Snippet> = {}): Snippet {
  return {
    v: 1, lang: 'ts', interface: 'auto', entry: 'app.ts:app', requests: [], server: {}, network: {}, view: {},
    files: typeof files === 'string' ? { 'app.ts': files } : files, ...more,
  };
}

/** Its machine is stopped after the test. */
export function rig(spawner: Spawner = createNodeSpawner(), python?: PythonSource): Rig {
  const machine = createMachine({ spawner, host: realHost(), library, ...(python && { python }) });
  machines.push(machine);
  const events: TraceEvent[] = [];
  const statuses: MachineStatus[] = [];
  const watchers = new Set<() => void>();
  machine.subscribe((event) => {
    if (event.type === 'trace') events.push(...event.events);
    else if (event.type === 'status') statuses.push(event.status);
    for (const watcher of [...watchers]) watcher();
  });
  const eventually = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const watcher = (): void => {
        const found = look();
        if (found === undefined) return;
        watchers.delete(watcher);
        resolve(found);
      };
      watchers.add(watcher);
      watcher();
    });
  return {
    machine,
    spawner: spawner as NodeSpawner,
    events,
    statuses,
    run(files, more) {
      events.length = 0;
      statuses.length = 0;
      return machine.run(snippetOf(files, more));
    },
    get: (path, connection) => machine.send({ bytes: new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`), ...(connection !== undefined && { connection }) }),
    logs: () => events.filter((event): event is TraceEvent & LogEvent => event.type === 'log' && event.source !== 'access').map((event) => event.text),
    until: (state) => eventually(() => (machine.status.state === state ? machine.status : undefined)),
    seen: (predicate) => eventually(() => events.find(predicate)),
  };
}

/** The body as text; why there is none otherwise. */
export const bodyOf = (result: SendResult): string => (result.response ? new TextDecoder().decode(result.response.body) : `${result.failure?.kind}: ${result.failure?.message}`);

/** A WSGI app that answers with the text that `expression` gives. */
export const wsgi = (expression: string, before = ''): string => `${before}
export const app = (environ: any, startResponse: any) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [new TextEncoder().encode(String(${expression}))];
};
`;
