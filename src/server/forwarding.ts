/**
 * Behind a proxy, a connection's peer is the proxy. If it is to be believed, what it says of its client takes the place of what
 * the socket says: address and scheme. Host and path stay as they were sent: a proxy passes them on or has its reasons.
 */
import type { Request } from '../core/http1/events.ts';
import { mentionsAny } from '../core/http1/mentions.ts';
import type { ConnectionFacts } from '../gateway/channel.ts';
import { readForwarded } from '../gateway/forwarded.ts';
import { trustedPeers } from '../gateway/trusted-peers.ts';

/** Facts of a request, from those of its connection. */
export type Forwarding = (request: Request, facts: ConnectionFacts) => ConnectionFacts;

const tells = mentionsAny('forwarded', 'x-forwarded-for', 'x-forwarded-proto');

/** Undefined: nobody is believed. Throws RangeError where `allowed` is not understood. */
export function forwarding(allowed: readonly string[]): { readonly trusts: (host: string) => boolean; readonly apply: Forwarding } | undefined {
  if (allowed.length === 0) return undefined;
  const trusts = trustedPeers(allowed);
  return {
    trusts,
    apply(request, facts) {
      const { headers } = request;
      // Whoever asks directly says nothing of the kind.
      if (!tells(headers)) return facts;
      const fields = { forwarded: headers.get('forwarded'), for: headers.get('x-forwarded-for'), proto: headers.get('x-forwarded-proto') };
      const { host, port, scheme } = readForwarded(fields, trusts);
      const name = (legacy: string): string => (fields.forwarded === undefined ? legacy : 'forwarded');
      return {
        ...facts, scheme: scheme ?? facts.scheme, remote: host === undefined ? facts.remote : { host, port },
        toldIn: { remote: host === undefined ? undefined : name('x-forwarded-for'), scheme: scheme === undefined ? undefined : name('x-forwarded-proto') },
      };
    },
  };
}
