/** What a view may return, and how it becomes what WSGI wants. Werkzeug's `Response` and Flask's `make_response`. */
import type { StartResponse } from '../../gateway/wsgi/types.ts';
import { reasons } from './errors.ts';

type Body = string | Uint8Array | Iterable<string | Uint8Array>;
type HeaderPairs = Iterable<readonly [string, string]>;

/** A response that can still be changed (by `afterRequest` functions, say). */
export class Response {
  status: number;
  body: Body;
  readonly headers: [name: string, value: string][];

  constructor(body: Body = '', status = 200, headers: HeaderPairs | Readonly<Record<string, string>> = []) {
    this.body = body;
    this.status = status;
    this.headers = Symbol.iterator in headers ? [...headers].map(([name, value]) => [name, value]) : Object.entries(headers);
    if (!this.has('Content-Type')) this.headers.push(['Content-Type', 'text/html; charset=utf-8']);
  }

  has(name: string): boolean {
    return this.headers.some(([key]) => key.toLowerCase() === name.toLowerCase());
  }
  /** Replace every line of that name. */
  set(name: string, value: string): this {
    this.delete(name);
    this.headers.push([name, value]);
    return this;
  }
  delete(name: string): void {
    for (let i = this.headers.length - 1; i >= 0; i--) if (this.headers[i]![0].toLowerCase() === name.toLowerCase()) this.headers.splice(i, 1);
  }
  /** One more line: `Set-Cookie` must not be folded into one (RFC 6265 §3). */
  setCookie(name: string, value: string, attributes = 'Path=/; HttpOnly; SameSite=Lax'): this {
    this.headers.push(['Set-Cookie', `${name}=${value}; ${attributes}`]);
    return this;
  }

  /** A response is itself a WSGI application's answer: start it, then give the octets. */
  start(startResponse: StartResponse, method: string): Iterable<Uint8Array> {
    const bodiless = method === 'HEAD' || this.status === 204 || this.status === 304;
    const whole = typeof this.body === 'string' ? new TextEncoder().encode(this.body) : this.body instanceof Uint8Array ? this.body : undefined;
    if (whole && !this.has('Content-Length') && this.status !== 204 && this.status !== 304) this.headers.push(['Content-Length', String(whole.length)]);
    startResponse(`${this.status} ${reasons[this.status] ?? 'Unknown'}`, this.headers);
    if (bodiless) return [];
    return whole ? [whole] : encodeEach(this.body as Iterable<string | Uint8Array>);
  }
}

function* encodeEach(parts: Iterable<string | Uint8Array>): Generator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? new TextEncoder().encode(part) : part;
}

/** `application/json` with the value in it. */
export const jsonify = (value: unknown, status = 200): Response => new Response(`${JSON.stringify(value)}\n`, status, { 'Content-Type': 'application/json' });

/** An answer that sends the browser elsewhere. */
export const redirect = (location: string, status = 302): Response =>
  new Response(`<p>Go to <a href="${location.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}">${location.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</a>.`, status, { Location: location });

/** What a view function may return: text, bytes, a generator of either, a Response, an object for JSON, or `[any of these, status, headers]`. */
export type ViewResult = Body | Response | Readonly<Record<string, unknown>> | readonly [ViewBody, number, Readonly<Record<string, string>>?];
type ViewBody = Body | Response | Readonly<Record<string, unknown>>;

/** Flask's `make_response`. */
export function makeResponse(result: ViewResult): Response {
  if (result instanceof Response) return result;
  if (Array.isArray(result) && result.length >= 2 && typeof result[1] === 'number') {
    const [body, status, headers = {}] = result as [ViewBody, number, Record<string, string>?];
    const response = makeResponse(body);
    response.status = status;
    for (const [name, value] of Object.entries(headers)) response.set(name, value);
    return response;
  }
  if (typeof result === 'string' || result instanceof Uint8Array || (typeof result === 'object' && result !== null && Symbol.iterator in result && !Array.isArray(result))) return new Response(result as Body);
  if (typeof result === 'object' && result !== null) return jsonify(result);
  throw new TypeError(`the view returned ${result === undefined ? 'undefined: did you forget "return"?' : typeof result}; it must return a string, bytes, an iterable, a Response or an object`);
}
