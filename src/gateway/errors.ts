/**
 * What an application that breaks the contract is told, and what is thrown into one whose client has gone. One file, since
 * applications and tests import them by name.
 */
import type { AppViolation, SourceSite } from '../trace/events.ts';
import type { AsgiClause } from './asgi/clauses.ts';
import type { WsgiClause } from './wsgi/clauses.ts';

/** The facts of a broken rule of an application interface. The sentence in `Error.message` is made from them. */
export interface ViolationInit {
  /** Stable, kebab-case: `start-twice`, `headers-not-list`, … */
  readonly code: string;
  /** Id of the rule: a key of `wsgi/clauses.ts` or `asgi/clauses.ts`. */
  readonly clause: string;
  /** What is wrong, without a full stop's worth of advice. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
  /** What was given, in source notation; at most a line. */
  readonly given?: string;
  /** What should have been given. */
  readonly expected?: string;
  /** Where in the app. */
  readonly site?: SourceSite;
}

/** An application (or a server, seen from the validator) broke the contract of its interface. Thrown into the app at the call that broke it, where there is one. */
export abstract class GatewayViolation extends Error {
  readonly code: string;
  readonly clause: string;
  readonly advice: string;
  readonly given: string | undefined;
  readonly expected: string | undefined;
  readonly site: SourceSite | undefined;

  constructor(init: ViolationInit) {
    super(init.message);
    this.code = init.code;
    this.clause = init.clause;
    this.advice = init.advice;
    this.given = init.given;
    this.expected = init.expected;
    this.site = init.site;
  }

  /** As the trace tells it. */
  facts(): Pick<AppViolation, 'code' | 'clause' | 'message' | 'advice' | 'given' | 'expected' | 'site'> {
    const { code, clause, message, advice, given, expected, site } = this;
    return { code, clause, message, advice, ...(given !== undefined && { given }), ...(expected !== undefined && { expected }), ...(site && { site }) };
  }
}

/** PEP 3333 was broken; `clause` is a key of `wsgi/clauses.ts`. */
export class WsgiViolation extends GatewayViolation {
  override readonly name = 'WsgiViolation';
  declare readonly clause: WsgiClause;

  constructor(init: ViolationInit & { readonly clause: WsgiClause }) {
    super(init);
  }
}

/** ASGI was broken; `clause` is a key of `asgi/clauses.ts`. `await send()` rejects with it. */
export class AsgiViolation extends GatewayViolation {
  override readonly name = 'AsgiViolation';
  declare readonly clause: AsgiClause;

  constructor(init: ViolationInit & { readonly clause: AsgiClause }) {
    super(init);
  }
}

/**
 * The client has gone: what ASGI's `send()` rejects with then (ASGI-gone-1, where Python has a subclass of OSError), and what
 * WSGI's `write()` throws. An application may let it pass; it is not logged as an error.
 */
export class ClientDisconnected extends Error {
  override readonly name = 'ClientDisconnected';
  /** As Node says it. */
  readonly code = 'EPIPE';
  constructor() {
    super('The client has gone: nobody reads this response any more.');
  }
}
