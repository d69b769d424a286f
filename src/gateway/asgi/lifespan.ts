/**
 * The lifespan protocol (ASGI lifespan 2.0): startup before the first request, shutdown after the last. One call of the
 * application, which lives as long as the process.
 */
import { show } from '../render.ts';
import { noSites, type SiteReader } from '../site.ts';
import { errorText } from '../thrown.ts';
import type { Tracer } from '../../trace/tracer.ts';
import { AsgiViolation } from '../errors.ts';
import type { AsgiApp, AsgiReceiveEvent, LifespanScope } from './types.ts';

/** Startup failed: the app said so, or `lifespan` is 'on' and it does not speak the protocol. */
export class LifespanError extends Error {
  override readonly name = 'LifespanError';
}

/** How a lifespan is run. */
export interface LifespanOptions {
  readonly app: AsgiApp;
  /** `on`: the application must speak the protocol; `auto`: it may; `off`: it is not asked. */
  readonly mode: 'auto' | 'on' | 'off';
  readonly tracer: Tracer;
  readonly sites?: SiteReader;
  readonly log?: (level: 'info' | 'warning' | 'error', text: string) => void;
}

type Phase = 'new' | 'starting' | 'running' | 'stopping' | 'over' | 'unsupported';

/** How a phase ended. */
type Outcome = { readonly kind: 'complete' } | { readonly kind: 'failed'; readonly message: string } | { readonly kind: 'returned' } | { readonly kind: 'threw'; readonly error: unknown };

/** Runs an application's lifespan. One per process. */
export class Lifespan {
  readonly #options: LifespanOptions;
  readonly #state: Record<string, unknown> = {};
  #phase: Phase = 'new';
  #queue: AsgiReceiveEvent[] = [];
  #waiters: ((event: AsgiReceiveEvent) => void)[] = [];
  #settle: ((outcome: Outcome) => void) | undefined;

  constructor(options: LifespanOptions) {
    this.#options = options;
  }

  /** What the application put into `scope.state`; requests get shallow copies (ASGI-lifespan-5). Undefined where it has no lifespan. */
  get state(): Readonly<Record<string, unknown>> | undefined {
    return this.#phase === 'running' || this.#phase === 'stopping' ? this.#state : undefined;
  }

