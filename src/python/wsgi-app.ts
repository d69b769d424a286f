import type { ExcInfo, StartResponse, WsgiApp, WsgiEnviron, WsgiErrors, WsgiHeaders, WsgiInput, WsgiWrite } from '../gateway/wsgi/types.ts';
import type { SourceSite } from '../trace/events.ts';
import type { Bridge } from './bridge.ts';
import { readPlace } from './place.ts';

/** The application `number` of the loader, as a WSGI application of this gateway. */
export function wsgiApp(bridge: Bridge, number: number): WsgiApp {
  return (environ, startResponse) => {
    const result = bridge.enter(() => bridge.wsgi.call(number, encodeEnviron(environ), new Exchange(environ, startResponse)))!;
    return typeof result === 'number' ? new PythonIterable(bridge, result) : [...result];
  };
}

/** What has a meaning in both languages; the rest (streams, the wrapper) has a counterpart of Python's own. */
const encodeEnviron = (environ: WsgiEnviron): string => JSON.stringify(environ, (_key, value: unknown) => (typeof value === 'object' && value !== environ ? undefined : value));

/** Given to Python for one call. */
class Exchange {
  readonly input: WsgiInput;
  readonly errors: WsgiErrors;
  readonly #startResponse: StartResponse;
  #write: WsgiWrite | undefined;

  constructor(environ: WsgiEnviron, startResponse: StartResponse) {
    this.input = environ['wsgi.input'];
    this.errors = environ['wsgi.errors'];
    this.#startResponse = startResponse;
  }

  /** `fields`: names and values in turn. `again`: exc_info was given. False: it is to be raised, since the head has gone out. */
  start(status: string, fields: readonly string[], again: boolean): boolean {
    const headers: WsgiHeaders = [];
    for (let i = 0; i < fields.length; i += 2) headers.push([fields[i]!, fields[i + 1]!]);
    if (!again) {
      this.#write = this.#startResponse(status, headers);
      return true;
    }
    const excInfo: ExcInfo = new Error('exc_info');
    try {
      this.#write = this.#startResponse(status, headers, excInfo);
      return true;
    } catch (error) {
      if (error === excInfo) return false;
      throw error;
    }
  }

  write(octets: Uint8Array): void {
    this.#write!(octets);
  }
}

/** What a Python application returned, block by block. */
class PythonIterable implements Iterable<Uint8Array>, Iterator<Uint8Array> {
  readonly #bridge: Bridge;
  readonly #key: number;

  constructor(bridge: Bridge, key: number) {
    this.#bridge = bridge;
    this.#key = key;
  }

  /** The name by which the trace speaks of it: that of its class in Python. */
  get [Symbol.toStringTag](): string {
    return this.#bridge.wsgi.type_of_result(this.#key) ?? 'iterable';
  }

  [Symbol.iterator](): Iterator<Uint8Array> {
    return this;
  }

  next(): IteratorResult<Uint8Array> {
    const value = this.#bridge.enter(() => this.#bridge.wsgi.next_block(this.#key));
    this.#bridge.lastBlock = { block: value, key: this.#key };
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  /** False: there was nothing to close. */
  close(): boolean {
    return this.#bridge.enter(() => this.#bridge.wsgi.close(this.#key))!;
  }
}

/** The `yield` that has just given this block, where it was a generator's. */
export function siteOfBlock(bridge: Bridge, block: unknown): SourceSite | undefined {
  const last = bridge.lastBlock;
  return block !== undefined && last?.block === block ? readPlace(bridge.wsgi.site_of_block(last.key)) : undefined;
}
