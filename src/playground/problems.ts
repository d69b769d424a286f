import type { TraceEvent } from '../trace/events.ts';

/** Does the event say that something went wrong? Such rows stand out and open their explanation. */
export function isProblem(event: TraceEvent): boolean {
  switch (event.type) {
    case 'http.error':
    case 'ws.error':
    case 'app.error':
    case 'app.violation':
    case 'process.silent':
    case 'process.kill':
    case 'trace.gap':
      return true;
    case 'socket.call':
      // A timeout is what was asked for.
      return event.error !== undefined && event.error !== 'ETIMEDOUT' && event.error !== 'EAGAIN';
    case 'log':
      // Whatever an app writes to `wsgi.errors` is called an error by the server; it is a log.
      return event.level === 'error' && event.source !== 'wsgi.errors';
    default:
      return false;
  }
}
