import type { ProgramStatus } from '../machine/program-types.ts';
import { programsOf } from '../snippet/programs.ts';
import type { Snippet } from '../snippet/schema.ts';
import type { LogEvent, TraceEvent } from '../trace/events.ts';
import type { TraceLog } from './trace-log.ts';

/** What one program has written, in one piece: a line, or the beginning of one. */
export interface TerminalPiece {
  readonly event: LogEvent & TraceEvent;
  readonly stream: 'stdout' | 'stderr' | 'server';
  readonly text: string;
  /** The next piece of the same process goes on in the same line. */
  readonly partial: boolean;
  /** The first piece of another process of the program: it was started again. */
  readonly again: boolean;
}

const streams: Readonly<Partial<Record<LogEvent['source'], TerminalPiece['stream']>>> = { stdout: 'stdout', stderr: 'stderr', 'wsgi.errors': 'stderr', server: 'server', access: 'server' };

/** The newest `limit` pieces of a program with these processes, oldest of them first. */
export function terminalPieces(log: TraceLog, names: readonly string[], limit = 1000): TerminalPiece[] {
  const own = new Set(names);
  const found: (LogEvent & TraceEvent)[] = [];
  for (let at = log.events.length - 1; at >= 0 && found.length < limit; at -= 1) {
    const event = log.events[at]!;
    if (event.type === 'log' && own.has(event.process)) found.push(event);
  }
  found.reverse();
  return found.map((event, at) => ({
    event, stream: streams[event.source] ?? 'stdout', text: event.text.replace(/\n$/, ''), partial: event.partial ?? false,
    again: at > 0 && found[at - 1]!.process !== event.process && names.length > 1 && !event.process.startsWith('worker-'),
  }));
}

/** The programs as they are now: those of the editor, with the status of those that were started. */
export function programsNow(snippet: Snippet, statuses: readonly ProgramStatus[] | undefined): ProgramStatus[] {
  return programsOf(snippet).map(({ name, kind }) => statuses?.find((status) => status.name === name && status.kind === kind)
    ?? { name, kind, state: 'exited', listening: [], processes: [], names: [] });
}
