import type { AsgiApp } from './asgi/types.ts';
import type { WsgiApp } from './wsgi/types.ts';
/** An application whose interface is known. `fetch` handlers have been adapted to ASGI by then. */
export type GatewayApp = {
    readonly interface: 'wsgi';
    readonly app: WsgiApp;
    readonly name: string;
} | {
    readonly interface: 'asgi';
    readonly app: AsgiApp;
    readonly name: string;
};
/** The value is no application, or its shape fits several interfaces. `advice` says which flag or change decides. */
export declare class InterfaceError extends TypeError {
    readonly name = "InterfaceError";
    readonly advice: string;
    constructor(message: string, advice: string);
}
type Asked = 'auto' | 'wsgi' | 'asgi' | 'fetch';
/**
 * Which interface does `value` speak? An object with `fetch`: fetch; a function of three parameters: ASGI; of two: WSGI; where the
 * shape leaves a doubt: InterfaceError asking for `--interface`. `asked` other than 'auto' is obeyed (and checked for what
 * can be checked). `name` is what the application is called in messages and in the trace.
 */
export declare function toGatewayApp(value: unknown, asked: Asked, name: string): GatewayApp;
export {};
