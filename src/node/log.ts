/**
 * The server's own lines on stderr, in gunicorn's form: `[2026-11-21 04:05:37 +0000] [812] [INFO] Booted`.
 */
import { logLevels, type LogLevel } from './settings.ts';

/** Takes lines; decides by their level which are worth printing. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warning(text: string): void;
  error(text: string): void;
  /** A line as it is, whatever the level: what other programs read (`Listening at: …`). */
  plain(text: string): void;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** `2026-11-21 04:05:37 +0000`, in the process's time zone. */
export function formatTime(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
}

/** A log that hands each line, with its line end, to `write`. */
export function createLog(least: LogLevel, write: (line: string) => void, now: () => Date = () => new Date()): Log {
  const from = logLevels.indexOf(least);
  const at = (level: LogLevel): ((text: string) => void) =>
    logLevels.indexOf(level) < from ? () => {} : (text) => write(`[${formatTime(now())}] [${process.pid}] [${level.toUpperCase()}] ${text}\n`);
  return { debug: at('debug'), info: at('info'), warning: at('warning'), error: at('error'), plain: (text) => write(`${text}\n`) };
}

/**
 * A reader that went away (`| head`) or a full disk is no reason to stop serving: what cannot be written is lost. Without
 * this, the stream's `error` event would end the process.
 */
export function toleratePipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
