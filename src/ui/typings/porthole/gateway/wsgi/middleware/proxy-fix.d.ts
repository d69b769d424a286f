import type { WsgiApp } from '../types.ts';
/** Whom to believe. */
export interface ProxyFixOptions {
    /** Addresses and networks, `*` for everybody, `unix` for a Unix socket. uvicorn's `--forwarded-allow-ips`. Default: this machine. */
    readonly trusted?: readonly string[];
}
/** Wrap an application. Throws RangeError where `trusted` is not understood. What was there before is kept under `porthole.proxy.…`. */
export declare function proxyFix(app: WsgiApp, options?: ProxyFixOptions): WsgiApp;
