import type { WsgiApp } from 'porthole';

// A WSGI application is a function. The server calls it once for every request.
//   environ        what was asked: method, path, header fields, the body
//   startResponse  to be called with the status and the header fields of the answer
// What it returns is the body: an iterable of byte strings. Here that is a list with one of them.
export const app: WsgiApp = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  return [new TextEncoder().encode(`Hello from WSGI. You asked for ${environ.PATH_INFO}\n`)];
};
