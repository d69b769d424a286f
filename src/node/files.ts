/**
 * Files as WSGI applications give them back, and the quick way to read them: from the platform, without the application and
 * without keeping the thread while the disk is busy.
 */
import { closeSync, openSync, read, readSync } from 'node:fs';
import type { FileReader } from '../gateway/channel.ts';

/** A file for `wsgi.file_wrapper`, as Python's `open(path, 'rb')`. */
export interface OpenFile {
  /** The descriptor: what the gateway reads from, where it can. */
  readonly fd: number;
  /** Up to `size` octets from where the file stands; none at its end. */
  read(size: number): Uint8Array;
  close(): void;
}

/** Open a file for reading. Throws what `fs.openSync` throws. Give it to `environ['wsgi.file_wrapper']`, which closes it. */
export function openFile(path: string): OpenFile {
  const fd = openSync(path, 'r');
  let open = true;
  return {
    fd,
    read(size) {
      const block = new Uint8Array(size);
      return block.subarray(0, readSync(fd, block, 0, size, null));
    },
    close() {
      // Twice would close whatever has got the number since.
      if (open) closeSync(fd);
      open = false;
    },
  };
}

/** Reads in a thread of Node's pool. `position: null`: from where the file stands, as the application's own reads. */
export const nodeFiles: FileReader = {
  read(fd, into, done) {
    read(fd, into, 0, into.length, null, (error, size) => done(error ?? undefined, size));
  },
};
