/** The one global that the machine needs besides those of `host/ambient.d.ts`: pages, workers and Node all have it. */
declare class MessageChannel {
  readonly port1: import('./types.ts').MessagePortLike;
  readonly port2: import('./types.ts').MessagePortLike;
}
