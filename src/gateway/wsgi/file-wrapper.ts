/** `wsgi.file_wrapper`: a file as the result of an application (PEP 3333, "Optional Platform-Specific File Handling"). */

/** What can be wrapped: anything to read blocks from. `fd`: the descriptor, where it is a file of the operating system (Python's `fileno()`). */
export interface ReadableFile { read(size: number): Uint8Array; close?(): void; readonly fd?: number }

/** Iterates over blocks. A server that can do better for its platform recognises the class and takes {@link file}. */
export class FileWrapper implements Iterable<Uint8Array> {
  readonly file: ReadableFile;
  readonly blockSize: number;
  /** PEP3333-file-2: present only if the file has one, as with Python's `hasattr`. */
  readonly close?: () => void;

  constructor(file: ReadableFile, blockSize = 8192) {
    if (typeof (Object(file) as { read?: unknown }).read !== 'function') throw new TypeError('wsgi.file_wrapper needs an object with read(size)');
    if (!(blockSize >= 1)) throw new RangeError('the block size of wsgi.file_wrapper is at least 1');
    this.file = file;
    this.blockSize = Math.trunc(blockSize);
    if (typeof file.close === 'function') this.close = closeOf(file);
  }

  *[Symbol.iterator](): Iterator<Uint8Array> {
    for (let block = this.file.read(this.blockSize); block.length > 0; block = this.file.read(this.blockSize)) yield block;
  }
}

/** Not written where it is assigned: see `writeOf` in `start-response.ts`. */
const closeOf = (file: ReadableFile): (() => void) => () => file.close?.();

/** PEP3333-file-1: what stands in `environ`. */
export const fileWrapper = (file: ReadableFile, blockSize?: number): FileWrapper => new FileWrapper(file, blockSize);
