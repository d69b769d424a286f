/**
 * The near end of `keeper.ts`: listening sockets in safe hands, so that this process can let go of them and have them back. Node cannot
 * duplicate a descriptor within a process; a child inherits a duplicate, and can send one.
 */
import type { ChildProcess } from 'node:child_process';
import type { SentSocket } from './bound.ts';
import { firstFd, startChild } from './children.ts';

export class SocketKeeper {
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, (socket: SentSocket) => void>();
  #closed = false;

  /** Starts the process, which has the sockets when this returns. `onLost`: it has ended, and not by {@link close}. Throws where no process can be started. */
  constructor(fds: readonly number[], onLost: () => void) {
    this.#child = startChild('keeper', fds.map((_, place) => String(firstFd + place)), fds, { stdout: 'ignore', serialization: 'json' });
    const lost = (): void => {
      if (this.#closed) return;
      this.#closed = true;
      onLost();
    };
    this.#child.on('message', (place: number, socket) => {
      this.#asked.get(place)?.(socket as SentSocket);
      this.#asked.delete(place);
    });
    this.#child.on('error', lost).on('exit', lost);
    if (this.#child.pid !== undefined) return;
    this.#closed = true;
    throw new Error('no process could be started to hold the sockets');
  }

  /** One of them, by its place in `fds`, for `resumeListening`. Never resolves once they are lost. */
  take(place: number): Promise<SentSocket> {
    return new Promise((resolve) => {
      this.#asked.set(place, resolve);
      this.#child.send(place, () => {});
    });
  }

  /** Let go of the sockets. */
  close(): void {
    this.#closed = true;
    if (this.#child.connected) this.#child.disconnect();
  }
}
