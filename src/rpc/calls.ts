/** Calls over a port, by comlink; set up so that neither side gets more of the other than {@link ProcessApi}. */
import { expose, transfer, transferHandlers, wrap, type Endpoint } from 'comlink';
import type { Job, ProcessApi, StartOutcome, WirePort } from './contract.ts';
import { readOutcome } from './check.ts';
import { packError, unpackError } from './errors.ts';

/** What comlink needs of a port. */
export type CallPort = WirePort & Pick<Endpoint, 'addEventListener' | 'removeEventListener'>;

/**
 * Errors keep their fields (`errors.ts`), and a reply cannot contain a `proxy`: comlink would wrap the port in it and
 * call back into the process whenever somebody touches the value.
 */
function harden(): void {
  const plain = transferHandlers.get('throw')!;
  transferHandlers.set('throw', {
    canHandle: plain.canHandle,
    serialize: (thrown) => [packError((thrown as { readonly value: unknown }).value), []],
    deserialize: (data) => {
      throw unpackError(data);
    },
  });
  transferHandlers.delete('proxy');
}
harden();

/** Answer calls (in the process). */
export function serveCalls(api: ProcessApi, port: CallPort): void {
  expose(api, port as Endpoint);
}

/** Make calls (in the machine). What comes back is checked; a call to a process that has died stays pending for ever. */
export function remoteCalls(port: CallPort): ProcessApi {
  const remote = wrap<ProcessApi>(port as Endpoint);
  return {
    async start(job: Job, wire: WirePort): Promise<StartOutcome> {
      return readOutcome(await remote.start(job, transfer(wire, [wire as never])));
    },
    async stop(graceMs: number): Promise<void> {
      await remote.stop(graceMs);
    },
  };
}
