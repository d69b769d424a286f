/**
 * Stack traces in terms of the snippet. All files run as one module (`link.ts`), so the platform's frames name that
 * module and a line in it; here they get their file and line back.
 */
import type { SourceSite } from '../trace/events.ts';
import { linkedName, type Place, type Program } from './link.ts';

/** One line of a stack trace that was understood. */
interface Frame {
  readonly name: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** How many frames V8 is asked for. Its 10 are soon used up by a framework. */
export const stackDepth = 50;

/**
 * Read one line. V8 writes `    at name (url:line:column)` or `    at url:line:column`; SpiderMonkey and JavaScriptCore
 * write `name@url:line:column`.
 */
function readFrame(line: string): Frame | undefined {
  const v8 = /^\s+at (?:(.*?) \()?([^()\s]+):(\d+):(\d+)\)?$/.exec(line);
  const match = v8 ?? /^([^@]*)@(\S+):(\d+):(\d+)$/.exec(line);
  return match ? { name: match[1] ?? '', url: match[2]!, line: Number(match[3]), column: Number(match[4]) } : undefined;
}

/** Names that say nothing: the function that a file became, a module's own top. */
const tidyName = (name: string): string => (/^(?:async )?(?:modules\.)?(?:Object\.)?(?:<anonymous>|.*\.[mc]?[jt]sx?)$/.test(name) ? '' : name.replace(/^async (?=\S)/, '').replace(/^Object\./, '').replace(/[/<]+$/, ''));

/** Reads stack traces of one loaded program. */
export class StackReader {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  /** The innermost frame that is the snippet's. */
  site(stack: string | undefined): SourceSite | undefined {
    for (const line of (stack ?? '').split('\n')) {
      const frame = this.#frame(line);
      if (frame) return { ...frame.place, ...(frame.name !== '' && { name: frame.name }) };
    }
    return undefined;
  }

  /** Where the snippet's code called us from. */
  here(): SourceSite | undefined {
    return this.site(new Error().stack);
  }

  /**
   * A stack trace to show: the message as it is, then the snippet's frames as V8 writes them, with file, line and column
   * of the source. Frames of the gateway and of the platform are left out.
   */
  readable(error: { readonly name: string; readonly message: string; readonly stack?: string | undefined }): string {
    const title = error.message === '' ? error.name : `${error.name}: ${error.message}`;
    const frames = (error.stack ?? '').split('\n').flatMap((line) => {
      const frame = this.#frame(line);
      if (!frame) return [];
      const { file, line: at, column } = frame.place;
      return [frame.name === '' ? `    at ${file}:${at}:${column}` : `    at ${frame.name} (${file}:${at}:${column})`];
    });
    return [title, ...frames].join('\n');
  }

  #frame(line: string): { readonly place: Place; readonly name: string } | undefined {
    // Cheap first: most lines are not ours.
    if (!line.includes(linkedName)) return undefined;
    const frame = readFrame(line);
    const place = frame && frame.url.endsWith(linkedName) ? this.#program.locate(frame.line, frame.column) : undefined;
    return place && { place, name: tidyName(frame!.name) };
  }
}
