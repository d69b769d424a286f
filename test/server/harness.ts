/** A server on one end of a memory socket, a bare client on the other, and time that moves when the test says so. */
import { toGatewayApp } from '../../src/gateway/detect.ts';
import { VirtualHost } from '../../src/host/seeded.ts';
import { socketPair, type SocketPairOptions } from '../../src/net/memory.ts';
import type { DuplexSocket } from '../../src/net/socket.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import { Server, type ServerOptions } from '../../src/server/server.ts';
import type { TraceInput } from '../../src/trace/events.ts';
import { passTime, settle } from '../helpers/fake-clock.ts';
import { recordingTracer } from '../helpers/trace.ts';

/** The client's end. */
export class Peer {
  readonly socket: DuplexSocket;
  /** What has come, as latin-1. */
  received = '';
  /** Each delivery by its size. */
  readonly segments: number[] = [];
  eof = false;
  closed: string | undefined;

  constructor(socket: DuplexSocket) {
    this.socket = socket;
    socket.open({
      onData: (bytes) => {
        this.segments.push(bytes.length);
        this.received += String.fromCharCode(...bytes.length > 4096 ? [] : bytes);
        if (bytes.length > 4096) for (let i = 0; i < bytes.length; i += 4096) this.received += String.fromCharCode(...bytes.subarray(i, i + 4096));
      },
      onEof: () => { this.eof = true; },
      onDrain: () => {},
      onClose: (error) => { this.closed = error?.code ?? 'in order'; },
    });
  }

  /** Send latin-1 text and let everything settle. */
  async send(text: string): Promise<void> {
    this.socket.write(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    await settle();
  }

  /** What has come since the last call. */
  take(): string {
    const text = this.received;
    this.received = '';
    return text;
  }
}

export interface Harness {
  readonly server: Server;
  readonly host: VirtualHost;
  readonly events: TraceInput[];
  readonly log: string[];
  /** A new connection. */
  connect(options?: SocketPairOptions): Peer;
  /** Let time pass. */
  pass(ms: number): Promise<void>;
  /** Types of trace events, those of the core left out. */
  types(): string[];
}

/** Start a server for an app (of either interface). */
export function harness(app: unknown, config: Partial<ServerConfig> = {}, options: Partial<ServerOptions> = {}): Harness {
  const host = new VirtualHost({ epochMs: 784_111_777_000 });
  const recording = recordingTracer();
  const log: string[] = [];
  const server = new Server({
    app: toGatewayApp(app, 'auto', 'app'), host, tracer: recording.tracer,
    config: { dateHeader: false, serverHeader: '', accessLog: '', lifespan: 'off', ...config },
    onLog: (source, level, text) => log.push(`${source} ${level}: ${text}`),
    ...options,
  });
  let id = 0;
  return {
    server, host, log,
    events: recording.events,
    connect(pair = {}) {
      id += 1;
      const [near, far] = socketPair({ id, ...pair });
      const peer = new Peer(near);
      server.handle(far);
      return peer;
    },
    pass: (ms) => passTime(host, ms),
    types: () => recording.events.map(({ type }) => type).filter((type) => !type.startsWith('http.')),
  };
}

/** A GET request. */
export const get = (path = '/', fields = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
