/**
 * Stack traces in terms of the snippet. All files run as one module (`link.ts`), so the platform's frames name that
 * module and a line in it; here they get their file and line back.
 */
import { parseStack } from '../gateway/site.ts';
import type { SourceSite } from '../trace/events.ts';
import { linkedName, type Place, type Program } from './link.ts';

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
    const frame = line.includes(linkedName) ? parseStack(line)[0] : undefined;
    const place = frame?.file.endsWith(linkedName) ? this.#program.locate(frame.line, frame.column ?? 1) : undefined;
    return place && { place, name: plainName(frame?.name ?? '') };
  }
}
