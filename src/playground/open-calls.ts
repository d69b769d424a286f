import type { TraceEvent } from '../trace/events.ts';

interface Call { readonly connection: number; readonly exchange: number; readonly interface: 'wsgi' | 'asgi' }

/**
 * Which exchange wrote a line? The console of a process does not know; but an application that is being called writes it, and where
 * one call is open there is no doubt. Where several are (an async app), the line stays nobody's: a guess would be a lie.
 */
export class OpenCalls {
  readonly #open = new Map<string, Call[]>();

  /** The event, or a copy of it that says whose it is. Events of one process are to be given in their order. */
  attribute(event: TraceEvent): TraceEvent {
    switch (event.type) {
      case 'app.call':
        this.#of(event.process).push({ connection: event.connection, exchange: event.exchange, interface: event.interface });
        return event;
      case 'app.return':
        // What a WSGI application returned runs on while it is iterated.
        this.#end(event, 'asgi');
        return event;
      case 'http.end':
        if (event.stream === 's2c') this.#end(event, 'wsgi');
        return event;
      case 'app.error':
        this.#end(event);
        return event;
      case 'log': {
        const [call, another] = this.#open.get(event.process) ?? [];
        if (event.connection !== 0 || !call || another || event.source === 'access' || event.source === 'server') return event;
        return { ...event, connection: call.connection, exchange: call.exchange };
      }
      default:
        return event;
    }
  }

  #of(process: string): Call[] {
    let calls = this.#open.get(process);
    if (!calls) this.#open.set(process, (calls = []));
    return calls;
  }

  #end(event: { readonly process: string; readonly connection: number; readonly exchange: number }, spoken?: Call['interface']): void {
    const calls = this.#open.get(event.process);
    const at = calls?.findIndex((call) => call.connection === event.connection && call.exchange === event.exchange && (spoken === undefined || call.interface === spoken)) ?? -1;
    if (at >= 0) calls?.splice(at, 1);
  }
}
