/** `scope` and `receive` with a friendlier face: Starlette's `Request`. */
import type { AsgiReceive, HttpScope, WebSocketScope } from '../../gateway/asgi/types.ts';
import { joinOctets } from '../../basics/join.ts';
import { HttpException } from './response.ts';

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Field lines by name in lower case, each with all its values (latin-1). */
export function headerMap(scope: HttpScope | WebSocketScope): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const [name, value] of scope.headers) {
    const key = latin1(name);
    const values = map.get(key);
    if (values) values.push(latin1(value));
    else map.set(key, [latin1(value)]);
  }
  return map;
}

/** The query by name, percent-decoded. */
export function queryMap(scope: HttpScope | WebSocketScope): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const pair of latin1(scope.query_string).split('&').filter(Boolean)) {
    const [name = '', ...rest] = pair.split('=').map((part) => decode(part.replaceAll('+', ' ')));
    const values = map.get(name);
    if (values) values.push(rest.join('='));
    else map.set(name, [rest.join('=')]);
  }
  return map;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone "%": shown as it came
  }
}

/**
 * The path that rules are matched with. ASGI's `path` is the whole of it, the mount point `root_path` included (spec 2.5): an application
 * behind a mount point must not need to know which. Starlette's `get_route_path`.
 */
export function routePath({ path, root_path: root }: HttpScope | WebSocketScope): string {
  if (root === '' || !path.startsWith(root)) return path;
  const rest = path.slice(root.length);
  return rest === '' ? '/' : rest.startsWith('/') ? rest : path;
}

/** The request of one operation. */
export class Request {
  readonly scope: HttpScope;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly #receive: AsgiReceive;
  #body: Promise<Uint8Array> | undefined;

  constructor(scope: HttpScope, receive: AsgiReceive) {
    this.scope = scope;
    this.headers = headerMap(scope);
    this.#receive = receive;
  }

  get method(): string {
    return this.scope.method;
  }
  /** Without the mount point. */
  get path(): string {
    return routePath(this.scope);
  }
  /** Made by the lifespan function at startup; this request's own shallow copy (ASGI lifespan 2.0, "Scope"). */
  get state(): Record<string, unknown> {
    return this.scope.state ?? {};
  }

  /** The body piece by piece, as it arrives. Throws once the client is gone. */
  async *stream(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const event = await this.#receive();
      if (event.type !== 'http.request') throw new HttpException(400, 'The client went away before its body was complete.');
      if (event.body.length > 0) yield event.body;
      if (!event.more_body) return;
    }
  }

  /** The whole body. Read once, then kept. */
  body(): Promise<Uint8Array> {
    return (this.#body ??= this.#collect());
  }
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.body());
  }

  async #collect(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.stream()) parts.push(part);
    return joinOctets(parts);
  }
}
