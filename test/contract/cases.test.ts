/**
 * The clauses of PEP 3333 and ASGI on every road: each case of `test/cases/wsgi` and `test/cases/asgi` over MessagePorts and over TCP, with the
 * same octets, the same trace and the same log as in memory (`test/gateway/cases.test.ts`).
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { socketPair } from '../../src/net/memory.ts';
import { PortSocket, type PortLike } from '../../src/net/port.ts';
import type { Address, DuplexSocket, SocketHandler } from '../../src/net/socket.ts';
import { acceptOptions, TcpSocket } from '../../src/node/tcp-socket.ts';
import { expectedText, isExpected, play, readAppCases, type Road } from '../gateway/app-cases.ts';
import { settle } from '../helpers/fake-clock.ts';

/** Where the ends of a connection in memory are: the cases show them. */
const [{ local: clientAddress }, { local: serverAddress }] = socketPair();

/** Real message ports within one thread. */
function ports(): Road & { close(): void } {
  const open: { close(): void }[] = [];
  return {
    async pair() {
      const { port1, port2 } = new MessageChannel();
      open.push(port1, port2);
      const [near, far] = [port1, port2] as unknown as [PortLike, PortLike];
      return [
        new PortSocket(near, { id: 1, role: 'client', local: clientAddress, remote: serverAddress }),
        new PortSocket(far, { id: 1, role: 'server', local: serverAddress, remote: clientAddress }),
      ];
    },
    // A message takes a turn, and its acknowledgement another.
    settle: (turns) => settle(turns + 4),
    close() { for (const port of open) port.close(); },
  };
}

/** Loopback. */
class Tcp implements Road {
  readonly #server: Server = createServer(acceptOptions);
  /** Grows with everything that any socket is told. */
  #activity = 0;

  async listen(): Promise<void> {
    this.#server.listen({ port: 0, host: '127.0.0.1' });
    await once(this.#server, 'listening');
  }

  async pair(): Promise<readonly [DuplexSocket, DuplexSocket]> {
    const accepted = new Promise<TcpSocket>((resolve) => {
      this.#server.once('connection', (socket: Socket) => resolve(TcpSocket.adopt(socket, 1)));
    });
    const client = connect({ port: (this.#server.address() as { port: number }).port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await once(client, 'connect');
    return [this.#at(TcpSocket.wrap(client, 1, 'client'), clientAddress, serverAddress), this.#at(await accepted, serverAddress, clientAddress)];
  }

  async settle(turns: number): Promise<void> {
    for (let quiet = 0; quiet < turns + 3; quiet += 1) {
      const before = this.#activity;
      // Through every phase of the loop, the one that asks the kernel among them.
      await new Promise((resolve) => { setTimeout(resolve, 0); });
      await settle(1);
      if (this.#activity !== before) quiet = -1;
    }
  }

  close(): void {
    this.#server.close();
  }

  /** The socket under addresses that are the same each time, and counted. */
  #at(socket: DuplexSocket, local: Address, remote: Address): DuplexSocket {
    const count = (): void => { this.#activity += 1; };
    return {
      id: socket.id, role: socket.role, local, remote,
      open: (handler: SocketHandler) => socket.open({
        onData(bytes) { count(); handler.onData(bytes); },
        onEof() { count(); handler.onEof(); },
        onDrain() { count(); handler.onDrain(); },
        onClose(error) { count(); handler.onClose(error); },
      }),
      write: (bytes) => socket.write(bytes),
      end: () => socket.end(),
      reset: () => socket.reset(),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      get bufferedAmount() { return socket.bufferedAmount; },
    };
  }
}

/**
 * What may differ between roads: how much of a response was on its way when a reset dropped it, how many blocks fit into a socket,
 * and the system's words for an error. To a client in Node a reset behind data is an end: libuv reports one on POLLHUP (`uv__stream_eof`),
 * though the kernel says ECONNRESET.
 */
const alike = (text: string): string => text
  .replace(/^[^]*\\rst$/, '\\rst')
  .replace(/^HTTP\/1\.1 200 OK(?:(?!Content-Length|chunked)[^])*begun\\eof$/, '\\rst')
  .replaceAll(/( more) × \d+$/gm, '$1 × n')
  .replaceAll(/(ECONNRESET): .*$/gm, '$1');

const tcp = new Tcp();
const messagePorts = ports();
beforeAll(() => tcp.listen());
afterAll(() => {
  tcp.close();
  messagePorts.close();
});

describe.each([['MessagePorts', messagePorts], ['TCP', tcp]] as const)('over %s', (_road, road) => {
  describe.each(['wsgi', 'asgi'] as const)('%s', (folder) => {
    for (const one of readAppCases(new URL(`../cases/${folder}/`, import.meta.url))) {
      test(`${one.title} (${one.file}:${one.line})`, async () => {
        expect((await play(one, () => [], road)).map(alike)).toEqual(one.fences.filter(isExpected).map(expectedText).map(alike));
      });
    }
  });
});
