/**
 * One request under way on a connection, from its head to the line in the access log.
 */
import type { Request } from '../core/http1/events.ts';
import type { ExchangeContext, ExchangeHandler, StreamingHandler } from '../gateway/channel.ts';
import { buildEnviron } from '../gateway/wsgi/environ.ts';
import { ErrorStream } from '../gateway/wsgi/error-stream.ts';
import { WsgiHandler } from '../gateway/wsgi/handler.ts';
import { BodyInput, type BodyBuffer } from '../gateway/wsgi/input.ts';
import type { WsgiEnviron } from '../gateway/wsgi/types.ts';
import type { AccessFacts } from './access-log.ts';
import type { ServerResponse } from './response.ts';
import type { UpgradeHandler } from './upgrade.ts';

/** One request under way. */
export interface Exchange {
  readonly request: Request;
  readonly response: ServerResponse;
  readonly context: ExchangeContext;
  readonly startedAt: number;
  readonly wallMs: number;
  /** Undefined: a WSGI body is being gathered. */
  handler: ExchangeHandler | undefined;
  /** `handler`, where it takes the body as it comes. */
  streaming: StreamingHandler | undefined;
  upgrade: UpgradeHandler | undefined;
  body: BodyBuffer | undefined;
  /** `run` has been called. */
  running: boolean;
  /** The access log has it. */
  logged: boolean;
}

/** What the access log is told. `now`: ms on the clock that `startedAt` was read from. */
export function accessFacts(exchange: Exchange, now: number): AccessFacts {
  const { response, request, context, wallMs } = exchange;
  return {
    remote: context.facts.remote.host, wallMs, request, status: response.status, length: response.length, fields: response.fields, ms: now - exchange.startedAt,
    environ: () => environOf(exchange),
  };
}

/** That of the application, or one made now. */
function environOf({ handler, context }: Exchange): WsgiEnviron {
  if (handler instanceof WsgiHandler && handler.environ !== undefined) return handler.environ;
  return buildEnviron({ request: context.request, facts: context.facts, input: new BodyInput(new Uint8Array(0)), errors: new ErrorStream({ wroteErrors() {} }), bodyBytes: 0 });
}
