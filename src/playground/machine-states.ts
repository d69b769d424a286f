import type { HttpState, TraceEvent, WsState } from '../trace/events.ts';
import type { MachineName } from './state-diagram.ts';
import { clientProcess, type ConnectionIndex } from './trace-log.ts';

/** Each end of a connection keeps its own machines: whose are looked at. */
export type End = 'server' | 'client';

/** A move that was told. */
export type Move = (HttpState | WsState) & TraceEvent;

/** Where a machine stands, and how it came there. */
export interface MachineNow {
  readonly machine: MachineName;
  readonly state: string;
  /** Moves so far, oldest first. The last one led to `state`. */
  readonly moves: readonly Move[];
}

const beginning: Readonly<Record<MachineName, string>> = { client: 'IDLE', server: 'IDLE', websocket: 'OPEN' };

const machineOf = (move: Move): MachineName => (move.type === 'ws.state' ? 'websocket' : move.role);

/** Where the machines of one end stand after event `step` of the connection. The WebSocket's is there once it has begun. */
export function machinesAt(connection: ConnectionIndex | undefined, end: End, step: number): MachineNow[] {
  const moves: Record<MachineName, Move[]> = { client: [], server: [], websocket: [] };
  let switched = false;
  connection?.events.forEach((event, at) => {
    if (at > step || (event.process === clientProcess) !== (end === 'client')) return;
    if (event.type === 'http.state' || event.type === 'ws.state') moves[machineOf(event)].push(event);
    switched ||= event.type.startsWith('ws.');
  });
  return (switched ? (['client', 'server', 'websocket'] as const) : (['client', 'server'] as const))
    .map((machine) => ({ machine, state: moves[machine].at(-1)?.to ?? beginning[machine], moves: moves[machine] }));
}
