import type { WsgiApp } from 'porthole';

// Middleware stands in between: to the server it looks like an
// application, to an application it looks like a server.
// This one chooses an application by the beginning of the path.
export function dispatcher(mounts: Record<string, WsgiApp>): WsgiApp {
  return (environ, startResponse) => {
    const path = environ.PATH_INFO;
    for (const [prefix, app] of Object.entries(mounts)) {
      if (path !== prefix && !path.startsWith(`${prefix}/`)) continue;
      // The part of the path that is used up moves from PATH_INFO to
      // SCRIPT_NAME. Together they are still the whole path, so the
      // application can link to itself wherever it is mounted.
      const moved = {
        ...environ,
        SCRIPT_NAME: environ.SCRIPT_NAME + prefix,
        PATH_INFO: path.slice(prefix.length),
      };
      return app(moved, startResponse);
    }
    startResponse('404 Not Found', [['Content-Type', 'text/plain']]);
    const places = Object.keys(mounts).join(' or ');
    return [new TextEncoder().encode(`Nothing here. Try ${places}.\n`)];
  };
}
