import type { AsgiApp } from './asgi/types.ts';
import { fromFetch, type FetchHandler } from './asgi/from-fetch.ts';
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

const askForFlag = 'Say which one: --interface wsgi, asgi or fetch ("interface" in a snippet).';

/**
 * Which interface does `value` speak? An object with `fetch`: fetch; a function of three parameters: ASGI; of two: WSGI; where the
 * shape leaves a doubt: InterfaceError asking for `--interface`. `asked` other than 'auto' is obeyed, and checked for what can be.
 */
export function toGatewayApp(value: unknown, asked: 'auto' | 'wsgi' | 'asgi' | 'fetch', name: string): GatewayApp {
  const handler = fetchOf(value);
  switch (asked === 'auto' ? guess(value, handler !== undefined, name) : asked) {
    case 'wsgi': return { interface: 'wsgi', app: callable<WsgiApp>(value, 'wsgi', name), name };
    case 'asgi': return { interface: 'asgi', app: callable<AsgiApp>(value, 'asgi', name), name };
    case 'fetch': return { interface: 'asgi', app: fromFetch(handler ?? callable<FetchHandler>(value, 'fetch', name)), name };
  }
}

function fetchOf(value: unknown): FetchHandler | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const { fetch } = value as { fetch?: unknown };
  return typeof fetch === 'function' ? (fetch.bind(value) as FetchHandler) : undefined;
}

function guess(value: unknown, hasFetch: boolean, name: string): 'wsgi' | 'asgi' | 'fetch' {
  if (hasFetch) return 'fetch';
  if (typeof value !== 'function') throw notCallable(value, name);
  switch (value.length) {
    case 3: return 'asgi';
    case 2: return 'wsgi';
    default: throw new InterfaceError(`${name} takes ${value.length} parameter${value.length === 1 ? '' : 's'}: WSGI applications take two (environ, startResponse), ASGI ones three (scope, receive, send).`, askForFlag);
  }
}

function callable<T>(value: unknown, asked: 'wsgi' | 'asgi' | 'fetch', name: string): T {
  if (typeof value !== 'function') throw notCallable(value, name);
  const wants = { wsgi: 2, asgi: 3, fetch: 1 }[asked];
  // More declared parameters than will be passed: it was written for another interface.
  if (value.length > wants) throw new InterfaceError(`${name} takes ${value.length} parameters, but ${asked} passes ${wants}.`, `Change --interface, or the function. ${askForFlag}`);
  return value as T;
}

const notCallable = (value: unknown, name: string): InterfaceError =>
  new InterfaceError(`${name} is ${value === null ? 'null' : value === undefined ? 'undefined' : `a ${typeof value}`}, not an application.`, 'Export a function (environ, startResponse) or async (scope, receive, send), or an object with a fetch method.');
