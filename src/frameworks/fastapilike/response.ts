/** Answers, and how they become ASGI messages: Starlette's `responses`. */
import type { AsgiSend } from '../../gateway/asgi/types.ts';

type Body = string | Uint8Array | AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

const octets = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? new TextEncoder().encode(text) : text);

/** Latin-1 octets of a field: ASGI wants bytes. */
const fieldOctets = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** A response: a whole body, or one that comes in parts. */
export class Response {
  status: number;
  readonly headers: [name: string, value: string][];
  readonly body: Body;

  constructor(body: Body = '', status = 200, headers: Readonly<Record<string, string>> = {}) {
    this.body = body;
    this.status = status;
    this.headers = Object.entries({ 'content-type': 'text/plain; charset=utf-8', ...headers });
  }

  /** Send it: one `http.response.start`, then as many `http.response.body` as the body has parts. */
  async send(send: AsgiSend): Promise<void> {
    const whole = typeof this.body === 'string' || this.body instanceof Uint8Array ? octets(this.body) : undefined;
    const headers = this.headers.map(([name, value]): [Uint8Array, Uint8Array] => [fieldOctets(name.toLowerCase()), fieldOctets(value)]);
    if (whole && this.status !== 204) headers.push([fieldOctets('content-length'), fieldOctets(String(whole.length))]);
    await send({ type: 'http.response.start', status: this.status, headers });
    if (whole) {
      await send({ type: 'http.response.body', body: whole });
      return;
    }
    // Awaiting `send` is what slows us down to the client's pace (back-pressure).
    for await (const part of this.body as AsyncIterable<string | Uint8Array>) await send({ type: 'http.response.body', body: octets(part), more_body: true });
    await send({ type: 'http.response.body', body: new Uint8Array(0) });
  }
}

/** `application/json` with the value in it. */
export const json = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), status, { 'content-type': 'application/json' });

/** `text/html` in UTF-8. */
export const html = (text: string, status = 200): Response => new Response(text, status, { 'content-type': 'text/html; charset=utf-8' });

/** An answer that is thrown. FastAPI's `HTTPException`. */
export class HttpException extends Error {
  override readonly name = 'HttpException';
  readonly status: number;
  readonly detail: unknown;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, detail: unknown = '', headers: Readonly<Record<string, string>> = {}) {
    super(`${status}: ${String(detail)}`);
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}
