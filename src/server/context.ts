/**
 * What the connections of one server have in common: its application and settings, and what is counted or made for all of them.
 */
import type { FileReader, Log } from '../gateway/channel.ts';
import type { GatewayApp } from '../gateway/detect.ts';
import type { SiteReader } from '../gateway/site.ts';
import type { Host } from '../host/effects.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { AccessFacts } from './access-log.ts';
import type { Batch } from './batch.ts';
import type { ServerConfig } from './config.ts';
import type { HttpConnection } from './connection.ts';
import type { Deadlines } from './deadlines.ts';
import type { forwarding } from './forwarding.ts';
import type { Turn } from './turn.ts';
import type { UpgradeProtocol } from './upgrade.ts';

/** What the connections of a server share. */
export interface ServerContext {
  readonly app: GatewayApp;
  readonly config: ServerConfig;
  readonly host: Host;
  readonly tracer: Tracer;
  readonly sites: SiteReader;
  readonly deadlines: Deadlines;
  /** Only for workerClass 'sync'. */
  readonly turn: Turn | undefined;
  /** Undefined: every answer leaves by itself. */
  readonly batch: Batch | undefined;
  /** Undefined: the platform ties nothing to calls. */
  readonly apart: ((call: () => void) => void) | undefined;
  /** Undefined: nobody is believed to forward for others. */
  readonly forwarding: ReturnType<typeof forwarding>;
  /** Requests under way. */
  underWay: number;
  /** A request was answered. */
  served(): void;
  readonly upgrades: readonly UpgradeProtocol[];
  readonly files: FileReader | undefined;
  /** Undefined: nobody minds how much memory bodies take. */
  readonly bodyMemory: ((octets: number) => void) | undefined;
  /** Lifespan state; undefined where there is none. */
  state: Readonly<Record<string, unknown>> | undefined;
  /** No new requests are taken. */
  draining: boolean;
  readonly log: Log;
  /** Undefined: nobody reads an access log. */
  readonly access: ((facts: AccessFacts, connection: number, exchange: number) => void) | undefined;
  /** Fields that every response gets, ready made. */
  dateField(): readonly [name: string, value: string];
  readonly serverField: readonly [name: string, value: string];
  /** An application's coroutine began, or ended. */
  taskBegan(): void;
  readonly taskEnded: () => void;
  onClosed(connection: HttpConnection): void;
}
