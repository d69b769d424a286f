import { runtimeUrl } from 'virtual:porthole-runtime';
import { keptOffline } from './offline.ts';
import type { MessagePortLike, SpawnedProcess, Spawner } from '../machine/types.ts';
import { fetchText } from './parts/fetch-text.ts';

/** Where things are; the defaults are those of the built page. */
export interface SandboxOptions {
  /** Address of `sandbox.html`. Default: beside the page. */
  readonly frameUrl?: string;
  /** Text of the runtime, asked for once. */
  readonly runtime?: () => Promise<string>;
}

/** A {@link Spawner} that can be told to get ready. */
export interface SandboxSpawner extends Spawner {
  /** Fetch the runtime and open a frame now, so that the first `spawn` is quick. Never rejects; `spawn` will say what is wrong. */
  warm(): Promise<void>;
  /** Kill everything and remove the frame. */
  dispose(): void;
}

/** How long the frame may take to load and start a worker. ms. */
const startMs = 15_000;
/** How long the frame may take to confirm that it killed a worker. ms. Its thread is not the worker's: it has nothing else to do. */
const killMs = 500;
/** Time between two signs of life asked of the frame, while anything runs in it. ms. */
const pulseMs = 500;
/** Questions in a row without an answer after which it is dead. Counted, not timed: a tab in the background asks seldom. */
const maxMissedPulses = 6;
/** Why workers are gone whose frame is dead. User code cannot block or end the frame's thread, so the browser must have. */
const outOfMemory = 'the browser ended it, most likely for using too much memory';

/**
 * Processes in the page: workers of a hidden frame of an opaque origin, whose policy allows no connection. See
 * `public/sandbox.html`, which does the starting and killing. Whoever runs in there cannot reach this origin: not its
 * cookies, not its storage, not its documents.
 */
export function createSandboxSpawner(options: SandboxOptions = {}): SandboxSpawner {
  const frameUrl = options.frameUrl ?? new URL('sandbox.html', document.baseURI).href;
  const fetchRuntime = options.runtime ?? (() => fetchText(runtimeUrl, 'The runtime'));
  let runtime: Promise<string> | undefined;
  let frame: Frame | undefined;

  const code = (): Promise<string> => {
    runtime ??= fetchRuntime().catch((error: unknown) => {
      // Offline for a moment: the next Run tries again.
      runtime = undefined;
      throw error;
    });
    return runtime;
  };
  // After Stop a fresh frame is opened at once: whoever stops usually runs again.
  const open = (): Frame => (frame = frame?.usable ? frame : new Frame(frameUrl, () => void open()));
  return {
    async spawn(name) {
      return open().spawn(name, await code());
    },
    async warm() {
      await Promise.allSettled([code(), open().ready]);
    },
    dispose() {
      frame?.discard('the page is going away');
    },
  };
}

/** What the frame says about a worker, or with `alive` about itself. Only our own script speaks on this port: `sandbox.html` is deaf to its workers once they run. */
interface FrameMessage {
  readonly id: number;
  readonly state: 'ready' | 'failed' | 'killed' | 'alive';
  readonly problem?: string;
}

/** A worker in the frame. */
interface Child {
  /** It runs, or why it does not. */
  started(problem?: string): void;
  /** It is gone, and nobody here asked for that. */
  exited(reason: string): void;
}

/** Make what the frame loads next a stranger to us, whatever headers it comes with. */
function sandboxByAttribute(frame: HTMLIFrameElement): void {
  frame.setAttribute('sandbox', 'allow-scripts');
  // No credentials for the request of the frame itself, where browsers know how.
  frame.setAttribute('credentialless', '');
}

/** One sandbox frame and its workers. When the last of them is killed the frame goes too: nothing survives the removal of its document. */
class Frame {
  /** Resolves once the frame listens. */
  readonly ready: Promise<void>;
  readonly #element = document.createElement('iframe');
  /** Aborted when the sandbox is there: only the first document that is one gets our port. */
  readonly #loaded = new AbortController();
  readonly #port: MessagePort;
  readonly #children = new Map<number, Child>();
  /** Workers that the frame was told to kill, each with the timer that runs out if it does not say that it did. */
  readonly #dying = new Map<number, number>();
  readonly #onEmpty: () => void;
  #nextId = 1;
  #pulse: number | undefined;
  #missedPulses = 0;
  #discarded = false;

