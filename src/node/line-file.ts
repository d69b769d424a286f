/**
 * A log file, or stdout, that never gets into the way of serving: lines are gathered and written by another thread; a disk that
 * is full or a reader that is slow costs lines, not requests, and is told of once.
 */
import { closeSync, openSync, write, writeSync } from 'node:fs';

/** Text that may wait to be written. What comes on top is lost, and counted. Unit: characters. */
const mostWaiting = 4_194_304;
/** Before a failed write is tried again: a pipe that is full, say. Unit: ms. */
const retryMs = 50;

/** Lines go in, a file grows. */
export class LineFile {
  /** `-`: stdout. */
  readonly path: string;
  readonly #complain: (problem: string) => void;
  #fd: number;
  #waiting = '';
  #lost = 0;
  #writing = false;
  #broken = false;
  /** Opened anew while a write was under way. */
  #stale: number | undefined;

  /** `complain` is told what is wrong, once each time it goes wrong. Throws where the file cannot be opened. */
  constructor(path: string, complain: (problem: string) => void) {
    this.path = path;
    this.#complain = complain;
    this.#fd = path === '-' ? 1 : openSync(path, 'a');
    process.on('exit', () => this.#flushSync());
  }

  /** Write a line; its end is added where it is missing. */
  line(text: string): void {
    if (this.#waiting.length > mostWaiting) {
      this.#lost += 1;
      return;
    }
    this.#waiting += text.endsWith('\n') ? text : `${text}\n`;
    if (this.#writing) return;
    this.#writing = true;
    // Whatever else this turn of the event loop brings goes into the same write.
    setImmediate(() => this.#write());
  }

  /** Go on in a new file of the same name. Where there can't be one, the old one stays. */
  reopen(): void {
    if (this.path === '-') return;
    try {
      const fd = openSync(this.path, 'a');
      if (this.#writing && this.#stale === undefined) this.#stale = this.#fd;
      else closeSync(this.#fd);
      this.#fd = fd;
    } catch (error) {
      this.#complain((error as Error).message);
    }
  }

  #write(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    this.#put(bytes);
  }

  #put(bytes: Buffer): void {
    write(this.#fd, bytes, 0, bytes.length, null, (error, written) => {
      if (this.#stale !== undefined) closeSync(this.#stale);
      this.#stale = undefined;
      if (error !== null) return this.#failed(error, bytes);
      if (written < bytes.length) return this.#put(bytes.subarray(written));
      if (this.#broken || this.#lost > 0) {
        this.#complain(`${this.#lost} lines were lost; it is written again`);
        this.#broken = false;
        this.#lost = 0;
      }
      if (this.#waiting === '') this.#writing = false;
      else this.#write();
    });
  }

  #failed(error: NodeJS.ErrnoException, bytes: Buffer): void {
    if (error.code === 'EAGAIN') {
      setTimeout(() => this.#put(bytes), retryMs).unref();
      return;
    }
    this.#lost += bytes.reduce((lines, octet) => lines + (octet === 0x0a ? 1 : 0), 0);
    if (!this.#broken) this.#complain(`${error.message}; lines are lost until that is mended`);
    this.#broken = true;
    // The next line tries again.
    this.#writing = false;
    if (this.#waiting !== '') {
      this.#writing = true;
      setTimeout(() => this.#write(), retryMs).unref();
    }
  }

  #flushSync(): void {
    try {
      if (this.#waiting !== '') writeSync(this.#fd, this.#waiting);
    } catch {
      // The process ends: nobody is left to be told.
    }
  }
}
