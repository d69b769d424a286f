import type { WsgiApp } from 'porthole';

// A WSGI application is a function.
// The server calls it once for every request.
//   environ        what was asked: method, path, fields, the body
//   startResponse  takes the status and the fields of the answer
// What it returns is the body: an iterable of byte strings.
export const app: WsgiApp = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain; charset=utf-8']]);
  const text = `Hello from WSGI. You asked for ${environ.PATH_INFO}\n`;
  return [new TextEncoder().encode(text)];
};
