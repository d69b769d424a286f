import type { WsgiApp } from '../types.ts';
/**
 * `mounts`: path to application, such as `{ '/shop': shop }`; the longest that matches wins, `/shop` holds `/shop` and `/shop/x`, not
 * `/shopping`. Paths are compared decoded, as latin-1. `fallback` answers the rest; default: 404.
 */
export declare function dispatcher(mounts: Readonly<Record<string, WsgiApp>>, fallback?: WsgiApp): WsgiApp;
