/**
 * The machine as the page sees it: a small computer on which a snippet runs. No DOM; the same in Node tests.
 */
import type { Snippet, SnippetPackage } from '../snippet/schema.ts';
import type { LoadControl } from './load-types.ts';
import type { ProgramControl, ProgramStatus } from './program-types.ts';
import type { ErrorFacts, SourceSite, TraceEvent } from '../trace/events.ts';

export type MachineState =
  | 'stopped' // nothing runs
  | 'starting' // processes boot and load the app
  | 'running' // listening; every process answers
  | 'silent' // a process has not answered its heartbeat: an endless loop?
  | 'failed'; // the app could not be loaded

/** Why the app could not be loaded (or a process died), with the place in the snippet's files. */
export interface LoadProblem {
  /** `SyntaxError`, `ImportError`, `TypeError`, … */
  readonly name: string;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
  readonly site?: SourceSite;
}

export interface MachineStatus {
  readonly state: MachineState;
  /** One line for the status element: "Listening at http://127.0.0.1:8000 (wsgi)". */
  readonly text: string;
  /** Interface in force once the app is loaded. */
  readonly interface?: 'wsgi' | 'asgi';
  readonly problem?: LoadProblem;
  /** Living processes. */
  readonly processes: readonly { readonly name: string; readonly state: 'starting' | 'running' | 'silent' | 'exited' }[];
  /** The programs of the snippet, in its order. */
  readonly programs?: readonly ProgramStatus[];
}

/** One request to be sent: raw bytes, cut into segments. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  /** Offsets at which to cut `bytes` into separately delivered segments; default: one segment. */
  readonly cuts?: readonly number[];
  /** ms to wait at each of the `cuts`, by index; missing: not at all. */
  readonly pauses?: readonly number[];
  /** Send on this open connection (by id) instead of a new one. */
  readonly connection?: number;
  /** Where a new connection goes, as a program's status says it: `127.0.0.1:9000`. Missing: where the first gateway listens. */
  readonly to?: string;
  /** Told the id of a new connection, before anything is sent on it. */
  readonly onConnection?: (connection: number) => void;
  /** Close our half after sending. Default false. */
  readonly endAfter?: boolean;
  /** Cut the connection (RST) after sending. Default false. */
  readonly resetAfter?: boolean;
}

/** A response as the client's parser saw it. */
export interface MachineResponse {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly trailers: readonly (readonly [string, string])[];
  /** The connection stays open for another request. */
  readonly keepAlive: boolean;
}

/** What came back. */
export interface SendResult {
  readonly connection: number;
  /** Number of the first exchange that the bytes began on that connection, from 1. */
  readonly exchange: number;
  /** Final response to the first of the requests, as the client's parser saw it; missing when there was none. */
  readonly response?: MachineResponse;
  /** One for each request that the bytes held (pipelining), in order; missing when there was none. */
  readonly responses?: readonly MachineResponse[];
  /** Every octet received for it, framing included. */
  readonly raw: Uint8Array;
  /** Set where there was no (whole) response: the server closed, was reset, or what came is not HTTP. */
  readonly failure?: { readonly kind: 'refused' | 'closed' | 'reset' | 'not-http' | 'timeout' | 'stopped'; readonly message: string; readonly error?: ErrorFacts };
  /** ms from first byte sent to response complete. */
  readonly ms: number;
}

/** A WebSocket to be opened: the handshake is made for you, or sent as you wrote it. */
export type WebSocketRequest =
  | {
    /** Path and query. */
    readonly target: string;
    /** In order of preference. */
    readonly subprotocols?: readonly string[];
    /** Offer permessage-deflate. Default false. */
    readonly compress?: boolean;
    /** Field lines besides those of the handshake. Latin-1. */
    readonly headers?: readonly (readonly [string, string])[];
  }
  /** The octets of the handshake request, well formed or not. */
  | { readonly bytes: Uint8Array };

/** What can be sent on an open WebSocket. Payloads of ping and pong: at most 125 octets. Bytes are copied. */
export type WebSocketSend =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'binary'; readonly bytes: Uint8Array }
  | { readonly type: 'ping' | 'pong'; readonly payload: Uint8Array }
  /** The closing handshake: code 1000, or 3000 to 4999 (1005: without a code). `reason`: at most 123 octets of UTF-8. */
  | { readonly type: 'close'; readonly code: number; readonly reason: string }
  /** Octets in place of a frame, whatever they are: to see what a server makes of a broken one. Nothing is added, not even a mask. */
  | { readonly type: 'raw'; readonly bytes: Uint8Array };

