import type { Token } from '../trace/events.ts';
import { isPlain, units } from './raw-text.ts';
import type { StreamIndex } from './stream-index.ts';

/** A stretch of a request's notation that is drawn alike. */
export interface PaintRun {
  /** '': the parser made nothing of it. */
  readonly token: Token | '';
  readonly refused: boolean;
  /** A new line: CR LF. */
  readonly crlf: boolean;
  readonly text: string;
}

/**
 * The notation of `raw` (latin-1), coloured. The texts of the runs, joined, are the notation. Runs, not octets, are what takes time where every octet
 * stands for itself, as in nearly all requests: a visitor who types into 64 kB must not wait.
 */
export function paintRuns(raw: string, tokens: StreamIndex | undefined): PaintRun[] {
  return isPlain(raw) ? plainRuns(raw, tokens) : unitRuns(raw, tokens);
}

/** Unit by unit: a character of several octets, or an escape, is not to be cut. */
export function unitRuns(raw: string, tokens: StreamIndex | undefined): PaintRun[] {
  const found: PaintRun[] = [];
  for (const { start, text } of units(raw)) add(found, { token: tokens?.tokenAt(start)?.token ?? '', refused: tokens?.isRefused(start) ?? false, crlf: text === '\n', text });
  return found;
}

function plainRuns(raw: string, tokens: StreamIndex | undefined): PaintRun[] {
  const found: PaintRun[] = [];
  for (let at = 0; at < raw.length; ) {
    const crlf = raw[at] === '\r';
    const lineEnd = raw.indexOf('\r', at);
    let end = crlf ? at + 2 : lineEnd < 0 ? raw.length : lineEnd;
    const token = tokens?.tokenAt(at);
    if (!crlf && tokens) {
      end = Math.min(end, token?.end ?? tokens.tokensIn(at, end)[0]?.start ?? end);
      for (const { start, end: last } of tokens.refused) for (const border of [start, last]) if (border > at && border < end) end = border;
    }
    add(found, { token: token?.token ?? '', refused: tokens?.isRefused(at) ?? false, crlf, text: crlf ? '\n' : raw.slice(at, end) });
    at = end;
  }
  return found;
}

function add(runs: PaintRun[], run: PaintRun): void {
  const last = runs.at(-1);
  if (last && last.token === run.token && last.refused === run.refused && !last.crlf && !run.crlf) runs[runs.length - 1] = { ...last, text: last.text + run.text };
  else runs.push(run);
}
