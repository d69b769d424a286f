import type { ContextEntry, Provenance, SourceSite, Span, TraceInput, TraceType } from './events.ts';

/**
 * Reads trace payloads that come from a process we do not trust. What is returned is made afresh from the members that
 * are known; nothing of the given object is kept but strings and byte arrays.
 */

/** Reads a value of type T or throws TypeError; `member` names the place (one word: a path would have to be built for each event). */
type Reader<T> = (value: unknown, member: string) => T;

/** Members of an object. An optional member has a reader that admits undefined. */
type Shape<T> = { readonly [K in keyof Required<T>]: Reader<T[K & keyof T]> };

/** The member of the union whose `type` is (or may be) K. */
type PayloadOf<K extends TraceType, E = TraceInput> = E extends { readonly type: infer T } ? (K extends T ? E : never) : never;

/** Text longer than this is cut, with a mark. Characters. Honest emitters stay well below it. */
export const maxTextLength = 262_144;
/** Octets that one `socket.data` may hold. */
export const maxSegmentBytes = 16 * 1024 * 1024;
/** Items in one list: `environ` entries, header fields, spans. */
export const maxListLength = 10_000;
/** Characters of a process name. */
export const maxProcessNameLength = 64;

const refuse = (member: string, wanted: string): never => {
  throw new TypeError(`trace event: ${member} is not ${wanted}`);
};

const text: Reader<string> = (value, member) => {
  if (typeof value !== 'string') return refuse(member, 'a string');
  return value.length <= maxTextLength ? value : `${value.slice(0, maxTextLength)}… (${value.length - maxTextLength} more characters)`;
};

const number: Reader<number> = (value, member) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(member, 'a number'));

const count: Reader<number> = (value, member) => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse(member, 'a count'));

/** A length that may be unknown: -1. */
const length: Reader<number> = (value, member) => (value === -1 ? -1 : count(value, member));

const flag: Reader<boolean> = (value, member) => (typeof value === 'boolean' ? value : refuse(member, 'true or false'));

const oneTrue: Reader<true> = (value, member) => (value === true ? true : refuse(member, 'true'));

const oneOf = <const T extends readonly string[]>(...words: T): Reader<T[number]> => (value, member) =>
  words.includes(value as string) ? (value as T[number]) : refuse(member, words.join(' or '));

const maybe = <T>(read: Reader<T>): Reader<T | undefined> => (value, member) => (value === undefined ? undefined : read(value, member));

const list = <T>(read: Reader<T>): Reader<readonly T[]> => (value, member) => {
  if (!Array.isArray(value) || value.length > maxListLength) return refuse(member, `a list of at most ${maxListLength}`);
  return value.map((item) => read(item, member));
};

/** Absent optional members stay absent, so that a round trip is exact. `type`: put into every object made. */
function object<T extends object>(shape: Shape<T>, type?: string): Reader<T> {
  const keys = Object.keys(shape);
  const readers = Object.values(shape) as Reader<unknown>[];
  return (value, member) => {
    if (typeof value !== 'object' || value === null) return refuse(member, 'an object');
    const given = value as Readonly<Record<string, unknown>>;
    const made: Record<string, unknown> = type === undefined ? {} : { type };
    for (let i = 0; i < keys.length; i += 1) {
      const key = keys[i]!;
      const read = readers[i]!(Object.hasOwn(given, key) ? given[key] : undefined, key);
      if (read !== undefined) made[key] = read;
    }
    return made as T;
  };
}

const span: Reader<Span> = (value, member) => {
  if (!Array.isArray(value) || value.length !== 2) return refuse(member, 'a span');
  const start = count(value[0], member);
  const end = count(value[1], member);
  return end >= start ? [start, end] : refuse(member, 'a span');
};

const bytes: Reader<Uint8Array> = (value, member) => {
  if (!(value instanceof Uint8Array) || value.byteLength > maxSegmentBytes) return refuse(member, `at most ${maxSegmentBytes} octets`);
  return value;
};

const pair: Reader<readonly [string, string]> = (value, member) => {
  if (!Array.isArray(value) || value.length !== 2) return refuse(member, 'a name and a value');
  return [text(value[0], member), text(value[1], member)];
};

const stream = oneOf('c2s', 's2c');
const flow = oneOf('recv', 'send');

const site = maybe(object<SourceSite>({ file: text, line: count, column: maybe(count) as Reader<number>, name: maybe(text) as Reader<string> }));

const fromBytes = object<Extract<Provenance, { from: 'bytes' }>>({ from: oneOf('bytes'), stream, spans: list(span) });
const fromSetting = object<Extract<Provenance, { from: 'setting' }>>({ from: oneOf('setting'), name: text });
const fromGateway = object<Extract<Provenance, { from: 'gateway' }>>({ from: oneOf('gateway') });
const origin: Reader<Provenance> = (value, member) => {
  const from = (Object(value) as { readonly from?: unknown }).from;
  return from === 'bytes' ? fromBytes(value, member) : from === 'setting' ? fromSetting(value, member) : fromGateway(value, member);
};

