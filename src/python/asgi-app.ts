import { latin1Text } from '../gateway/target.ts';
import { passed } from '../gateway/asgi/passed.ts';
import type { AsgiApp, AsgiReceive, AsgiReceiveEvent, AsgiScope, AsgiSend, AsgiSendEvent } from '../gateway/asgi/types.ts';
import type { Bridge } from './bridge.ts';

/** The application `number` of the loader, as an ASGI application of this gateway. */
export function asgiApp(bridge: Bridge, number: number): AsgiApp {
  return (scope, receive, send) => new Promise((resolve, reject) => {
    const call = new Call(bridge, receive, send, resolve, reject);
    call.key = bridge.asgi.call(number, encodeScope(scope), call);
  });
}

/** As JSON, octets as latin-1; what the application keeps in `state` is Python's and stays there. */
function encodeScope(scope: AsgiScope): string {
  return JSON.stringify(scope, (key, value: unknown) => (key === 'state' ? {} : value instanceof Uint8Array ? latin1Text(value) : value));
}

/** Given to Python for one call; its names are those that `bridge/asgi.py` uses. */
class Call {
  /** Number of the call. Known only once the first turn of the application is over. */
  key = 0;
  readonly #bridge: Bridge;
  readonly #receive: AsgiReceive;
  readonly #send: AsgiSend;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;

  constructor(bridge: Bridge, receive: AsgiReceive, send: AsgiSend, resolve: () => void, reject: (error: unknown) => void) {
    this.#bridge = bridge;
    this.#receive = receive;
    this.#send = send;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  receive(): void {
    void this.#receive().then((event) => this.#deliver(event));
  }

  /** True: passed on, and there is room for more. */
  send(message: AsgiSendEvent, token: number): boolean {
    const sending = this.#send(message);
    if (sending === passed) return true;
    sending.then(() => this.#bridge.asgi.sent(this.key, token), (error: unknown) => this.#bridge.asgi.refused(this.key, token, error));
    return false;
  }

  finished(): void {
    this.#resolve();
  }

  failed(): void {
    this.#reject(this.#bridge.failure());
  }

  #deliver(event: AsgiReceiveEvent): void {
    const name = 'body' in event ? 'body' : 'bytes';
    const { [name]: octets, ...rest } = event as AsgiReceiveEvent & { readonly body?: Uint8Array; readonly bytes?: Uint8Array | null };
    this.#bridge.asgi.deliver(this.key, JSON.stringify(rest), name, octets ?? undefined);
  }
}