/** A frame on the wire. */
export interface WebSocketFrame {
  readonly direction: 'sent' | 'received';
  readonly opcode: 'continuation' | 'text' | 'binary' | 'close' | 'ping' | 'pong';
  readonly fin: boolean;
  /** RSV1 is set: the first frame of a compressed message. */
  readonly compressed: boolean;
  readonly masked: boolean;
  /** Payload octets. */
  readonly length: number;
  /** Offsets of header and payload in the connection's stream (`c2s` for sent ones): what links it to the trace. */
  readonly span: readonly [start: number, end: number];
}

/** What happens on a WebSocket. After `rejected` or `closed` nothing more. Octets sent `raw` are no frame here, nor does the client know what they meant. */
export type WebSocketEvent =
  | { readonly type: 'open'; readonly subprotocol?: string; readonly compressed: boolean; readonly headers: readonly (readonly [string, string])[] }
  | ({ readonly type: 'frame' } & WebSocketFrame)
  /** A whole message. Pings are answered by themselves, and so is a Close. */
  | { readonly type: 'message'; readonly data: string | Uint8Array }
  | { readonly type: 'ping' | 'pong'; readonly payload: Uint8Array }
  /** The server answered with something else than 101. `error`: the rule, where the client's own check names one. */
  | { readonly type: 'rejected'; readonly status: number; readonly reason: string; readonly headers: readonly (readonly [string, string])[]; readonly body: Uint8Array; readonly error?: ErrorFacts }
  /**
   * It is over. `code` and `reason` are those of the server's Close frame; without one the code is 1006 (RFC6455-7.1.5), without a code
   * 1005. `clean`: Close frames both ways, then the end. `error`: the rule that was broken. `message`: what happened otherwise.
   */
  | { readonly type: 'closed'; readonly code: number; readonly reason: string; readonly clean: boolean; readonly error?: ErrorFacts; readonly message?: string };

/** A WebSocket, from the client's side. */
export interface WebSocketSession {
  /** Connection id in the trace; 0 where none came about. */
  readonly connection: number;
  /** In the words of RFC 6455. */
  readonly state: 'CONNECTING' | 'OPEN' | 'CLOSING' | 'CLOSED';
  /** Send. Returns why it cannot be sent now, or undefined. (`raw` is refused only once the connection is over.) */
  send(what: WebSocketSend): ErrorFacts | undefined;
  /** Cut the connection (RST), without a Close frame. */
  reset(): void;
}

export type MachineEvent =
  | { readonly type: 'status'; readonly status: MachineStatus }
  /** Packages that the programs of this run have, by name. Empty: none (any more). */
  | { readonly type: 'packages'; readonly packages: readonly SnippetPackage[] }
  /** Batches, in causal (Lamport) order within a batch. `seq` is per process; `at` is on one clock, the machine's. */
  | { readonly type: 'trace'; readonly events: readonly TraceEvent[] };

export interface Machine extends ProgramControl, LoadControl {
  readonly status: MachineStatus;
  /** (Re)start with this snippet. Resolves once running or failed; stops what ran before. */
  run(snippet: Snippet): Promise<MachineStatus>;
  /** Ends every process and connection. Resolves when done (well under a second even with an endless loop). */
  stop(): Promise<void>;
  /** Needs state 'running' or 'silent'. Never rejects: failures are in the result. */
  send(outgoing: Outgoing): Promise<SendResult>;
  /**
   * Open a WebSocket. Never throws: what goes wrong, then or later, is told by the last event. Events come in order, the first of
   * them after this has returned. Stopping the machine closes it.
   */
  openWebSocket(request: WebSocketRequest, onEvent: (event: WebSocketEvent) => void): WebSocketSession;
  /** Close (FIN) or cut (RST) one connection: from the client side where the page is the client, else in the middle (always a cut). */
  disconnect(connection: number, how: 'close' | 'reset'): void;
  subscribe(listener: (event: MachineEvent) => void): () => void;
}

/** How a process is started: sandbox frame in the page, worker_threads in Node. */
export interface Spawner {
  /** Start a process; resolves when its runtime answers. Rejects when it can't be started. */
  spawn(name: string): Promise<SpawnedProcess>;
}

export interface SpawnedProcess {
  readonly name: string;
  /** The channel to the runtime in the process (contract: `rpc/contract.ts`). */
  readonly port: MessagePortLike;
  /** Kill at once, whatever it does. */
  terminate(): void;
  /** Called once if the process dies by itself. */
  onExit(listener: (reason: string) => void): void;
}

/** What DOM and Node message ports have in common. */
export interface MessagePortLike {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  onmessage: ((event: { readonly data: any }) => void) | null;
  close(): void;
  start?(): void;
}
