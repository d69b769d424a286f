/** `wsgi.file_wrapper` (PEP 3333, "Optional Platform-Specific File Handling"): a file as an iterable of blocks. */
import type { FileWrapper } from './types.ts';

/** Reads a file block by block; `close` closes the file. */
export class FileBlocks implements Iterable<Uint8Array> {
  readonly #file: Parameters<FileWrapper>[0];
  readonly #blockSize: number;
  constructor(file: Parameters<FileWrapper>[0], blockSize: number) {
    this.#file = file;
    this.#blockSize = blockSize;
  }
  *[Symbol.iterator](): Generator<Uint8Array> {
    for (let block = this.#file.read(this.#blockSize); block.length > 0; block = this.#file.read(this.#blockSize)) yield block;
  }
  close(): void {
    this.#file.close?.();
  }
}

export const wrapFile: FileWrapper = (file, blockSize = 8192) => new FileBlocks(file, blockSize);