  /** `onEmpty`: its last worker was killed, and the frame is gone. */
  constructor(url: string, onEmpty: () => void) {
    this.#onEmpty = onEmpty;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#port.onmessage = (event: MessageEvent<FrameMessage>) => this.#receive(event.data);
    const element = this.#element;
    if (!keptOffline()) sandboxByAttribute(element);
    // Offline the frame has to come from the service worker, which does not see frames with these attributes: then it comes with a
    // header that says the same as the first. sandbox.html runs in neither case where its origin is not opaque.
    element.hidden = true;
    element.title = 'Sandbox';
    element.src = url;
    this.ready = new Promise((resolve) => {
      element.addEventListener('load', () => {
        if (element.contentDocument) {
          // We can look inside, so it is of our own origin: it did not come by the service worker after all (unregistered since, say). Nothing has run in it.
          sandboxByAttribute(element);
          element.src = url;
          return;
        }
        // '*': an opaque origin has no name. Whatever document is in there is what this code put there.
        this.#loaded.abort();
        element.contentWindow?.postMessage('', '*', [port2]);
        resolve();
      }, { signal: this.#loaded.signal });
    });
    document.body.append(element);
  }

  /** Whether another worker can be started in it. */
  get usable(): boolean {
    return !this.#discarded;
  }

  async spawn(name: string, code: string): Promise<SpawnedProcess> {
    const id = this.#nextId;
    this.#nextId += 1;
    const { port1, port2 } = new MessageChannel();
    let exit: ((reason: string) => void) | undefined;
    const started = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => this.discard('the sandbox does not answer'), startMs);
      const settle = (problem?: string): void => {
        clearTimeout(timer);
        if (problem === undefined) resolve();
        else reject(new Error(`The process could not be started: ${problem}`));
      };
      this.#children.set(id, {
        started: settle,
        exited: (reason) => {
          settle(reason);
          exit?.(reason);
        },
      });
    });
    await this.ready;
    if (!this.#discarded) this.#pulse ??= window.setInterval(() => this.#feelPulse(), pulseMs);
    this.#port.postMessage({ id, code, port: port2 }, [port2]);
    try {
      await started;
    } catch (error) {
      this.#kill(id);
      throw error;
    }
    return {
      name,
      port: port1 as unknown as MessagePortLike,
      terminate: () => {
        exit = undefined;
        port1.close();
        this.#kill(id);
      },
      onExit: (listener) => {
        exit = listener;
      },
    };
  }

  /** Remove the frame, and with it every worker. */
  discard(reason: string): void {
    if (this.#discarded) return;
    this.#discarded = true;
    this.#element.remove();
    this.#port.close();
    clearInterval(this.#pulse);
    for (const timer of this.#dying.values()) clearTimeout(timer);
    for (const child of [...this.#children.values()]) child.exited(reason);
    this.#children.clear();
  }

  #kill(id: number): void {
    if (!this.#children.delete(id) || this.#discarded) return;
    if (this.#children.size === 0) {
      this.discard('');
      this.#onEmpty();
      return;
    }
    // Others live in the frame. If it cannot kill this one (its process has crashed, say), they are lost anyway.
    this.#dying.set(id, window.setTimeout(() => this.discard('the sandbox stopped working'), killMs));
    this.#port.postMessage({ id });
  }

  /** Nothing else tells of a renderer that ran out of memory: its worker is silent then, as in an endless loop. */
  #feelPulse(): void {
    if (this.#missedPulses >= maxMissedPulses) {
      this.discard(outOfMemory);
      return;
    }
    this.#missedPulses += 1;
    this.#port.postMessage({});
  }

  #receive({ id, state, problem }: FrameMessage): void {
    this.#missedPulses = 0;
    if (state === 'alive') return;
    if (state === 'killed') {
      clearTimeout(this.#dying.get(id));
      this.#dying.delete(id);
    } else {
      this.#children.get(id)?.started(state === 'failed' ? (problem ?? 'unknown') : undefined);
    }
  }
}
