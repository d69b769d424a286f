/**
 * A machine without processes: it answers every request by itself, and tells the same kind of trace as the real one.
 * For building and testing what lies above the machine. Its reader knows just enough HTTP to find tokens.
 */
import type { LoadPlan, LoadReport } from '../../src/machine/load-types.ts';
import type { Machine, MachineEvent, MachineStatus, Outgoing, SendResult, WebSocketEvent, WebSocketRequest, WebSocketSession } from '../../src/machine/types.ts';
import type { Snippet } from '../../src/snippet/schema.ts';
import type { ContextEntry, Span, Stream, Token, TraceEvent, TraceInput } from '../../src/trace/events.ts';

/** What the fake does with a request. */
export interface FakeAnswer {
  readonly status?: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Pieces that the app yields. */
  readonly pieces?: readonly string[];
  /** The app throws. */
  readonly throws?: string;
  /** The server refuses the request at this byte. */
  readonly refuseAt?: number;
  /** Never answer. */
  readonly hang?: boolean;
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

type Told = readonly [process: string, event: TraceInput];

export class FakeMachine implements Machine {
  status: MachineStatus = { state: 'stopped', text: '', processes: [] };
  /** Snippets that were run, and requests that were sent, oldest first. */
  readonly runs: Snippet[] = [];
  readonly sent: string[] = [];
  /** Where each of them went; undefined: to the first gateway. */
  readonly sentTo: (string | undefined)[] = [];
  /** Connections that were closed from outside. */
  readonly disconnected: number[] = [];
  answer: (request: string) => FakeAnswer;
  readonly #listeners = new Set<(event: MachineEvent) => void>();
  readonly #seq = new Map<string, number>();
  #clock = 0;
  #connections = 0;
  #stops: (() => void)[] = [];

  constructor(answer: (request: string) => FakeAnswer = () => ({})) {
    this.answer = answer;
  }

