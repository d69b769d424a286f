/**
 * Stack traces in terms of the snippet. All files run as one module (`link.ts`), so the platform's frames name that
 * module and a line in it; here they get their file and line back.
 */
import { parseStack, type SiteReader } from '../gateway/site.ts';
import type { Clock } from '../host/effects.ts';
import type { SourceSite } from '../trace/events.ts';
import { LastGift } from './gifts.ts';
import { linkedName, type Place, type Program } from './link.ts';

/** How many stacks are read in what time: far more than anybody can look at, and a twentieth of the thread's time. */
const budget = { stacks: 100, ms: 100 };

/** How many frames V8 is asked for. Its 10 are soon used up by a framework. */
export const stackDepth = 50;

/**
 * The function's own name: V8 puts the receiver before it (`Object.app`, `async Promise.all (index 0)`), SpiderMonkey
 * the path of nameless functions behind it (`app/<`). '' for the top of a module, whose function is called like its file.
 */
function plainName(name: string): string {
  const own = name.replace(/^(?:async\*?|new|get|set) ?(?=\S)/, '').replace(/ \[as .*\]$/, '').replace(/[/<]+$/, '');
  return /\.[mc]?[jt]sx?$/.test(own) || own.endsWith('<anonymous>') ? '' : own.slice(own.lastIndexOf('.') + 1);
}

/** Reads stack traces of one loaded program, and knows what it gave away last. */
export class StackReader implements SiteReader {
  readonly #program: Program;
  /** Stacks asked for, and since when. */
  #asked = 0;
  #since = 0;
  #clock: Clock | undefined;
  /** Told by the program what it gives away. */
  readonly gifts: LastGift;

  constructor(program: Program, gifts = new LastGift()) {
    this.#program = program;
    this.gifts = gifts;
  }

  /** The line that gave this value away: its `yield` or `return`. */
  gave(value: unknown): SourceSite | undefined {
    const place = this.gifts.placeOf(value);
    return place && { file: place.file, ...this.#program.modules.get(place.file)!.position(place.at) };
  }

  /** Where an error was thrown. */
  of(error: unknown): SourceSite | undefined {
    const { stack } = Object(error) as { readonly stack?: unknown };
    return typeof stack === 'string' ? this.site(stack) : undefined;
  }

  /** The innermost frame that is the snippet's. */
  site(stack: string | undefined): SourceSite | undefined {
    for (const line of (stack ?? '').split('\n')) {
      const frame = this.#frame(line);
      if (frame) return { ...frame.place, ...(frame.name !== '' && { name: frame.name }) };
    }
    return undefined;
  }

  /** Where the snippet's code called us from. Undefined also where that was asked too often: a stack costs more than serving a small request. */
  here(): SourceSite | undefined {
    if (this.#clock !== undefined && !this.#affords(this.#clock)) return undefined;
    return this.site(new Error().stack);
  }

  #affords(clock: Clock): boolean {
    this.#asked += 1;
    if (this.#asked <= budget.stacks) return true;
    // Looking at the clock has its price, too.
    if (this.#asked % 16 !== 0) return false;
    const now = clock.now();
    if (now - this.#since < budget.ms) return false;
    this.#since = now;
    this.#asked = 1;
    return true;
  }

  /** From now on, only so many stacks are read in a while. */
  paceBy(clock: Clock): void {
    this.#clock = clock;
    this.#since = clock.now();
    this.#asked = 0;
  }

  /**
   * A stack trace to show: the message as it is, then the snippet's frames as V8 writes them, with file, line and column
   * of the source. Frames of the gateway and of the platform are left out.
   */
  readable(error: { readonly name: string; readonly message: string; readonly stack?: string | undefined }): string {
    const title = error.message === '' ? error.name : `${error.name}: ${error.message}`;
    const frames = (error.stack ?? '').split('\n').flatMap((line) => {
      const frame = this.#frame(line);
      return frame ? [frameLine(frame.name, frame.place)] : [];
    });
    return [title, ...frames].join('\n');
  }

  /**
   * Make V8 write stack traces of this program with the places of the snippet to begin with, so that a page that shows
   * `error.stack` (the gateway's 500 in debug mode, the app's own) is of use. Other engines have no such hook.
   */
  install(): void {
    const hooks = Error as { prepareStackTrace?: (error: unknown, frames: readonly CallSite[]) => string };
    hooks.prepareStackTrace = (error, frames) => {
      const ours = frames.flatMap((frame) => this.#siteLine(frame) ?? []);
      return [titleOf(error), ...(ours.length > 0 ? ours : frames.map((frame) => `    at ${String(frame)}`))].join('\n');
    };
  }

  #siteLine(frame: CallSite): string | undefined {
    const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
    if (line === null || column === null || frame.getScriptNameOrSourceURL()?.endsWith(linkedName) !== true) return undefined;
    const place = this.#program.locate(line, column);
    return place && frameLine(plainName(frame.getFunctionName() ?? ''), place);
  }

  #frame(line: string): { readonly place: Place; readonly name: string } | undefined {
    const frame = parseStack(line)[0];
    if (!frame) return undefined;
    const name = plainName(frame.name ?? '');
    const at = frame.column ?? 1;
    // Written by our hook.
    if (this.#program.modules.has(frame.file)) return { place: { file: frame.file, line: frame.line, column: at }, name };
    const place = frame.file.endsWith(linkedName) ? this.#program.locate(frame.line, at) : undefined;
    return place && { place, name };
  }
}

/** What V8 gives to `prepareStackTrace`, as far as it is used here. */
interface CallSite {
  getScriptNameOrSourceURL(): string | null;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  getFunctionName(): string | null;
}

const frameLine = (name: string, { file, line, column }: Place): string => (name === '' ? `    at ${file}:${line}:${column}` : `    at ${name} (${file}:${line}:${column})`);

/** The first line of a stack. An error may have been given members that throw. */
function titleOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'Error';
  }
}
