/**
 * What a process asks of the network of its machine. A socket that is connected is an end of a connection in the process
 * itself (`net/port.ts`); only what concerns addresses is asked for: who may have one, who listens, who connects to whom.
 * Types only.
 */
import type { WireAddress, WirePort } from './contract.ts';

/** Descriptors that one process may have open on the network. */
export const maxDescriptors = 256;
/** Calls of one process that may be under way. */
export const maxPendingCalls = 256;

/** The calls, by their names in sys/socket.h. `fd`: a number of the process's choosing, from 3, that is not in use for `bind` and is bound for the others. */
export type NetworkCall =
  /** Answered with the address. */
  | { readonly call: 'bind'; readonly fd: number; readonly address: WireAddress; readonly reuseAddress: boolean }
  | { readonly call: 'listen'; readonly fd: number; readonly backlog: number }
  /** Answered with a connection. `timeoutMs`: ETIMEDOUT then; 0: EAGAIN at once. */
  | { readonly call: 'accept'; readonly fd: number; readonly timeoutMs?: number }
  /** Answered with a connection. `fd`: connect from the address that it is bound to. */
  | { readonly call: 'connect'; readonly fd?: number; readonly address: WireAddress; readonly timeoutMs?: number }
  | { readonly call: 'close'; readonly fd: number };

/** Process → machine. */
export type SystemCall = { readonly type: 'call'; readonly id: number; readonly clock: number } & NetworkCall;

/** A connection as it is handed over: `port` is transferred and speaks as `net/port.ts`; in a replay it is a channel of the wire. */
export interface WireConnection {
  readonly id: number;
  readonly local: WireAddress;
  readonly remote: WireAddress;
  readonly port: WirePort | number;
}

/** What a call came to. `code` is an `Errno` of `net/socket.ts`. */
export type CallResult =
  | { readonly ok: true; readonly address?: WireAddress; readonly connection?: WireConnection }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Machine → process. */
export type SystemReturn = { readonly type: 'return'; readonly id: number; readonly clock: number } & CallResult;
