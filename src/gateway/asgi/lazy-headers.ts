/**
 * `scope.headers` of an application that does not look at it: made when somebody does (docs/adr/0027). Two arrays of octets for each
 * line take as long to make as all the rest of a short request.
 *
 * Whoever handles the scope sees a key like the others, in its place: the accessor is the scope's own, is enumerable, and takes an
 * assignment. So spread, `Object.assign`, `Object.entries`, JSON and `structuredClone` find the list, and so do an object that has the scope for
 * its prototype, and a Proxy for it. (Hence nothing here may depend on `this` being the scope itself.)
 */
import type { Request } from '../../core/http1/events.ts';
import type { Target } from '../target.ts';
import type { AsgiHeaders } from './types.ts';

/** Makes the list. The same function for all scopes: one for each would have to be made. */
type Make = (request: Request, target: Target) => AsgiHeaders;

/** What holds the list is asked with one of these. */
const read = Symbol('read');
const write = Symbol('write');

/**
 * Where the scope keeps it, out of sight. The name is that under which consoles ask an object how it wants to be shown: an accessor
 * would be shown as `[Getter/Setter]`. One property does for both, because to make one takes as long as to make six arrays of octets.
 */
const hidden = Symbol.for('nodejs.util.inspect.custom');

type Holder = (this: object, order?: unknown, headers?: unknown) => unknown;
interface Lazy { [hidden]: Holder }

/** (Not written where it is assigned: see `writeOf` in `wsgi/start-response.ts`.) */
function holderOf(make: Make, request: Request, target: Target): Holder {
  let known = false;
  let value: unknown;
  return function (order, headers) {
    if (order === write) {
      known = true;
      value = headers;
    } else if (order !== read) return { ...this };
    else if (!known) {
      known = true;
      value = make(request, target);
      eager = eagerScopes;
    }
    return value;
  };
}

const accessor: PropertyDescriptor = {
  get(this: Lazy) {
    return this[hidden](read);
  },
  set(this: Lazy, headers: unknown) {
    if (Object.isFrozen(this)) throw new TypeError("Cannot assign to read only property 'headers' of object");
    if (Object.hasOwn(this, hidden)) this[hidden](write, headers);
    // What has the scope for its prototype gets a key of its own.
    else Object.defineProperty(this, 'headers', { value: headers, writable: true, enumerable: true, configurable: true });
  },
  enumerable: true,
  configurable: true,
};

/** An application that looks once looks mostly, and a list that is wanted is better made at once: so many scopes get it before it is tried again. */
const eagerScopes = 100;
let eager = 0;

/** Will the next scope's headers be wanted? As far as can be told from the ones before. */
export function headersAreWanted(): boolean {
  if (eager === 0) return false;
  eager -= 1;
  return true;
}

/** Add `headers` to `scope`, behind what it has, to be made by `make` of the other two. */
export function addHeadersLater(scope: object, make: Make, request: Request, target: Target): void {
  Object.defineProperty(scope, 'headers', accessor);
  Object.defineProperty(scope, hidden, { value: holderOf(make, request, target) });
}
