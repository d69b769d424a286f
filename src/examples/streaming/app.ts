import type { WsgiApp } from 'porthole';

// A generator is an iterable too: the server asks for a piece,
// sends it, and asks for the next one.
export const app: WsgiApp = function* (environ, startResponse) {
  // There is no Content-Length, so the server must mark the end of
  // the body in another way: by chunks, or by closing the connection.
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  const encoder = new TextEncoder();
  try {
    for (let count = 1; count <= 5; count++) {
      yield encoder.encode(`Line ${count} of 5\n`);
    }
  } finally {
    // Runs in any case, even when the client hangs up half way:
    // the server always closes what it iterates over.
    environ['wsgi.errors'].write('The generator is closed.\n');
  }
};
