/**
 * Accepting rests while descriptors are short. accept(2) gives the lowest number that is free, so a connection whose number is near the
 * limit says that few are left. libuv would go on until none is, and from then on accept and close whatever comes; here clients wait in the
 * kernel's queue (`--backlog`). To stop polling a socket Node has to close it, therefore somebody else holds it meanwhile: see docs/adr/0028.
 */
import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { fdOf, resumeListening } from './bound.ts';
import { descriptorLimit, nextFree } from './descriptors.ts';
import type { Listening } from './listen.ts';
import { SocketKeeper } from './socket-keeper.ts';

/** How often we look whether there is room again. Unit: ms. */
const lookMs = 50;
/** After so many looks the connections need not have become fewer: something else may have been closed. */
const patience = 20;
/** A rest is told if none has been for this long. Unit: ms. */
const tellMs = 60_000;

export interface AcceptGateOptions {
  /** What rests: all of it at once. */
  readonly listening: readonly Listening[];
  /** Open connections. */
  readonly connections: () => number;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}

export class AcceptGate {
  readonly #options: AcceptGateOptions;
  readonly #limit = descriptorLimit();
  /** Descriptors from this one on are for the application, and for what a rest takes. */
  readonly #first: number;
  /** Stays once it has been needed: what was short once will be again. */
  #keeper: SocketKeeper | undefined;
  #rest: { readonly looking: NodeJS.Timeout; readonly connections: number; looks: number; told: boolean } | undefined;
  #toldAt = -Infinity;
  #closed = false;

  constructor(options: AcceptGateOptions) {
    this.#options = options;
    this.#first = this.#limit - Math.min(256, Math.max(16, this.#limit / 8));
  }

  /** A connection has been accepted, with this descriptor (-1 where the platform has none). */
  arrived(descriptor: number): void {
    if (descriptor >= this.#first && this.#rest === undefined && !this.#closed) this.#begin();
  }

  /** For good. What is resting stays closed. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#rest?.looking);
    if (this.#keeper === undefined) return;
    this.#keeper.close();
    this.#keeper = undefined;
    // A socket that has come back from the keeper does not know its file.
    for (const file of this.#files) rmSync(file, { force: true });
  }

  /** Of the Unix sockets. */
  get #files(): string[] {
    return this.#options.listening.flatMap(({ file }) => file ?? []);
  }

  #begin(): void {
    const { listening, connections, log } = this.#options;
    try {
      this.#keeper ??= this.#handOver();
    } catch (error) {
      log('error', `Descriptors are running out (limit ${this.#limit}), and accepting cannot pause: ${(error as Error).message}`);
      this.#closed = true;
      return;
    }
    for (const { server } of listening) server.close();
    for (const file of this.#files) putBack(file);
    const told = performance.now() - this.#toldAt > tellMs;
    if (told) {
      this.#toldAt = performance.now();
      log('warning', `Descriptors are running out (limit ${this.#limit}, ulimit -n): accepting pauses; who connects now waits until others have gone`);
    }
    this.#rest = { looking: setInterval(() => this.#look(), lookMs), connections: connections(), looks: 0, told };
  }

  /** Somebody else holds the sockets from now on as well. Throws where there can be no more processes, or where the file of a Unix socket cannot have a second name. */
  #handOver(): SocketKeeper {
    const linked: string[] = [];
    try {
      for (const file of this.#files) {
        linkSync(file, spare(file));
        linked.push(spare(file));
      }
      return new SocketKeeper(this.#options.listening.map(({ server }) => fdOf(server)), () => this.#lost());
    } catch (error) {
      for (const name of linked) rmSync(name);
      throw error;
    }
  }

  #look(): void {
    const rest = this.#rest!;
    rest.looks += 1;
    // Not for each connection that goes: a rest costs more than an accept.
    const enough = rest.connections - Math.max(1, rest.connections >> 4);
    if ((this.#options.connections() > enough && rest.looks % patience !== 0) || nextFree(this.#options.listening.length) >= this.#first) return;
    clearInterval(rest.looking);
    void this.#end(rest.told);
  }

  async #end(told: boolean): Promise<void> {
    const { listening, log } = this.#options;
    const sockets = await Promise.all(listening.map((_, place) => this.#keeper!.take(place)));
    if (this.#closed) {
      for (const socket of sockets) socket.close();
      return;
    }
    this.#rest = undefined;
    for (const [place, { server, backlog }] of listening.entries()) resumeListening(server, sockets[place]!, backlog);
    if (told) log('info', 'There are descriptors again: accepting again');
  }

  #lost(): void {
    this.#keeper = undefined;
    if (this.#rest === undefined) return;
    this.#closed = true;
    clearInterval(this.#rest.looking);
    this.#options.log('error', 'The process that held the listening sockets has ended: no connection is accepted any more. Restart the server');
  }
}

/** A second name for the file of a Unix socket: the first goes when libuv closes the socket that was bound with it. */
const spare = (file: string): string => `${file}.${process.pid}`;

function putBack(file: string): void {
  if (!existsSync(file)) renameSync(spare(file), file);
  else rmSync(spare(file), { force: true });
}
