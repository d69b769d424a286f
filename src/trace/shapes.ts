import type { ContextEntry, Provenance, SourceLocal, SourceSite, Span, TraceInput, TraceType } from './events.ts';
import type { PayloadReader, PayloadWriter } from './pack.ts';

/**
 * The shape of every event, member by member. From it follows how a payload is read that comes from a process we do not trust, be it an object (a recording) or numbers
 * (a batch), and how it is written as numbers. What is read is made afresh from the members that are known; nothing of what was given is kept but strings and byte arrays.
 */

/** One kind of member. `member` names the place in an error (one word: a path would have to be built for each event). */
interface Kind<T> {
  /** The value, if it is of this kind. @throws TypeError */
  check(value: unknown, member: string): T;
  /** Write what is of this kind. */
  write(out: PayloadWriter, value: T): void;
  /** Read what was written so, believing none of it. @throws TypeError */
  read(from: PayloadReader, member: string): T;
}

/** Members of an object. An optional member has a kind that admits undefined. */
type Shape<T> = { readonly [K in keyof Required<T>]: Kind<T[K & keyof T]> };

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

/** A string, cut where it is too long. */
export const checkText = (value: unknown, member = 'a string'): string => {
  if (typeof value !== 'string') return refuse(member, 'a string');
  return value.length <= maxTextLength ? value : `${value.slice(0, maxTextLength)}… (${value.length - maxTextLength} more characters)`;
};

const text: Kind<string> = { check: checkText, write: (out, value) => out.text(value), read: (from) => from.text() };

const numeric = <T extends number>(check: (value: unknown, member: string) => T): Kind<T> => ({
  check, write: (out, value) => out.number(value), read: (from, member) => check(from.number(), member),
});

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const number = numeric((value, member) => (typeof value === 'number' && Number.isFinite(value) ? value : refuse(member, 'a number')));

const count = numeric((value, member) => (isCount(value) ? value : refuse(member, 'a count')));

/** A length that may be unknown: -1. */
const length = numeric((value, member) => (value === -1 || isCount(value) ? value : refuse(member, 'a count')));

/** One of a few constants, by its place among them; where there is one only, nothing has to be said. */
function oneOf<const T extends readonly (string | boolean)[]>(...words: T): Kind<T[number]> {
  const wanted = words.join(' or ');
  const only = words[0]!;
  return {
    check: (value, member) => (words.includes(value as T[number]) ? (value as T[number]) : refuse(member, wanted)),
    write: words.length === 1 ? () => {} : (out, value) => out.number(words.indexOf(value)),
    read: words.length === 1 ? () => only : (from, member) => words[from.number()] ?? refuse(member, wanted),
  };
}

const flag: Kind<boolean> = oneOf(false, true);

/** Whether it is there, and then what it is. */
const maybe = <T>(kind: Kind<T>): Kind<T | undefined> => ({
  check: (value, member) => (value === undefined ? undefined : kind.check(value, member)),
  write(out, value) {
    out.number(value === undefined ? 0 : 1);
    if (value !== undefined) kind.write(out, value);
  },
  read: (from, member) => (from.number() === 0 ? undefined : kind.read(from, member)),
});

const list = <T>(kind: Kind<T>): Kind<readonly T[]> => ({
  check(value, member) {
    if (!Array.isArray(value) || value.length > maxListLength) return refuse(member, `a list of at most ${maxListLength}`);
    return value.map((item) => kind.check(item, member));
  },
  write(out, value) {
    out.number(value.length);
    for (const item of value) kind.write(out, item);
  },
  read(from, member) {
    const size = from.number();
    if (!isCount(size) || size > maxListLength) return refuse(member, `a list of at most ${maxListLength}`);
    const items: T[] = [];
    for (let i = 0; i < size; i += 1) items.push(kind.read(from, member));
    return items;
  },
});

/** Absent optional members stay absent, so that a round trip is exact. `type`: put into every object made. */
function object<T extends object>(shape: Shape<T>, type?: string): Kind<T> {
  const keys = Object.keys(shape);
  const kinds = Object.values(shape) as Kind<unknown>[];
  return {
    check(value, member) {
      if (typeof value !== 'object' || value === null) return refuse(member, 'an object');
      const given = value as Readonly<Record<string, unknown>>;
      const made: Record<string, unknown> = type === undefined ? {} : { type };
      for (let i = 0; i < keys.length; i += 1) {
        const key = keys[i]!;
        const own = kinds[i]!.check(Object.hasOwn(given, key) ? given[key] : undefined, key);
        if (own !== undefined) made[key] = own;
      }
      return made as T;
    },
    write(out, value) {
      const given = value as Readonly<Record<string, unknown>>;
      for (let i = 0; i < keys.length; i += 1) kinds[i]!.write(out, given[keys[i]!]);
    },
    read(from) {
      const made: Record<string, unknown> = type === undefined ? {} : { type };
      for (let i = 0; i < keys.length; i += 1) {
        const own = kinds[i]!.read(from, keys[i]!);
        if (own !== undefined) made[keys[i]!] = own;
      }
      return made as T;
    },
  };
}

