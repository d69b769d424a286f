import type { WsgiApp } from 'porthole';

// Answers with everything that the server said about the request.
export const app: WsgiApp = (environ, startResponse) => {
  const lines = Object.entries(environ).map(([key, value]) => `${key}: ${show(value)}\n`);
  const body = octets(lines.join(''));
  startResponse('200 OK', [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(body.length)],
  ]);
  return [body];
};

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'function') return '<function>';
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return '<object>';
  return JSON.stringify(value);
}

// The strings in environ are bytes in disguise: every character stands for one octet (PEP 3333 says "latin-1").
// Written back one by one, they are what the client sent. Try the request for /café to see why that matters.
function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
