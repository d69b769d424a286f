/**
 * Shape and size of everything that a process says. A process runs somebody else's code, so nothing that arrives from
 * one is believed before it has been through here; batches of trace go through `materialise` in `trace/recorder.ts`.
 *
 * What a structured clone delivers has no getters and no prototype but the plain ones, so reading it is safe.
 */
import type { SourceSite } from '../trace/events.ts';
import type { FromProcess, Problem, StartOutcome, WireTraceBatch } from './contract.ts';

/** Longer text is cut. Characters. */
const maxText = 8192;

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
    case 'exit': return { type: 'exit', reason: text(data['reason'], 'no reason given') };
    // Its inside is looked at when it is unpacked.
    case 'trace': return isObject(data['batch']) ? { type: 'trace', batch: data['batch'] as unknown as WireTraceBatch } : undefined;
    default: return undefined;
  }
}

/** How starting went; a nonsensical answer is a problem of its own. */
export function readOutcome(value: unknown): StartOutcome {
  if (isObject(value)) {
    if (value['ok'] === true && (value['interface'] === 'wsgi' || value['interface'] === 'asgi')) return { ok: true, interface: value['interface'] };
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
