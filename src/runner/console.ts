/**
 * `console.*` of the snippet's code, kept as `log` events. The platform's own console is not written to: in the page it
 * would fill the visitor's developer tools with somebody else's output.
 */
import type { Clock, Host } from '../host/effects.ts';
import type { LogEvent, SourceSite } from '../trace/events.ts';
import type { Tracer } from '../trace/tracer.ts';
import { formatArguments, inspect } from './inspect.ts';

type Level = LogEvent['level'];

/** Longer output of one call is cut. Characters. */
const maxLine = 32_768;
/** Output that may come at once, and per second after that. */
const burst = { lines: 4000, characters: 1_048_576 };
const perSecond = { lines: 400, characters: 131_072 };
/** Once it is used up, nothing is kept for this long; then it is said how much that was. ms. */
const pauseMs = 500;

/** What a capture needs to know. */
export interface ConsoleOptions {
  readonly clock: Clock;
  /** Where the snippet's code is calling from. */
  readonly here: () => SourceSite | undefined;
  /** Text of an error with the places of the snippet. */
  readonly readable: (error: Error) => string;
}

/** Writes log events, as many as the budget admits; what it does not admit is counted and said. */
export class LogBudget {
  readonly #tracer: Tracer;
  readonly #host: Host;
  #lines = burst.lines;
  #characters = burst.characters;
  #filledAt: number;
  /** Lines that were not kept since the pause began, and when it ends. */
  #heldBack = 0;
  #pauseEnds = 0;

  constructor(tracer: Tracer, host: Host) {
    this.#tracer = tracer;
    this.#host = host;
    this.#filledAt = host.clock.now();
  }

  /** `text` is cut where it is too long. `site` is asked for only if the line is kept: it costs a stack trace. `partial`: no line end follows. */
  write(source: LogEvent['source'], level: Level, text: string, site: () => SourceSite | undefined, partial = false): void {
    if (!this.#admits(text)) return;
    const shown = text.length <= maxLine ? text : `${text.slice(0, maxLine)}… (${text.length - maxLine} more characters)`;
    const place = site();
    this.#emit({ source, level, text: shown, ...(partial && { partial }), ...(place && { site: place }) });
  }

  #admits(text: string): boolean {
    const now = this.#host.clock.now();
    if (this.#heldBack > 0) {
      if (now < this.#pauseEnds) {
        this.#heldBack += 1;
        return false;
      }
      this.#endPause();
    }
    const seconds = (now - this.#filledAt) / 1000;
    this.#filledAt = now;
    this.#lines = Math.min(burst.lines, this.#lines + seconds * perSecond.lines);
    this.#characters = Math.min(burst.characters, this.#characters + seconds * perSecond.characters);
    const size = Math.min(text.length, maxLine);
    if (this.#lines < 1 || this.#characters < size) {
      this.#heldBack = 1;
      this.#pauseEnds = now + pauseMs;
      this.#host.timers.after(pauseMs, () => this.#endPause());
      return false;
    }
    this.#lines -= 1;
    this.#characters -= size;
    return true;
  }

  /** By the timer, or by the next line where the thread never rests. */
  #endPause(): void {
    if (this.#heldBack === 0) return;
    const text = `${this.#heldBack} more ${this.#heldBack === 1 ? 'line was' : 'lines were'} written here than are kept (about ${perSecond.lines} a second).`;
    this.#heldBack = 0;
    this.#emit({ source: 'server', level: 'warning', text });
  }

  #emit(event: Omit<LogEvent, 'type' | 'connection' | 'exchange'>): void {
    this.#tracer.emit({ type: 'log', connection: 0, exchange: 0, ...event });
  }
}

/** The methods of a console that people use; put over the platform's with `Object.assign`. */
export function capturingConsole(options: ConsoleOptions, budget: LogBudget): Partial<Console> {
  let indent = '';
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();
  const write = (level: Level, values: readonly unknown[], extra = ''): void => {
    const shown = values.map((value) => (value instanceof Error ? errorText(value, options.readable) : value));
    const text = formatArguments(shown) + extra;
    budget.write(level === 'warning' || level === 'error' ? 'stderr' : 'stdout', level, indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`), options.here);
  };
  const label = (value: unknown): string => (value === undefined ? 'default' : String(value));
  const elapsed = (name: string): string => `${(options.clock.now() - timers.get(name)!).toFixed(3)} ms`;
  const group = (...values: unknown[]): void => {
    if (values.length > 0) write('info', values);
    indent = `${indent}  `.slice(0, 40);
  };
  return {
    log: (...values) => write('info', values),
    info: (...values) => write('info', values),
    debug: (...values) => write('debug', values),
    warn: (...values) => write('warning', values),
    error: (...values) => write('error', values),
    dir: (value) => write('info', [inspect(value)]),
    dirxml: (...values) => write('info', values),
    table: (value) => write('info', [table(value)]),
    trace(...values) {
      const { stack } = new Error();
      write('info', ['Trace:', ...values], options.readable({ name: '', message: '', stack: stack ?? '' }).replace(/^[^\n]*/, ''));
    },
    assert(condition, ...values) {
      if (!condition) write('error', typeof values[0] === 'string' ? [`Assertion failed: ${values[0]}`, ...values.slice(1)] : ['Assertion failed', ...values]);
    },
    count(name) {
      const key = label(name);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      write('info', [`${key}: ${counts.get(key)}`]);
    },
    countReset: (name) => void counts.delete(label(name)),
    time: (name) => void timers.set(label(name), options.clock.now()),
    timeLog(name, ...values) {
      const key = label(name);
      if (timers.has(key)) write('info', [`${key}: ${elapsed(key)}`, ...values]);
    },
    timeEnd(name) {
      const key = label(name);
      if (timers.has(key)) write('info', [`${key}: ${elapsed(key)}`]);
      timers.delete(key);
    },
    group,
    groupCollapsed: group,
    groupEnd: () => void (indent = indent.slice(2)),
    clear: () => {},
  };
}

/** The places of the snippet, and whatever else `inspect` has to say of an error. */
function errorText(error: Error, readable: (error: Error) => string): unknown {
  try {
    const text = readable(error);
    return error.cause instanceof Error ? `${text}\n  [cause]: ${String(errorText(error.cause, readable))}` : text;
  } catch {
    return error;
  }
}

/** `console.table`: rows of an array or object, columns by key; anything else as it is. */
function table(value: unknown): string {
  if (typeof value !== 'object' || value === null) return inspect(value);
  const rows = Object.entries(value).slice(0, 100);
  const columns = [...new Set(rows.flatMap(([, row]) => (typeof row === 'object' && row !== null ? Object.keys(row as object) : [])))].slice(0, 20);
  const plain = rows.some(([, row]) => typeof row !== 'object' || row === null);
  const head = ['(index)', ...columns, ...(plain ? ['Values'] : [])];
  const body = rows.map(([key, row]) => {
    const isRow = typeof row === 'object' && row !== null;
    const cells = columns.map((column) => (isRow && Object.hasOwn(row as object, column) ? inspect((row as Readonly<Record<string, unknown>>)[column]) : ''));
    return [key, ...cells, ...(plain ? [isRow ? '' : inspect(row)] : [])];
  });
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string => `│ ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' │ ')} │`;
  const rule = (left: string, middle: string, right: string): string => left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
  return [rule('┌', '┬', '┐'), line(head), rule('├', '┼', '┤'), ...body.map(line), rule('└', '┴', '┘')].join('\n');
}
