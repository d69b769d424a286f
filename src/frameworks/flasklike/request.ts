/** `environ` with a friendlier face: Werkzeug's `Request`. Nothing is parsed before somebody asks for it. */
import type { WsgiEnviron } from '../../gateway/wsgi/types.ts';
import { HttpError } from './errors.ts';
import type { Params } from './routing.ts';

/** Several values per name, as HTML forms and queries have them. Unicode strings. */
export class MultiDict {
  readonly #pairs: readonly (readonly [string, string])[];
  constructor(pairs: readonly (readonly [string, string])[]) {
    this.#pairs = pairs;
  }
  /** The first value, or `fallback`. */
  get(name: string, fallback?: string): string | undefined {
    return this.#pairs.find(([key]) => key === name)?.[1] ?? fallback;
  }
  getlist(name: string): string[] {
    return this.#pairs.filter(([key]) => key === name).map(([, value]) => value);
  }
  has(name: string): boolean {
    return this.#pairs.some(([key]) => key === name);
  }
  [Symbol.iterator](): Iterator<readonly [string, string]> {
    return this.#pairs[Symbol.iterator]();
  }
}

/** WSGI strings are octets dressed as latin-1 (PEP 3333, "Unicode Issues"): undo that and read them as UTF-8. */
export const fromWsgi = (text: string): string => new TextDecoder().decode(Uint8Array.from(text, (char) => char.charCodeAt(0)));

/** Octets as WSGI strings. Not `String.fromCharCode(...bytes)`: a call takes some ten thousand arguments, a form may be larger. */
const latin1 = (bytes: Uint8Array): string => bytes.reduce((text, octet) => text + String.fromCharCode(octet), '');

/** `a=1&b=x+y` (WHATWG URL, application/x-www-form-urlencoded). Broken escapes are kept as they are. */
export function parsePairs(text: string): MultiDict {
  const decode = (part: string): string => {
    const octets: number[] = [];
    for (const [piece] of part.replaceAll('+', ' ').matchAll(/%[0-9a-f]{2}|[\s\S]/gi)) octets.push(piece.length === 3 ? Number.parseInt(piece.slice(1), 16) : piece.charCodeAt(0));
    return new TextDecoder().decode(Uint8Array.from(octets));
  };
  return new MultiDict(text.split('&').filter(Boolean).map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [decode(name), decode(value.join('='))];
  }));
}

/** One request. Flask's `request` is the current one. */
export class Request {
  readonly environ: WsgiEnviron;
  readonly method: string;
  /** Decoded; without the mount point. */
  readonly path: string;
  /** Values from the path. Set once a rule has matched. */
  viewArgs: Params = {};
  #body: Uint8Array | undefined;

  constructor(environ: WsgiEnviron) {
    this.environ = environ;
    this.method = environ.REQUEST_METHOD;
    // PEP 3333: PATH_INFO may be empty where the application's root was asked for without a trailing slash.
    this.path = fromWsgi(environ.PATH_INFO) || '/';
  }

  /** The query. */
  get args(): MultiDict {
    return parsePairs(this.environ.QUERY_STRING);
  }
  /** The body of an HTML form (urlencoded). Empty for any other content type. */
  get form(): MultiDict {
    return this.mimetype === 'application/x-www-form-urlencoded' ? parsePairs(latin1(this.data)) : new MultiDict([]);
  }
  /** The body. Read once from `wsgi.input`, then kept. */
  get data(): Uint8Array {
    return (this.#body ??= this.environ['wsgi.input'].read());
  }
  /** The body as UTF-8 text. */
  get text(): string {
    return new TextDecoder().decode(this.data);
  }
  /** The body as JSON; 415 where the content type says otherwise, 400 where it isn't JSON: as Flask does. */
  get json(): unknown {
    if (this.mimetype !== 'application/json' && !this.mimetype.endsWith('+json')) throw new HttpError(415, 'The request has no JSON body: Content-Type is not application/json.');
    try {
      return JSON.parse(this.text);
    } catch (error) {
      throw new HttpError(400, `The body is not JSON: ${(error as Error).message}`);
    }
  }
  /** Content type without parameters, in lower case. */
  get mimetype(): string {
    return (this.environ.CONTENT_TYPE ?? '').split(';')[0]!.trim().toLowerCase();
  }
  /** A request field, by its usual name: `request.header('User-Agent')`. */
  header(name: string): string | undefined {
    const key = name.toUpperCase().replaceAll('-', '_');
    const value = this.environ[key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH' ? key : `HTTP_${key}`];
    return typeof value === 'string' ? value : undefined;
  }
  get cookies(): MultiDict {
    const pairs = (this.header('Cookie') ?? '').split(';').map((part) => part.trim()).filter((part) => part.includes('='));
    return new MultiDict(pairs.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1).replace(/^"(.*)"$/, '$1')]));
  }
}
