import type { SourceSite } from '../trace/events.ts';

/** What is known of a broken contract between gateway and application. */
export interface ViolationInit {
  /** Stable, kebab-case: `start-response-twice`. */
  readonly code: string;
  /** Section of PEP 3333 or of the ASGI specification. */
  readonly clause: string;
  readonly message: string;
  readonly advice: string;
  readonly site?: SourceSite | undefined;
}

abstract class Violation extends TypeError {
  readonly code: string;
  readonly clause: string;
  readonly advice: string;
  /** The app's line, where it could be read off the stack. */
  readonly site: SourceSite | undefined;
  constructor(facts: ViolationInit) {
    super(facts.message);
    this.code = facts.code;
    this.clause = facts.clause;
    this.advice = facts.advice;
    this.site = facts.site;
  }
}

/** The application broke PEP 3333. Thrown into the application at the call that broke it. */
export class WsgiViolation extends Violation {
  override readonly name = 'WsgiViolation';
}

/** The application broke ASGI. */
export class AsgiViolation extends Violation {
  override readonly name = 'AsgiViolation';
}

/** The client is gone: what `send()` rejects with and what ends a WSGI iteration early. */
export class ClientDisconnected extends Error {
  override readonly name = 'ClientDisconnected';
  constructor() {
    super('the client closed the connection before the response was complete');
  }
}
