/**
 * `start_response` and `write`, for one exchange (PEP 3333, "The start_response() Callable", "Error Handling").
 *
 * Nothing is sent here: the head is kept until there is content to go with it (PEP3333-start-9), so that an application
 * may still change its mind.
 */
import type { FieldPairs } from '../../core/http1/events.ts';
import type { SourceSite } from '../../trace/events.ts';
import { show } from '../render.ts';
import { checkHeaders, isContentLength, readStatus } from './checks.ts';
import { WsgiViolation } from '../errors.ts';
import type { StartResponse, WsgiWrite } from './types.ts';

/** What the application wants to answer with, until it is sent. */
export interface Head {
  readonly status: number;
  readonly reason: string;
  /** A copy: the application may go on using its list. The same as that of the last head, where it says the same. */
  readonly headers: FieldPairs;
  /** Value of Content-Length; -1 where there is none. */
  readonly contentLength: number;
}

/** What the handler adds. */
export interface StartHooks {
  /** `write()` was called. */
  wrote(data: Uint8Array): void;
  /** A valid call was made. */
  started(status: string, headers: FieldPairs, site: SourceSite | undefined): void;
  /** A call is refused; the violation is thrown into the application next. */
  refused(violation: WsgiViolation): void;
  /** The line of the application that is calling. */
  site(): SourceSite | undefined;
}

/**
 * `write`. Not written where it is assigned: V8 takes a function literal that is assigned to a property for a method, and gives it
 * memory among the old objects. From there it would keep the whole exchange from the young generation's collector.
 */
const writeOf = (hooks: StartHooks): WsgiWrite => (data) => hooks.wrote(data);

/** The fields that were asked for last, and found to be in order: an application mostly says the same as before. */
let latest: Pick<Head, 'headers' | 'contentLength'> = { headers: [], contentLength: -1 };

function isSaidAgain(headers: unknown): boolean {
  const known = latest.headers;
  if (!Array.isArray(headers) || headers.length !== known.length) return false;
  for (let i = 0; i < known.length; i += 1) {
    const pair = (headers as readonly unknown[])[i];
    if (!Array.isArray(pair) || pair.length !== 2 || pair[0] !== known[i]![0] || pair[1] !== known[i]![1]) return false;
  }
  return true;
}

function copyOf(headers: FieldPairs): typeof latest {
  let contentLength = -1;
  const copy: FieldPairs[number][] = [];
  for (let i = 0; i < headers.length; i += 1) {
    const name = headers[i]![0];
    const value = headers[i]![1];
    copy.push([name, value]);
    if (isContentLength(name)) contentLength = Number(value);
  }
  return { headers: copy, contentLength };
}

/** Holds the callable of one exchange, and the head it was given. */
export class Starter {
  /** The head in force; undefined before `start_response`. */
  head: Head | undefined;
  /** The head is on its way: it cannot be replaced any more. */
  headSent = false;
  readonly #hooks: StartHooks;
  #called = false;
  #write: WsgiWrite | undefined;

  constructor(hooks: StartHooks) {
    this.#hooks = hooks;
  }

  /** The callable that the application is given. Bound, so it can be passed on. */
  readonly startResponse: StartResponse = (status, headers, excInfo) => {
    const site = this.#hooks.site();
    const given = excInfo !== undefined && excInfo !== null;
    if (given && this.headSent) {
      // PEP3333-start-11: "must raise an error, and should re-raise using the exc_info tuple".
      throw excInfo;
    }
    if (this.#called && !given) {
      this.#refuse(new WsgiViolation({
        code: 'start-twice', clause: 'PEP3333-start-12', message: 'startResponse was called a second time without excInfo.',
        advice: 'Call it once; an error handler passes the error as third argument.', given: `startResponse(${show(status)}, …)`, expected: 'one call, or a third argument', ...(site && { site }),
      }));
    }
    // Before the checks: a call that raises counts as the first one.
    this.#called = true;
    // PEP3333-start-8: now, while the application still runs and its line is known.
    const line = readStatus(status, site);
    if (line instanceof WsgiViolation) this.#refuse(line);
    if (!isSaidAgain(headers)) {
      const violation = checkHeaders(headers, site);
      if (violation !== undefined) this.#refuse(violation);
      latest = copyOf(headers);
    }
    // PEP3333-start-10: with exc_info, the later head replaces the earlier one.
    this.head = { status: line.code, reason: line.reason, headers: latest.headers, contentLength: latest.contentLength };
    this.#hooks.started(status, latest.headers, site);
    return (this.#write ??= writeOf(this.#hooks));
  };

  #refuse(violation: WsgiViolation): never {
    this.#hooks.refused(violation);
    throw violation;
  }
}
