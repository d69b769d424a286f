/** Addresses of the simulated network as IPv4 addresses and ports. */
import type { TraceEvent } from '../../trace/events.ts';
import type { TcpEnd } from './tcp-frames.ts';

/** The two ends of a connection. */
export interface ConnectionAddresses {
  readonly client: TcpEnd;
  readonly server: TcpEnd;
}

// Locally administered, unicast.
const clientMac = [0x02, 0, 0, 0, 0, 0x01];
const serverMac = [0x02, 0, 0, 0, 0, 0x02];

/**
 * Who has which address. Dotted IPv4 is taken as it is; a name or an IPv6 address gets one of TEST-NET-1
 * (192.0.2.0/24, RFC 5737), in the order in which they appear.
 */
export class AddressBook {
  readonly #told = new Map<number, { readonly client: string; readonly server: string }>();
  readonly #standIns = new Map<string, number>();

  constructor(events: readonly TraceEvent[]) {
    for (const event of events) {
      if (event.type === 'socket.connect') this.#told.set(event.connection, { client: event.local, server: event.remote });
      else if (event.type === 'socket.accept') this.#told.set(event.connection, { client: event.remote, server: event.local });
    }
  }

  /** From what an end has said about the connection; where none has, stand-ins. */
  of(connection: number): ConnectionAddresses {
    const { client, server } = this.#told.get(connection) ?? { client: `client:${49_152 + (connection % 16_384)}`, server: 'server:80' };
    return { client: { mac: clientMac, ...this.#read(client) }, server: { mac: serverMac, ...this.#read(server) } };
  }

  #read(address: string): { readonly ip: readonly number[]; readonly port: number } {
    const colon = address.lastIndexOf(':');
    const host = colon < 0 ? address : address.slice(0, colon);
    const port = Number(address.slice(colon + 1));
    return { ip: this.#ip(host), port: colon >= 0 && Number.isInteger(port) && port >= 0 && port <= 0xffff ? port : 0 };
  }

  #ip(host: string): readonly number[] {
    const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host)?.slice(1).map(Number);
    if (octets?.every((octet) => octet < 256)) return octets;
    let standIn = this.#standIns.get(host);
    if (standIn === undefined) this.#standIns.set(host, (standIn = (this.#standIns.size % 254) + 1));
    return [192, 0, 2, standIn];
  }
}