  subscribe(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Change the status, as the real one does by itself. */
  become(status: MachineStatus): void {
    this.status = status;
    for (const listener of this.#listeners) listener({ type: 'status', status });
  }

  /** Tell which packages were taken. */
  tellPackages(packages: Snippet['packages'] & object): void {
    for (const listener of this.#listeners) listener({ type: 'packages', packages });
  }

  /** Tell facts. */
  tell(...told: readonly Told[]): void {
    const events = told.map(([process, event]): TraceEvent => {
      const seq = this.#seq.get(process) ?? 0;
      this.#seq.set(process, seq + 1);
      this.#clock++;
      return { ...event, seq, at: this.#clock * 0.07, clock: this.#clock, process };
    });
    for (const listener of this.#listeners) listener({ type: 'trace', events });
  }

  /** It opens, gives back every message, and answers a Close; of broken octets it thinks nothing. */
  openWebSocket(_request: WebSocketRequest, onEvent: (event: WebSocketEvent) => void): WebSocketSession {
    const connection = ++this.#connections;
    let state: WebSocketSession['state'] = 'CONNECTING';
    const tell = (event: WebSocketEvent): void => void Promise.resolve().then(() => {
      if (state === 'CLOSED') return;
      if (event.type === 'open') state = 'OPEN';
      if (event.type === 'closed') state = 'CLOSED';
      onEvent(event);
    });
    tell({ type: 'open', compressed: false, headers: [['Upgrade', 'websocket']] });
    return {
      connection,
      get state() { return state; },
      send(what) {
        if (state !== 'OPEN') return { code: 'ws-not-open', status: 1002, clause: 'RFC6455-6.1-1', message: 'The WebSocket is closed.', advice: 'Open another one.', offset: 0 };
        if (what.type === 'text') tell({ type: 'message', data: what.text });
        else if (what.type === 'binary') tell({ type: 'message', data: what.bytes });
        else if (what.type === 'ping') tell({ type: 'pong', payload: what.payload });
        else if (what.type === 'close') tell({ type: 'closed', code: what.code, reason: what.reason, clean: true });
        return undefined;
      },
      reset: () => tell({ type: 'closed', code: 1006, reason: '', clean: false, message: 'The connection was reset from this side.' }),
    };
  }

  async run(snippet: Snippet): Promise<MachineStatus> {
    this.runs.push(snippet);
    this.#seq.clear();
    this.#clock = this.#connections = 0;
    this.become({ state: 'starting', text: 'Starting worker-1', processes: [{ name: 'worker-1', state: 'starting' }] });
    await Promise.resolve();
    if (Object.values(snippet.files).some((text) => text.includes('= = '))) {
      this.become({ state: 'failed', text: 'SyntaxError', problem: { name: 'SyntaxError', message: "Unexpected token '='", advice: 'Remove the second sign.', site: { file: 'app.ts', line: 2, column: 11 } }, processes: [] });
      return this.status;
    }
    this.tell(
      ['arbiter', { type: 'process.start', detail: 'worker-1' }],
      ['worker-1', { type: 'process.ready', detail: 'app.ts:app (wsgi)' }],
      ['arbiter', { type: 'socket.listen', address: '127.0.0.1:8000', backlog: 64 }],
      ['arbiter', { type: 'log', connection: 0, exchange: 0, source: 'server', level: 'info', text: 'Listening at: http://127.0.0.1:8000 (1)' }],
    );
    this.become({ state: 'running', text: 'Listening at http://127.0.0.1:8000 (wsgi)', interface: 'wsgi', processes: [{ name: 'worker-1', state: 'running' }] });
    return this.status;
  }

  async stop(): Promise<void> {
    this.become({ state: 'stopped', text: '', processes: [] });
    for (const stop of this.#stops.splice(0)) stop();
  }

  disconnect(connection: number): void {
    this.disconnected.push(connection);
  }

  /** Calls about programs, as `start client`. */
  readonly programCalls: string[] = [];
  async start(_snippet: Snippet, program: string): Promise<MachineStatus> {
    this.programCalls.push(`start ${program}`);
    return this.status;
  }
  async end(program: string): Promise<void> {
    this.programCalls.push(`end ${program}`);
  }
  interrupt(program: string): void {
    this.programCalls.push(`interrupt ${program}`);
  }

  input(program: string, text: string): void {
    this.programCalls.push(`input ${program} ${text}`);
  }
  async reload(_snippet: Snippet, program: string): Promise<void> {
    this.programCalls.push(`reload ${program}`);
  }
  kill(process: string): void {
    this.programCalls.push(`kill ${process}`);
  }
  async load(plan: LoadPlan): Promise<LoadReport> {
    return { plan, requests: [], ms: 0, processes: [] };
  }

  async send(outgoing: Outgoing): Promise<SendResult> {
    const request = latin1(outgoing.bytes);
    this.sent.push(request);
    this.sentTo.push(outgoing.to);
    const answer = this.answer(request);
    const connection = ++this.#connections;
    outgoing.onConnection?.(connection);
    const on = { connection, exchange: 1 } as const;
    const link = { connection, exchange: 0 } as const;
    const remote = `127.0.0.1:${49152 + connection}`;
    const requestTokens = tokenize(request, answer.refuseAt);
    const headEnd = request.indexOf('\r\n\r\n') + 4;
    const tokens = (stream: Stream, list: readonly TokenAt[]): Told[] => list.map(([token, start, end]): Told => ['worker-1', { type: 'http.token', ...on, token, stream, span: [start, end] }]);
    this.tell(
      ['client', { type: 'socket.connect', ...link, local: remote, remote: outgoing.to ?? '127.0.0.1:8000' }],
      ['worker-1', { type: 'socket.accept', ...link, local: '127.0.0.1:8000', remote }],
      ['client', { type: 'socket.data', ...link, flow: 'send', stream: 'c2s', span: [0, request.length], bytes: outgoing.bytes }],
      ['worker-1', { type: 'socket.data', ...link, flow: 'recv', stream: 'c2s', span: [0, request.length], bytes: outgoing.bytes }],
      ...tokens('c2s', requestTokens),
    );
    if (answer.hang) return new Promise((resolve) => this.#stops.push(() => resolve({ connection, exchange: 1, raw: new Uint8Array(), failure: { kind: 'stopped', message: 'The machine was stopped.' }, ms: 100 })));

    if (answer.refuseAt !== undefined) {
      const error = { code: 'bare-lf', status: 400, clause: 'RFC9112-2.2-3', message: 'A line ends in LF without CR.', advice: 'End every line with CR LF.', offset: answer.refuseAt };
      this.tell(['worker-1', { type: 'http.error', ...on, ...error, by: 'peer', stream: 'c2s', span: [answer.refuseAt, answer.refuseAt + 1] }]);
      return this.#respond(on, '400 Bad Request', [['Content-Type', 'text/plain']], [`${error.message}\n`], false);
    }
    const entries = environ(request, remote, headEnd);
    this.tell(
      ['worker-1', { type: 'http.request', ...on, stream: 'c2s', span: [0, headEnd], line: request.slice(0, request.indexOf('\r\n')), fields: requestTokens.filter(([token]) => token === 'field-name').length }],
      ['worker-1', { type: 'http.framing', ...on, stream: 'c2s', framing: request.length > headEnd ? 'content-length' : 'none', length: request.length - headEnd, clause: 'RFC9112-6.3-7' }],
      ['worker-1', { type: 'http.state', ...on, role: 'client', from: 'IDLE', to: 'SEND_BODY', cause: 'request' }],
      ...(request.length > headEnd ? [['worker-1', { type: 'http.data', ...on, stream: 'c2s', span: [headEnd, request.length] }] as Told] : []),
      ['worker-1', { type: 'http.end', ...on, stream: 'c2s', span: [request.length, request.length], trailers: 0 }],
      ['worker-1', { type: 'gateway.environ', ...on, entries }],
      ['worker-1', { type: 'app.call', ...on, interface: 'wsgi', name: 'app' }],
      ...(request.length > headEnd ? [['worker-1', { type: 'app.read', ...on, call: 'wsgi.input.read()', size: request.length - headEnd, site: { file: 'app.ts', line: 5 } }] as Told] : []),
    );
    if (answer.throws !== undefined) {
      this.tell(['worker-1', { type: 'app.error', ...on, name: 'TypeError', message: answer.throws, stack: `TypeError: ${answer.throws}\n    at app (app.ts:8:11)`, stage: 'before start', site: { file: 'app.ts', line: 8, column: 11, name: 'app' } }]);
      return this.#respond(on, '500 Internal Server Error', [['Content-Type', 'text/plain']], ['Internal Server Error\n'], false);
    }
    const status = answer.status ?? '200 OK';
    const headers = answer.headers ?? [['Content-Type', 'text/plain; charset=utf-8']];
    const pieces = answer.pieces ?? ['Hello from the fake.\n'];
    this.tell(['worker-1', { type: 'app.start', ...on, status, headers, site: { file: 'app.ts', line: 6, name: 'app' } }],
      ['worker-1', { type: 'app.return', ...on, kind: 'array', ms: 0.18 }]);
    return this.#respond(on, status, headers, pieces, true);
  }

  #respond(on: { readonly connection: number; readonly exchange: number }, status: string, headers: readonly (readonly [string, string])[], pieces: readonly string[], byApp: boolean): SendResult {
    const body = pieces.join('');
    const all = [...headers, ['Content-Length', String(body.length)] as const, ['Server', 'porthole'] as const];
    const raw = [`HTTP/1.1 ${status}`, ...all.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n');
    const headEnd = raw.length - body.length;
    const link = { connection: on.connection, exchange: 0 };
    const bytes = octets(raw);
    if (byApp) for (const piece of pieces) this.tell(['worker-1', { type: 'app.body', ...on, via: 'yield', size: piece.length, more: true, site: { file: 'app.ts', line: 7, name: 'app' } }]);
    this.tell(
      ...tokenize(raw).map(([token, start, end]): Told => ['worker-1', { type: 'http.token', ...on, token: token === 'method' ? 'version' : token === 'target' ? 'status' : token === 'version' ? 'reason' : token, stream: 's2c', span: [start, end] }]),
      ['worker-1', { type: 'http.response', ...on, stream: 's2c', span: [0, headEnd], line: `HTTP/1.1 ${status}`, fields: all.length }],
      ['worker-1', { type: 'socket.data', ...link, flow: 'send', stream: 's2c', span: [0, raw.length], bytes }],
      ['worker-1', { type: 'http.end', ...on, stream: 's2c', span: [raw.length, raw.length], trailers: 0 }],
      ...(byApp ? [['worker-1', { type: 'app.close', ...on }] as Told] : []),
      ['worker-1', { type: 'log', ...on, source: 'access', level: 'info', text: `127.0.0.1 - - "${status}" ${body.length}` }],
      ['client', { type: 'socket.data', ...link, flow: 'recv', stream: 's2c', span: [0, raw.length], bytes }],
      ['client', { type: 'http.response', ...on, stream: 's2c', span: [0, headEnd], line: `HTTP/1.1 ${status}`, fields: all.length }],
    );
    const [code = '', ...reason] = status.split(' ');
    return { ...on, response: { version: 'HTTP/1.1', status: Number(code), reason: reason.join(' '), headers: all, body: octets(body), trailers: [], keepAlive: byApp }, raw: bytes, ms: 1.73 };
  }
}

type TokenAt = readonly [token: Token, start: number, end: number];

/** Tokens of a message whose lines end in CRLF; stops before `until`. */
function tokenize(raw: string, until = Infinity): TokenAt[] {
  const found: TokenAt[] = [];
  const headEnd = raw.indexOf('\r\n\r\n') + 2;
  let at = 0;
  for (const [index, line] of raw.slice(0, headEnd).split('\r\n').slice(0, -1).entries()) {
    const end = at + line.length;
    if (index === 0) {
      const first = at + line.indexOf(' ');
      const second = line.indexOf(' ', first - at + 1) + at;
      found.push(['method', at, first], ['separator', first, first + 1], ['target', first + 1, second], ['separator', second, second + 1], ['version', second + 1, end]);
    } else {
      const colon = at + line.indexOf(':');
      found.push(['field-name', at, colon], ['separator', colon, colon + 2], ['field-value', colon + 2, end]);
    }
    found.push(['line-end', end, end + 2]);
    at = end + 2;
  }
  found.push(['line-end', at, at + 2]);
  if (at + 2 < raw.length) found.push(['body', at + 2, raw.length]);
  return found.filter(([, , end]) => end <= until);
}

function environ(request: string, remote: string, headEnd: number): ContextEntry[] {
  const span = (text: string, from = 0): Span => {
    const start = request.indexOf(text, from);
    return [start, start + text.length];
  };
  const bytes = (key: string, value: string, ...spans: Span[]): ContextEntry => ({ key, value, kind: 'str', origin: { from: 'bytes', stream: 'c2s', spans } });
  const [method = '', target = '', version = ''] = request.slice(0, request.indexOf('\r\n')).split(' ');
  const [path = '', query = ''] = target.split('?');
  const entries: ContextEntry[] = [
    bytes('REQUEST_METHOD', method, [0, method.length]),
    { key: 'SCRIPT_NAME', value: '', kind: 'str', origin: { from: 'setting', name: 'root-path' } },
    bytes('PATH_INFO', decodeURIComponent(path), span(path, method.length)),
    ...(query === '' ? [] : [bytes('QUERY_STRING', query, span(query, method.length))]),
    bytes('SERVER_PROTOCOL', version, span(version)),
    bytes('RAW_URI', target, span(target, method.length)),
    { key: 'SERVER_NAME', value: '127.0.0.1', kind: 'str', origin: { from: 'setting', name: 'bind' } },
    { key: 'SERVER_PORT', value: '8000', kind: 'str', origin: { from: 'setting', name: 'bind' } },
    { key: 'REMOTE_ADDR', value: remote.split(':')[0] ?? '', kind: 'str', origin: { from: 'setting', name: 'peer address' } },
  ];
  let at = request.indexOf('\r\n') + 2;
  for (const line of request.slice(at, headEnd - 4).split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toUpperCase().replaceAll('-', '_');
    const value = line.slice(colon + 2);
    if (colon > 0) entries.push(bytes(name === 'CONTENT_TYPE' || name === 'CONTENT_LENGTH' ? name : `HTTP_${name}`, value, [at + colon + 2, at + line.length]));
    at += line.length + 2;
  }
  entries.push(
    { key: 'wsgi.version', value: '(1, 0)', kind: 'tuple', origin: { from: 'gateway' } },
    { key: 'wsgi.url_scheme', value: 'http', kind: 'str', origin: { from: 'gateway' } },
    { key: 'wsgi.input', value: '<WsgiInput>', kind: 'object', origin: { from: 'gateway' } },
    { key: 'wsgi.multithread', value: 'false', kind: 'bool', origin: { from: 'gateway' } },
  );
  return entries;
}
