/** The lifespan protocol (ASGI lifespan 2.0): startup before the first request, shutdown after the last. */
import type { Tracer } from '../../trace/tracer.ts';
import type { AsgiApp, AsgiReceiveEvent, AsgiSendEvent, LifespanScope } from './types.ts';

/** Startup failed: the app said so, or `lifespan` is 'on' and it does not speak the protocol. */
export class LifespanError extends Error {
  override readonly name = 'LifespanError';
}

/** Runs an application's lifespan. One per process. */
export class Lifespan {
  readonly #app: AsgiApp;
  readonly #mode: 'auto' | 'on' | 'off';
  readonly #tracer: Tracer;
  /** What the application put into `scope.state`; requests get shallow copies. */
  readonly state: Record<string, unknown> = {};
  /** The application is running its lifespan and expects a shutdown. */
  #alive = false;
  #deliver: ((event: AsgiReceiveEvent) => void) | undefined;
  readonly #queue: AsgiReceiveEvent[] = [];
  #settle: ((event: AsgiSendEvent | Error | 'returned') => void) | undefined;

  constructor(app: AsgiApp, mode: 'auto' | 'on' | 'off', tracer: Tracer) {
    this.#app = app;
    this.#mode = mode;
    this.#tracer = tracer;
  }

  /** Rejects with {@link LifespanError}. */
  async startup(): Promise<void> {
    if (this.#mode === 'off') return;
    const scope: LifespanScope = { type: 'lifespan', asgi: { version: '3.0', spec_version: '2.0' }, state: this.state };
    const answer = this.#answer();
    this.#push({ type: 'lifespan.startup' });
    try {
      Promise.resolve(this.#app(scope, () => this.#receive(), (event) => this.#send(event))).then(
        () => this.#settle?.('returned'),
        (error: unknown) => this.#settle?.(error instanceof Error ? error : new Error(String(error))),
      );
    } catch (error) {
      this.#settle?.(error instanceof Error ? error : new Error(String(error)));
    }
    const outcome = await answer;
    if (outcome === 'returned' || outcome instanceof Error) {
      // "If an exception is raised … the server must continue but not send any lifespan events": it does not speak the protocol.
      if (this.#mode === 'on') throw new LifespanError(outcome === 'returned' ? 'the application returned without lifespan.startup.complete' : `the application raised ${outcome.name}: ${outcome.message}`);
      return;
    }
    if (outcome.type === 'lifespan.startup.failed') throw new LifespanError(outcome.message || 'the application reported that its startup failed');
    this.#alive = true;
  }

  /** Tell the application to clean up, and wait for its word. Errors in it are returned, not thrown: the server ends anyway. */
  async shutdown(): Promise<Error | undefined> {
    if (!this.#alive) return undefined;
    this.#alive = false;
    const answer = this.#answer();
    this.#push({ type: 'lifespan.shutdown' });
    const outcome = await answer;
    if (outcome instanceof Error) return outcome;
    if (outcome !== 'returned' && outcome.type === 'lifespan.shutdown.failed') return new LifespanError(outcome.message || 'the application reported that its shutdown failed');
    return undefined;
  }

  #answer(): Promise<AsgiSendEvent | Error | 'returned'> {
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  #push(event: AsgiReceiveEvent): void {
    if (this.#deliver) {
      this.#deliver(event);
      this.#deliver = undefined;
    } else {
      this.#queue.push(event);
    }
  }

  async #receive(): Promise<AsgiReceiveEvent> {
    const event = this.#queue.shift() ?? (await new Promise<AsgiReceiveEvent>((resolve) => (this.#deliver = resolve)));
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'app.message', connection: 0, exchange: 0, direction: 'receive', message: event.type, detail: '' });
    return event;
  }

  async #send(event: AsgiSendEvent): Promise<void> {
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'app.message', connection: 0, exchange: 0, direction: 'send', message: event.type, detail: 'message' in event ? (event.message ?? '') : '' });
    this.#settle?.(event);
  }
}