  /** Rejects with {@link LifespanError}. */
  async startup(): Promise<void> {
    const { mode } = this.#options;
    if (mode === 'off' || this.#phase !== 'new') return;
    this.#phase = 'starting';
    const answer = this.#answer();
    this.#push({ type: 'lifespan.startup' });
    this.#call();
    const outcome = await answer;
    switch (outcome.kind) {
      case 'complete':
        this.#phase = 'running';
        return;
      case 'failed':
        // ASGI-lifespan-3.
        this.#phase = 'over';
        throw new LifespanError(`The application's startup failed${outcome.message === '' ? '.' : `: ${outcome.message}`}`);
      case 'returned':
      case 'threw': {
        this.#phase = 'unsupported';
        const why = outcome.kind === 'returned' ? 'it returned without having sent lifespan.startup.complete' : `it threw ${errorText(outcome.error).name}: ${errorText(outcome.error).message}`;
        if (mode === 'on') {
          if (outcome.kind === 'threw') this.#traceError(outcome.error);
          throw new LifespanError(`The application does not support lifespan, which is required: ${why}.`);
        }
        // ASGI-lifespan-1: "the server must continue but not send any lifespan events". A word, since it may be a mistake in startup code.
        this.#options.log?.('info', `The application does not support lifespan: ${why}.`);
      }
    }
  }

  /** Tell the application to clean up, and wait for its word. Never rejects: the server ends anyway. */
  async shutdown(): Promise<void> {
    if (this.#phase !== 'running') return;
    this.#phase = 'stopping';
    const answer = this.#answer();
    this.#push({ type: 'lifespan.shutdown' });
    const outcome = await answer;
    this.#phase = 'over';
    if (outcome.kind === 'failed') this.#options.log?.('error', `The application's shutdown failed${outcome.message === '' ? '.' : `: ${outcome.message}`}`);
    if (outcome.kind === 'threw') {
      this.#traceError(outcome.error);
      this.#options.log?.('error', `Error in the application's shutdown\n${errorText(outcome.error).stack}`);
    }
  }

  #call(): void {
    const scope: LifespanScope = { type: 'lifespan', asgi: { version: '3.0', spec_version: '2.0' }, state: this.#state };
    let running: unknown;
    try {
      running = this.#options.app(scope, () => this.#receive(), (event) => this.#send(event));
    } catch (error) {
      return this.#end({ kind: 'threw', error });
    }
    Promise.resolve(running).then(() => this.#end({ kind: 'returned' }), (error: unknown) => this.#end({ kind: 'threw', error }));
  }

  /** The coroutine ended. */
  #end(outcome: Outcome): void {
    if (this.#phase === 'running') {
      // It will not hear of the shutdown; a return is the application's right, an error is not in order.
      this.#phase = 'over';
      if (outcome.kind === 'threw') {
        this.#traceError(outcome.error);
        this.#options.log?.('error', `Error in the application's lifespan\n${errorText(outcome.error).stack}`);
      }
      return;
    }
    this.#settle?.(outcome);
  }

  #answer(): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#settle = (outcome) => {
        this.#settle = undefined;
        resolve(outcome);
      };
    });
  }

  #push(event: AsgiReceiveEvent): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#queue.push(event);
    else waiter(event);
  }

  #receive(): Promise<AsgiReceiveEvent> {
    const site = (this.#options.sites ?? noSites).here();
    return new Promise((resolve) => {
      const give = (event: AsgiReceiveEvent): void => {
        const { tracer } = this.#options;
        if (tracer.enabled) tracer.emit({ type: 'app.message', connection: 0, exchange: 0, direction: 'receive', message: event.type, detail: '', ...(site && { site }) });
        resolve(event);
      };
      const event = this.#queue.shift();
      if (event === undefined) this.#waiters.push(give);
      else give(event);
    });
  }

  async #send(event: unknown): Promise<void> {
    const site = (this.#options.sites ?? noSites).here();
    const { type, message } = Object(event) as { type?: unknown; message?: unknown };
    const { tracer } = this.#options;
    if (tracer.enabled) tracer.emit({ type: 'app.message', connection: 0, exchange: 0, direction: 'send', message: String(type), detail: typeof message === 'string' ? message : '', ...(site && { site }) });
    const stage = this.#phase === 'starting' ? 'startup' : this.#phase === 'stopping' ? 'shutdown' : undefined;
    if (stage !== undefined && type === `lifespan.${stage}.complete`) return this.#settle?.({ kind: 'complete' });
    if (stage !== undefined && type === `lifespan.${stage}.failed`) return this.#settle?.({ kind: 'failed', message: typeof message === 'string' ? message : '' });
    const violation = new AsgiViolation({
      code: 'lifespan-order', clause: 'ASGI-lifespan-2', message: `${show(type)} was sent ${stage === undefined ? `while the lifespan is ${this.#phase}` : `during ${stage}`}.`,
      advice: stage === undefined ? 'Send one answer to each lifespan event.' : `Send 'lifespan.${stage}.complete' or 'lifespan.${stage}.failed'.`, given: show(event), expected: stage === undefined ? 'nothing' : `lifespan.${stage}.complete`, ...(site && { site }),
    });
    const { code, clause, advice } = violation;
    if (tracer.enabled) tracer.emit({ type: 'app.violation', connection: 0, exchange: 0, ...violation.facts() });
    this.#options.log?.('warning', `${clause} ${code}: ${violation.message} ${advice}`);
    throw violation;
  }

  #traceError(error: unknown): void {
    const { tracer, sites } = this.#options;
    if (!tracer.enabled) return;
    const site = sites?.of(error);
    tracer.emit({ type: 'app.error', connection: 0, exchange: 0, ...errorText(error), stage: 'lifespan', ...(site && { site }) });
  }
}
