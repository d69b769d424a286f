import type { WsgiApp } from 'porthole';

// Answers with everything that the server said about the request.
export const app: WsgiApp = (environ, startResponse) => {
  let text = '';
  for (const [key, value] of Object.entries(environ)) {
    text += `${key}: ${show(value)}\n`;
  }
  const body = octets(text);
  startResponse('200 OK', [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Length', String(body.length)],
  ]);
  return [body];
};

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'function') return '<function>';
  if (Array.isArray(value)) return JSON.stringify(value);
  return typeof value === 'object' ? '<object>' : String(value);
}

// The strings in environ are bytes in disguise: every character
// stands for one octet (PEP 3333 says "latin-1"). Written back one
// by one, they are what the client sent. Ask for /café to see it.
function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