/** Two of a kind. */
function pairOf<T, P extends readonly [T, T]>(kind: Kind<T>, what: string, fits: (pair: readonly [T, T]) => boolean = () => true): Kind<P> {
  const checked = (pair: readonly [T, T], member: string): P => (fits(pair) ? (pair as P) : refuse(member, what));
  return {
    check: (value, member) => (Array.isArray(value) && value.length === 2 ? checked([kind.check(value[0], member), kind.check(value[1], member)], member) : refuse(member, what)),
    write(out, value) {
      kind.write(out, value[0]);
      kind.write(out, value[1]);
    },
    read: (from, member) => checked([kind.read(from, member), kind.read(from, member)], member),
  };
}

const span: Kind<Span> = pairOf(count, 'a span', ([start, end]) => end >= start);
const pair: Kind<readonly [string, string]> = pairOf(text, 'a name and a value');

const checkBytes = (value: unknown, member: string): Uint8Array => {
  if (!(value instanceof Uint8Array) || value.byteLength > maxSegmentBytes) return refuse(member, `at most ${maxSegmentBytes} octets`);
  return value;
};
const bytes: Kind<Uint8Array> = { check: checkBytes, write: (out, value) => out.segment(value), read: (from, member) => checkBytes(from.segment(), member) };

const stream = oneOf('c2s', 's2c');
const flow = oneOf('recv', 'send');

const local = object<SourceLocal>({ name: text, type: text, value: text });
const site = maybe(object<SourceSite>({
  file: text, line: count, column: maybe(count) as Kind<number>, name: maybe(text) as Kind<string>, locals: maybe(list(local)) as Kind<readonly SourceLocal[]>,
}));

const fromBytes = object<Extract<Provenance, { from: 'bytes' }>>({ from: oneOf('bytes'), stream, spans: list(span) });
const fromSetting = object<Extract<Provenance, { from: 'setting' }>>({ from: oneOf('setting'), name: text });
const fromGateway = object<Extract<Provenance, { from: 'gateway' }>>({ from: oneOf('gateway') });
const origins: { readonly [K in Provenance['from']]: Kind<Extract<Provenance, { from: K }>> } = { gateway: fromGateway, setting: fromSetting, bytes: fromBytes };
const from = oneOf('gateway', 'setting', 'bytes');
const origin: Kind<Provenance> = {
  check: (value, member) => origins[from.check((Object(value) as { readonly from?: unknown }).from, member)].check(value, member),
  write(out, value) {
    from.write(out, value.from);
    (origins[value.from] as Kind<Provenance>).write(out, value);
  },
  read: (given, member) => origins[from.read(given, member)].read(given, member),
};

const entry = object<ContextEntry>({ key: text, value: text, kind: text, origin });

const on = { connection: count, exchange: count };
const at = { ...on, stream, span };
const facts = { code: text, status: count, clause: text, message: text, advice: text, offset: count };
const head = { ...at, line: text, fields: count };
const context = { ...on, entries: list(entry) };
const state = { ...on, role: oneOf('client', 'server'), from: text, to: text, cause: text };
const process = { detail: text };

/** Tokens travel as rows of numbers; one as a payload is a forgery. */
const refused = (_value: unknown, member: string): never => refuse(member, 'sent as a payload');
const never: Kind<never> = { check: refused, write: () => {}, read: refused };

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
    ...on, fd: count, args: text, result: text, ms: number, error: maybe(text) as Kind<string>, site,
    call: oneOf('socket', 'setsockopt', 'bind', 'listen', 'accept', 'connect', 'send', 'sendall', 'recv', 'shutdown', 'close', 'getsockname', 'getpeername', 'settimeout'),
  },
  'http.token': { ...at, token: never },
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
  log: { ...on, source: oneOf('stdout', 'stderr', 'wsgi.errors', 'access', 'server'), level: oneOf('debug', 'info', 'warning', 'error'), text, partial: maybe(oneOf(true)) as Kind<true>, site },
  'trace.gap': { count },
};

const types = Object.keys(shapes) as TraceType[];
const kinds = types.map((type) => object<TraceInput>(shapes[type] as unknown as Shape<TraceInput>, type));
const kindOf = new Map(types.map((type, number) => [type as string, { number, kind: kinds[number]! }]));

/** A fresh, well formed payload of an object. @throws TypeError saying what is wrong. */
export function readTraceInput(value: unknown): TraceInput {
  const type = (Object(value) as { readonly type?: unknown }).type;
  const known = typeof type === 'string' ? kindOf.get(type) : undefined;
  return known === undefined ? refuse('type', 'known') : known.kind.check(value, type as string);
}

/** Write a payload as numbers. */
export function writePayload(out: PayloadWriter, event: TraceInput): void {
  const { number, kind } = kindOf.get(event.type)!;
  out.number(number);
  kind.write(out, event);
}

/** A fresh, well formed payload of numbers. @throws TypeError saying what is wrong. */
export function readPayload(from: PayloadReader): TraceInput {
  const number = from.number();
  return kinds[number]?.read(from, types[number]!) ?? refuse('type', 'known');
}

/** The name, if it can be one. @throws TypeError otherwise. */
export function checkProcessName(name: unknown): string {
  if (typeof name !== 'string' || name === '' || name.length > maxProcessNameLength) {
    throw new TypeError(`trace: a process has a name of 1 to ${maxProcessNameLength} characters`);
  }
  return name;
}
