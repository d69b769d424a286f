import type { AsgiApp } from './asgi/types.ts';
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

/**
 * Which interface does `value` speak? An object with `fetch`: fetch; a function (or callable object) of three parameters: ASGI;
 * of two: WSGI; where the shape leaves a doubt: InterfaceError asking for `--interface`. `asked` other than 'auto' is obeyed
 * (and checked for what can be checked). CONTRACT, being implemented.
 */
export function toGatewayApp(_value: unknown, _asked: 'auto' | 'wsgi' | 'asgi' | 'fetch', _name: string): GatewayApp {
  throw new Error('being built');
}
