/**
 * `dispatcher`: several applications behind one, by the first part of the path. What a mount point takes off `PATH_INFO` it adds
 * to `SCRIPT_NAME` (PEP3333-environ-2, -3), so that an application knows where it is and needs not know where it was put.
 */
import { isBelow, normaliseMount } from '../../target.ts';
import type { WsgiApp } from '../types.ts';

/** Answers what no mount point matches. */
const notFound: WsgiApp = (_environ, startResponse) => {
  startResponse('404 Not Found', [['Content-Type', 'text/plain; charset=utf-8']]);
  return [new TextEncoder().encode('Not Found\n')];
};

/**
 * `mounts`: path to application, such as `{ '/shop': shop }`; the longest that matches wins, `/shop` holds `/shop` and `/shop/x`, not
 * `/shopping`. Paths are compared decoded, as latin-1. `fallback` answers the rest; default: 404.
 */
export function dispatcher(mounts: Readonly<Record<string, WsgiApp>>, fallback: WsgiApp = notFound): WsgiApp {
  const routes = Object.entries(mounts)
    .map(([path, app]) => ({ mount: normaliseMount(path), app }))
    .sort((a, b) => b.mount.length - a.mount.length);
  return (environ, startResponse) => {
    const path = environ.PATH_INFO;
    const route = routes.find(({ mount }) => isBelow(path, mount));
    if (route === undefined) return fallback(environ, startResponse);
    environ.SCRIPT_NAME += route.mount;
    environ.PATH_INFO = path.slice(route.mount.length);
    return route.app(environ, startResponse);
  };
}
