import type { SourceSite, TraceEvent } from '../trace/events.ts';
import { isProblem } from './problems.ts';
import type { TraceLog } from './trace-log.ts';

/** One entry of the Console tab. */
export interface ConsoleLine {
  readonly event: TraceEvent;
  readonly source: 'stdout' | 'stderr' | 'wsgi.errors' | 'access' | 'server' | 'app' | 'process';
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly text: string;
  readonly site?: SourceSite;
  readonly process: string;
}

/** Which processes' deeds are worth a line. */
const processLevels = { 'process.start': 'debug', 'process.ready': 'info', 'process.exit': 'info', 'process.silent': 'warning', 'process.kill': 'warning', 'process.reload': 'info' } as const;

function toLine(event: TraceEvent): ConsoleLine | undefined {
  const { process } = event;
  switch (event.type) {
    case 'log':
      return { event, source: event.source, level: isProblem(event) || event.level !== 'error' ? event.level : 'info', text: event.text, process, ...(event.site ? { site: event.site } : {}) };
    case 'app.error':
      return { event, source: 'app', level: 'error', text: event.stack || `${event.name}: ${event.message}`, process, ...(event.site ? { site: event.site } : {}) };
    case 'process.start':
    case 'process.ready':
    case 'process.exit':
    case 'process.silent':
    case 'process.kill':
    case 'process.reload':
      return { event, source: 'process', level: processLevels[event.type], text: event.detail, process };
    default:
      return undefined;
  }
}

/** The newest `limit` lines, oldest of them first; of those that had been written by the Lamport time `until`. */
export function consoleLines(log: TraceLog, limit = 2000, until = Infinity): ConsoleLine[] {
  const lines: ConsoleLine[] = [];
  for (let at = log.lines.length - 1; at >= 0 && lines.length < limit; at--) {
    const event = log.lines[at] as TraceEvent;
    const line = event.clock <= until ? toLine(event) : undefined;
    if (line) lines.push(line);
  }
  return lines.reverse();
}
