import type { WirePort } from './contract.ts';

/** A frame of a channel, as it goes over the wire. */
export interface ChannelFrame {
  readonly type: 'frame';
  readonly channel: number;
  readonly frame: unknown;
}

/**
 * Ports within the wire, for a replay: of real ports nobody knows which one is heard first. Whoever opens a channel chooses its
 * number. Frames may come before the news of their channel: whoever trusts the other side keeps them until it is opened.
 */
export class Channels {
  readonly #post: (frame: ChannelFrame) => void;
  readonly #ports = new Map<number, WirePort>();
  /** Frames for channels that are not open yet, where the other side opens them. */
  readonly #early: Map<number, unknown[]> | undefined;
  readonly #closed = new Set<number>();

  constructor(post: (frame: ChannelFrame) => void, options: { readonly opensLater: boolean }) {
    this.#post = post;
    this.#early = options.opensLater ? new Map() : undefined;
  }

  open(channel: number): WirePort {
    const port: WirePort = {
      onmessage: null,
      postMessage: (frame) => {
        if (this.#ports.has(channel)) this.#post({ type: 'frame', channel, frame });
      },
      close: () => {
        this.#ports.delete(channel);
        this.#closed.add(channel);
      },
      start: () => {
        const early = this.#early?.get(channel) ?? [];
        this.#early?.delete(channel);
        for (const frame of early) port.onmessage?.({ data: frame });
      },
    };
    this.#ports.set(channel, port);
    return port;
  }

  receive({ channel, frame }: ChannelFrame): void {
    const port = this.#ports.get(channel);
    if (port) port.onmessage?.({ data: frame });
    else if (this.#early && !this.#closed.has(channel)) this.#early.set(channel, [...(this.#early.get(channel) ?? []), frame]);
  }
}
