import { AsgiViolation, WsgiViolation, type ViolationInit } from '../gateway/errors.ts';
import type { AsgiClause } from '../gateway/asgi/clauses.ts';
import type { WsgiClause } from '../gateway/wsgi/clauses.ts';
import type { SourceSite } from '../trace/events.ts';
import { PythonException } from './exception.ts';
import { readPlace } from './place.ts';

/** Entry functions of `bridge/wsgi.py`. */
export interface WsgiModule {
  call(number: number, environ: string, exchange: object): readonly Uint8Array[] | number | undefined;
  next_block(key: number): Uint8Array | undefined;
  site_of_block(key: number): string | undefined;
  type_of_result(key: number): string | undefined;
  close(key: number): boolean | undefined;
}

/** Entry functions of `bridge/asgi.py`. */
export interface AsgiModule {
  call(number: number, scope: string, host: object): number;
  deliver(key: number, event: string, name: string, octets: Uint8Array | undefined): void;
  sent(key: number, token: number): void;
  refused(key: number, token: number, error: unknown): void;
}

/** Entry functions of `bridge/loader.py`. */
export interface LoaderModule {
  load(root: string, file: string, name: string, interface_: string, factory: boolean): string | undefined;
}

/** Entry functions of `bridge/script.py`. */
export interface ScriptModule {
  prepare(host: object, streams: object, root: string): void;
  run: { callPromising(root: string, file: string, args: readonly string[]): Promise<string> };
}

interface SitesModule {
  here(): string | undefined;
  tell_locals(wanted: boolean): void;
}
interface BorderModule { host: object }
interface OutputModule { redirect(host: object): void }

/** Told what Python writes, and by which line of the user's. `partial`: the line goes on. */
export type OutputListener = (source: 'stdout' | 'stderr', text: string, site: SourceSite | undefined, partial: boolean) => void;

/**
 * Our end of the border: Python's entry functions, and how its errors come out of them. A Python exception does not travel as
 * Pyodide's, whose traceback begins in our code; the entry function tells it and returns nothing.
 */
export class Bridge {
  readonly wsgi: WsgiModule;
  readonly asgi: AsgiModule;
  readonly loader: LoaderModule;
  /** The block that a WSGI iterable gave last, and the iterable's number. */
  lastBlock: { readonly block: Uint8Array | undefined; readonly key: number } | undefined;
  readonly #sites: SitesModule;
  readonly #output: OutputModule;
  readonly #import: (name: string) => unknown;
  #failure: { readonly error: unknown } | undefined;

  constructor(importModule: (name: string) => unknown) {
    this.#import = importModule;
    const border = importModule('border') as BorderModule;
    border.host = {
      raised: (name: string, message: string, traceback: string, place: string | undefined) => {
        this.#failure = { error: new PythonException(name, message, traceback, readPlace(place)) };
      },
      threw: (error: unknown) => {
        this.#failure = { error };
      },
      violation: (kind: 'wsgi' | 'asgi', code: string, clause: string, message: string, advice: string, given: string, expected: string) => this.#violation(kind, { code, clause, message, advice, given, expected }),
    };
    this.wsgi = entries(importModule('wsgi'), ['call', 'next_block', 'site_of_block', 'type_of_result', 'close']);
    this.asgi = entries(importModule('asgi'), ['call', 'deliver', 'sent', 'refused']);
    this.loader = entries(importModule('loader'), ['load']);
    this.#sites = entries(importModule('sites'), ['here', 'tell_locals']);
    this.#output = entries(importModule('output'), ['redirect']);
  }

  /** The user's line that is calling us. */
  here(): SourceSite | undefined {
    return readPlace(this.#sites.here());
  }

  /** From now on, places say what the local variables hold there, or do not. It costs: see docs/python.md. */
  tellLocals(wanted: boolean): void {
    this.#sites.tell_locals(wanted);
  }

  /** From now on, `sys.stdout` and `sys.stderr` go to `listener`. */
  redirect(listener: OutputListener): void {
    this.#output.redirect(streams(listener));
  }

  /** Make of this Python one that runs scripts, over `host` (`sockets.ts`). Once, before any of the user's code. */
  scripts(host: object, listener: OutputListener, root: string): ScriptModule {
    const module = this.#import('script') as ScriptModule;
    module.prepare(host, streams(listener), root);
    return module;
  }

  /** Call an entry function. Throws what the Python in it ended with. */
  enter<T>(entry: () => T): T {
    const result = entry();
    if (this.#failure !== undefined) throw this.failure();
    return result;
  }

  /** What was told last, once. */
  failure(): unknown {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure?.error;
  }

  #violation(kind: 'wsgi' | 'asgi', init: ViolationInit): WsgiViolation | AsgiViolation {
    const site = this.here();
    const given = { ...init, ...(site && { site }) };
    return kind === 'wsgi' ? new WsgiViolation({ ...given, clause: init.clause as WsgiClause }) : new AsgiViolation({ ...given, clause: init.clause as AsgiClause });
  }
}

const streams = (listener: OutputListener): object => ({
  stdout: (text: string, place: string | undefined, partial = false) => listener('stdout', text, readPlace(place), partial),
  stderr: (text: string, place: string | undefined, partial = false) => listener('stderr', text, readPlace(place), partial),
});

/** The functions themselves: looking them up on the proxy of the module costs as much as a call. */
const entries = <T extends object>(module: unknown, names: readonly (keyof T & string)[]): T => Object.fromEntries(names.map((name) => [name, (module as T)[name]])) as T;