const entry = object<ContextEntry>({ key: text, value: text, kind: text, origin });

const on = { connection: count, exchange: count };
const at = { ...on, stream, span };
const facts = { code: text, status: count, clause: text, message: text, advice: text, offset: count };
const head = { ...at, line: text, fields: count };
const context = { ...on, entries: list(entry) };
const state = { ...on, role: oneOf('client', 'server'), from: text, to: text, cause: text };
const process = { detail: text };

/** One shape per event. A new event does not compile until it has one. */
const shapes: { readonly [K in TraceType]: Omit<Shape<PayloadOf<K>>, 'type'> } = {
  'socket.listen': { address: text, backlog: count },
  'socket.connect': { ...on, local: text, remote: text },
  'socket.accept': { ...on, local: text, remote: text },
  'socket.data': { ...at, flow, bytes },
  'socket.eof': { ...at, flow },
  'socket.close': { ...on, reason: text },
  'socket.pressure': { ...on, state: oneOf('full', 'drained'), buffered: count },
  'socket.call': {
    ...on, fd: count, args: text, result: text, ms: number, error: maybe(text) as Reader<string>, site,
    call: oneOf('socket', 'setsockopt', 'bind', 'listen', 'accept', 'connect', 'send', 'sendall', 'recv', 'shutdown', 'close', 'getsockname', 'getpeername', 'settimeout'),
  },
  'http.token': { ...at, token: refuseToken },
  'http.request': head,
  'http.response': head,
  'http.informational': head,
  'http.framing': { ...on, stream, framing: oneOf('none', 'content-length', 'chunked', 'until-close', 'tunnel'), length, clause: text },
  'http.data': at,
  'http.end': { ...at, trailers: count },
  'http.state': state,
  'http.dropped': { ...at, name: text, clause: text },
  'http.error': { ...at, ...facts, by: oneOf('peer', 'us') },
  'ws.frame': {
    ...at, opcode: oneOf('continuation', 'text', 'binary', 'close', 'ping', 'pong'), fin: flag, compressed: flag, masked: flag, length: count,
  },
  'ws.message': { ...at, kind: oneOf('text', 'binary', 'ping', 'pong', 'close'), size: count, frames: count, detail: text },
  'ws.state': state,
  'ws.error': { ...at, ...facts, by: oneOf('peer', 'us') },
  'gateway.environ': context,
  'gateway.scope': context,
  'app.call': { ...on, interface: oneOf('wsgi', 'asgi'), name: text },
  'app.return': { ...on, kind: text, ms: number },
  'app.start': { ...on, status: text, headers: list(pair), site },
  'app.body': { ...on, via: oneOf('write', 'yield', 'send'), size: count, more: flag, site },
  'app.read': { ...on, call: text, size: count, site },
  'app.message': { ...on, direction: oneOf('receive', 'send'), message: text, detail: text, site },
  'app.close': on,
  'app.error': {
    ...on, name: text, message: text, stack: text, site,
    stage: oneOf('before start', 'before body', 'after body', 'close', 'lifespan', 'load'),
  },
  'app.violation': { ...on, code: text, clause: text, message: text, advice: text, given: maybe(text), expected: maybe(text), site },
  'process.start': process,
  'process.ready': process,
  'process.exit': process,
  'process.beat': process,
  'process.silent': process,
  'process.kill': process,
  'process.reload': process,
  log: { ...on, source: oneOf('stdout', 'stderr', 'wsgi.errors', 'access', 'server'), level: oneOf('debug', 'info', 'warning', 'error'), text, partial: maybe(oneTrue) as Reader<true>, site },
  'trace.gap': { count },
};

const readers = new Map(Object.entries(shapes).map(([type, shape]) => [type, object<TraceInput>(shape as unknown as Shape<TraceInput>, type)]));

/** Tokens travel as rows of numbers; one as an object is a forgery. */
function refuseToken(_value: unknown, member: string): never {
  return refuse(member, 'sent as an object');
}

/** A fresh, well formed payload. @throws TypeError saying what is wrong. */
export function readTraceInput(value: unknown): TraceInput {
  const type = (Object(value) as { readonly type?: unknown }).type;
  const read = typeof type === 'string' ? readers.get(type) : undefined;
  if (!read) return refuse('type', 'known');
  return read(value, type as string);
}

/** The name, if it can be one. @throws TypeError otherwise. */
export function checkProcessName(name: unknown): string {
  if (typeof name !== 'string' || name === '' || name.length > maxProcessNameLength) {
    throw new TypeError(`trace: a process has a name of 1 to ${maxProcessNameLength} characters`);
  }
  return name;
}
