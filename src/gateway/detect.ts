/**
 * Which interface an application speaks (DESIGN §4.1): said, or read off its shape; never guessed.
 */
import { fromFetch, type FetchHandler } from './asgi/from-fetch.ts';
import type { AsgiApp } from './asgi/types.ts';
import { describeType } from './render.ts';
import type { WsgiApp } from './wsgi/types.ts';

/** An application whose interface is known. `fetch` handlers have been adapted to ASGI by then. */
export type GatewayApp =
  | { readonly interface: 'wsgi'; readonly app: WsgiApp; readonly name: string }
  | { readonly interface: 'asgi'; readonly app: AsgiApp; readonly name: string };

/** The value is no application, or its shape fits several interfaces. `advice` says which flag or change decides. */
export class InterfaceError extends TypeError {
  override readonly name = 'InterfaceError';
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

type Asked = 'auto' | 'wsgi' | 'asgi' | 'fetch';
type Callable = (...given: never[]) => unknown;

const say = 'Say which one it is: --interface wsgi, asgi or fetch (in the playground: the "interface" setting).';

/**
 * Which interface does `value` speak? An object with `fetch`: fetch; a function of three parameters: ASGI; of two: WSGI; where the
 * shape leaves a doubt: InterfaceError asking for `--interface`. `asked` other than 'auto' is obeyed (and checked for what
 * can be checked). `name` is what the application is called in messages and in the trace.
 */
export function toGatewayApp(value: unknown, asked: Asked, name: string): GatewayApp {
  const handler = fetchMethod(value);
  switch (asked) {
    case 'wsgi':
      if (typeof value !== 'function') throw new InterfaceError(`${name} is ${describeType(value)}, which is no WSGI application.`, 'Export a function: (environ, startResponse) => [bytes].');
      checkNotAsync(value as Callable, name);
      return wsgi(value as Callable, name);
    case 'asgi':
      if (typeof value !== 'function') throw new InterfaceError(`${name} is ${describeType(value)}, which is no ASGI application.`, 'Export a function: async (scope, receive, send) => { … }.');
      return asgi(value as Callable, name);
    case 'fetch':
      if (handler !== undefined) return fetched(handler, name);
      if (typeof value === 'function') return fetched(value as FetchHandler, name);
      throw new InterfaceError(`${name} is ${describeType(value)}, which has no fetch method.`, 'Export an object with fetch(request), or a function from Request to Response.');
    case 'auto':
      if (typeof value === 'function') return byParameters(value as Callable, name, handler);
      if (handler !== undefined) return fetched(handler, name);
      throw new InterfaceError(
        `${name} is ${describeType(value)}, which is no application.`,
        'Export (environ, startResponse) => [bytes] for WSGI, async (scope, receive, send) => { … } for ASGI, or an object with fetch(request).',
      );
  }
}

function byParameters(app: Callable, name: string, handler: FetchHandler | undefined): GatewayApp {
  if (/^class\b/.test(Function.prototype.toString.call(app))) {
    throw new InterfaceError(`${name} is a class, not an application.`, 'Export an instance\'s method or a function that calls it; an app class is no callable in JavaScript.');
  }
  // `length` leaves out parameters with defaults and the rest: what is written down is what counts, so doubt is said.
  switch (app.length) {
    case 2:
      if (handler !== undefined) throw new InterfaceError(`${name} takes two parameters (WSGI) and has a fetch method.`, say);
      checkNotAsync(app, name);
      return wsgi(app, name);
    case 3:
      if (handler !== undefined) throw new InterfaceError(`${name} takes three parameters (ASGI) and has a fetch method.`, say);
      return asgi(app, name);
    default:
      if (handler !== undefined) return fetched(handler, name);
      throw new InterfaceError(`${name} takes ${app.length === 1 ? 'one parameter' : `${app.length} parameters`}; a WSGI application takes two, an ASGI application three.`, app.length === 1 ? `If it is a fetch handler, ${say[0]!.toLowerCase()}${say.slice(1)}` : say);
  }
}

/** An `async function (a, b)` could be neither: WSGI does not await, and ASGI passes three. */
function checkNotAsync(app: Callable, name: string): void {
  const kind = Object.prototype.toString.call(app);
  if (kind === '[object AsyncFunction]' || kind === '[object AsyncGeneratorFunction]') {
    throw new InterfaceError(`${name} is async and takes two parameters: WSGI is synchronous, and ASGI takes three.`, 'Drop "async" for WSGI, or make it async (scope, receive, send) for ASGI.');
  }
}

/** Bound, as a method needs to be. */
function fetchMethod(value: unknown): FetchHandler | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const { fetch } = value as { fetch?: unknown };
  return typeof fetch === 'function' ? (request, ...rest) => (fetch as FetchHandler).call(value, request, ...rest) : undefined;
}

const wsgi = (app: Callable, name: string): GatewayApp => ({ interface: 'wsgi', app: app as unknown as WsgiApp, name });
const asgi = (app: Callable, name: string): GatewayApp => ({ interface: 'asgi', app: app as unknown as AsgiApp, name });
const fetched = (handler: FetchHandler, name: string): GatewayApp => ({ interface: 'asgi', app: fromFetch(handler), name });
