/**
 * Notices when files change, for `--reload`: by asking for their times, which works with every editor (also those that
 * write a new file and rename it) and on every file system, network shares and container mounts among them.
 */
import { unwatchFile, watchFile, type Stats } from 'node:fs';

/** How often each file is looked at. Unit: ms. */
const intervalMs = 300;
/** An editor that saves several files, or one in several steps, is one change. Unit: ms. */
const settleMs = 100;

export class Watcher {
  readonly #files = new Set<string>();
  readonly #onChange: (file: string) => void;
  #settling: NodeJS.Timeout | undefined;

  /** `onChange` is called once per burst of changes, with the first file. */
  constructor(onChange: (file: string) => void) {
    this.#onChange = onChange;
  }

  /** Watch these files too. Those that are watched already are not watched twice. */
  add(files: readonly string[]): void {
    for (const file of files) {
      if (this.#files.has(file)) continue;
      this.#files.add(file);
      watchFile(file, { interval: intervalMs, persistent: false }, (now: Stats, before: Stats) => {
        if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) this.#settling ??= setTimeout(() => this.#tell(file), settleMs);
      });
    }
  }

  #tell(file: string): void {
    this.#settling = undefined;
    this.#onChange(file);
  }

  close(): void {
    clearTimeout(this.#settling);
    for (const file of this.#files) unwatchFile(file);
    this.#files.clear();
  }
}
