/** Calls a WSGI application the way a server would, without one. Werkzeug's test client. */
import type { WsgiApp, WsgiEnviron, WsgiInput } from '../../gateway/wsgi/types.ts';

/** What the application answered. */
export interface TestResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** The body as UTF-8 text. */
  readonly text: string;
  /** The body as JSON. */
  json(): unknown;
  /** First value of a field, by any spelling. */
  header(name: string): string | undefined;
}

/** What is sent besides method and target. */
export interface TestRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Sent as a JSON body. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
}

const latin1 = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text));

/** Calls an application as a server does. */
export class TestClient {
  readonly #app: WsgiApp;
  constructor(app: WsgiApp) {
    this.#app = app;
  }
  get(target: string, request?: TestRequest): TestResponse {
    return this.open('GET', target, request);
  }
  post(target: string, request?: TestRequest): TestResponse {
    return this.open('POST', target, request);
  }

  open(method: string, target: string, request: TestRequest = {}): TestResponse {
    const [path = '/', query = ''] = target.split(/\?(.*)/s);
    const [type, body] = bodyOf(request);
    let status = '';
    let headers: (readonly [string, string])[] = [];
    const written: Uint8Array[] = [];
    const environ = {
      REQUEST_METHOD: method, SCRIPT_NAME: '', PATH_INFO: latin1(decodeURIComponent(path)), QUERY_STRING: query, RAW_URI: target,
      SERVER_NAME: 'localhost', SERVER_PORT: '80', SERVER_PROTOCOL: 'HTTP/1.1', SERVER_SOFTWARE: 'test-client', REMOTE_ADDR: '127.0.0.1', REMOTE_PORT: '0', HTTP_HOST: 'localhost',
      'wsgi.version': [1, 0], 'wsgi.url_scheme': 'http', 'wsgi.input': inputOf(body), 'wsgi.errors': { write() {}, writelines() {}, flush() {} },
      'wsgi.multithread': false, 'wsgi.multiprocess': false, 'wsgi.run_once': false, 'wsgi.input_terminated': true, 'wsgi.file_wrapper': (file: { read(size: number): Uint8Array }) => [file.read(-1)],
      ...(body.length > 0 || type ? { CONTENT_LENGTH: String(body.length) } : {}), ...(type ? { CONTENT_TYPE: type } : {}),
      ...Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [environKey(name), value])),
    } as WsgiEnviron;
    const result = this.#app(environ, (line, pairs) => {
      status = line;
      headers = pairs;
      return (data) => void written.push(data);
    });
    try {
      for (const part of result) written.push(part);
    } finally {
      result.close?.();
    }
    const bytes = Uint8Array.from(written.flatMap((part) => [...part]));
    const text = new TextDecoder().decode(bytes);
    return {
      status: Number(status.slice(0, 3)), headers, body: bytes, text,
      json: () => JSON.parse(text) as unknown,
      header: (name) => headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1],
    };
  }
}

const environKey = (name: string): string => {
  const key = name.toUpperCase().replaceAll('-', '_');
  return key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH' ? key : `HTTP_${key}`;
};

function bodyOf(request: TestRequest): [type: string | undefined, body: Uint8Array] {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  if (request.json !== undefined) return ['application/json', encode(JSON.stringify(request.json))];
  if (request.form) return ['application/x-www-form-urlencoded', encode(Object.entries(request.form).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'))];
  return [undefined, typeof request.body === 'string' ? encode(request.body) : (request.body ?? new Uint8Array())];
}

/** The few lines of `wsgi.input` that a test needs; the gateway has the whole of it. */
function inputOf(body: Uint8Array): WsgiInput {
  let at = 0;
  const take = (end: number): Uint8Array => body.slice(at, (at = Math.min(end, body.length)));
  const readline = (size = Infinity): Uint8Array => {
    const feed = body.indexOf(10, at);
    return take(Math.min(feed < 0 ? body.length : feed + 1, at + size));
  };
  return {
    read: (size) => take(size === undefined || size < 0 ? body.length : at + size),
    readline,
    readlines: () => [...{ *[Symbol.iterator](): Generator<Uint8Array> { while (at < body.length) yield readline(); } }],
    *[Symbol.iterator]() {
      while (at < body.length) yield readline();
    },
  };
}
