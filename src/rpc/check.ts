/**
 * Shape and size of everything that a process says. A process runs somebody else's code, so nothing that arrives from
 * one is believed before it has been through here; batches of trace go through `materialise` in `trace/recorder.ts`.
 *
 * What a structured clone delivers has no getters and no prototype but the plain ones, so reading it is safe.
 */
import type { SourceSite } from '../trace/events.ts';
import type { FromProcess, Problem, StartOutcome, WireAddress, WireTraceBatch } from './contract.ts';
import type { SystemCall } from './system-calls.ts';

/** Longer text is cut. Characters. */
const maxText = 8192;
/** RFC 1035 §2.3.4, and a little for brackets. Characters. */
const maxHost = 260;

/** A Python's memory. It begins at 30 MiB, and larger ones cannot be started from (pyodide/pyodide#6254). Octets. */
const maxSnapshot = 48 * 1024 * 1024;

type Given = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Given => typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
/** Milliseconds on some clock; 2^53 of them are 285,000 years. */
const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
const text = (value: unknown, otherwise: string): string =>
  typeof value !== 'string' ? otherwise : value.length <= maxText ? value : `${value.slice(0, maxText)}…`;

/** The message, made afresh, or undefined where it is none. */
export function readMessage(data: unknown): FromProcess | undefined {
  if (!isObject(data)) return undefined;
  const { id, clock, now } = data;
  switch (data['type']) {
    case 'pong': return isCount(id) && isCount(clock) && isTime(now) ? { type: 'pong', id, clock, now } : undefined;
    case 'accept': return isCount(clock) ? { type: 'accept', clock } : undefined;
    case 'flushed': return isCount(id) ? { type: 'flushed', id } : undefined;
    case 'exit': return {
      type: 'exit', reason: text(data['reason'], 'no reason given'),
      ...(isCount(data['code']) && data['code'] <= 255 && { code: data['code'] }),
      ...(data['problem'] !== undefined && { problem: readProblem(data['problem']) }),
    };
    case 'snapshot': return data['octets'] instanceof ArrayBuffer && data['octets'].byteLength <= maxSnapshot ? { type: 'snapshot', octets: data['octets'] } : undefined;
    case 'call': return readCall(data);
    case 'started': return { type: 'started', outcome: readOutcome(data['outcome']) };
    case 'turned': {
      const { nextDue } = data;
      return isTime(now) && (nextDue === undefined || isTime(nextDue)) ? { type: 'turned', now, ...(nextDue !== undefined && { nextDue }) } : undefined;
    }
    // Its inside is looked at by `net/port.ts`.
    case 'frame': return isCount(data['channel']) ? { type: 'frame', channel: data['channel'], frame: data['frame'] } : undefined;
    // Its inside is looked at when it is unpacked.
    case 'trace': return isObject(data['batch']) ? { type: 'trace', batch: data['batch'] as unknown as WireTraceBatch } : undefined;
    default: return undefined;
  }
}

/** A call whose members have the right shape; whether it makes sense is for the machine to say. */
function readCall(data: Given): SystemCall | undefined {
  const { id, clock, call, fd, timeoutMs } = data;
  if (!isCount(id) || !isCount(clock) || !(timeoutMs === undefined || isTime(timeoutMs))) return undefined;
  const common = { type: 'call', id, clock } as const;
  const patience = timeoutMs === undefined ? {} : { timeoutMs };
  const address = readAddress(data['address']);
  if (call === 'connect') return address && (fd === undefined || isCount(fd)) ? { ...common, call, address, ...(fd !== undefined && { fd }), ...patience } : undefined;
  if (!isCount(fd)) return undefined;
  switch (call) {
    case 'bind': return address && typeof data['reuseAddress'] === 'boolean' ? { ...common, call, fd, address, reuseAddress: data['reuseAddress'] } : undefined;
    case 'listen': return typeof data['backlog'] === 'number' ? { ...common, call, fd, backlog: data['backlog'] } : undefined;
    case 'accept': return { ...common, call, fd, ...patience };
    case 'close': return { ...common, call, fd };
    default: return undefined;
  }
}

/** The network checks the numbers and answers as bind(2) and connect(2) do. */
function readAddress(value: unknown): WireAddress | undefined {
  if (!isObject(value) || typeof value['host'] !== 'string' || typeof value['port'] !== 'number' || value['host'].length > maxHost) return undefined;
  return { host: value['host'], port: value['port'] };
}

/** How starting went; a nonsensical answer is a problem of its own. */
export function readOutcome(value: unknown): StartOutcome {
  if (isObject(value)) {
    if (value['ok'] === true && (value['interface'] === 'wsgi' || value['interface'] === 'asgi')) return { ok: true, interface: value['interface'] };
    if (value['ok'] === true && value['interface'] === undefined) return { ok: true };
    if (value['ok'] === false) return { ok: false, problem: readProblem(value['problem']) };
  }
  return { ok: false, problem: { name: 'Error', message: 'The process gave an answer that makes no sense.', advice: 'Press Run again.' } };
}

/** A problem with bounded text. */
export function readProblem(value: unknown): Problem {
  const given = isObject(value) ? value : {};
  const site = readSite(given['site']);
  return {
    name: text(given['name'], 'Error'),
    message: text(given['message'], 'unknown'),
    advice: text(given['advice'], ''),
    ...(site && { site }),
  };
}

function readSite(value: unknown): SourceSite | undefined {
  if (!isObject(value) || typeof value['file'] !== 'string' || !isCount(value['line'])) return undefined;
  return {
    file: text(value['file'], ''),
    line: value['line'],
    ...(isCount(value['column']) && { column: value['column'] }),
    ...(typeof value['name'] === 'string' && { name: text(value['name'], '') }),
  };
}
