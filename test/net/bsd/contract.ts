/**
 * What sockets do, whatever network is beneath them. Each case is a function of the module `porthole/socket` and of nothing else, so that
 * it can be called here (memory, TCP) or be sent as text into a process of the machine.
 */
import type { SocketModule } from '../../../src/net/bsd/module.ts';

/** What a case may use besides the module. Plain functions: they are sent as text, too. */
export interface Assert {
  equal(got: unknown, wanted: unknown): void;
  /** The promise rejects (or the function throws) with this errno. */
  fails(code: string, what: Promise<unknown> | (() => unknown)): Promise<void>;
  text(bytes: Uint8Array): string;
  /** A listening socket at a free port, a client connected to it, and the accepted end. */
  pair(s: SocketModule): Promise<{ listener: ReturnType<SocketModule['socket']>; client: ReturnType<SocketModule['socket']>; server: ReturnType<SocketModule['socket']> }>;
  /** Receive until the end. */
  all(socket: ReturnType<SocketModule['socket']>): Promise<string>;
  /** Give others time to get on. */
  pause(ms: number): Promise<void>;
}

export interface SocketCase {
  readonly name: string;
  /** Not so over TCP in Node; the reason is in `tcp-kernel.ts`. */
  readonly memoryOnly?: true;
  run(s: SocketModule, assert: Assert): Promise<void>;
}

export const makeAssert = (): Assert => {
  const equal = (got: unknown, wanted: unknown): void => {
    const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
    if (a !== b) throw new Error(`got ${a}, wanted ${b}`);
  };
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return {
    equal,
    text,
    async fails(code, what) {
      let got = 'no error';
      try {
        await (typeof what === 'function' ? what() : what);
      } catch (error) {
        got = (error as { code?: string }).code ?? String(error);
      }
      equal(got, code);
    },
    async pair(s) {
      const listener = s.socket();
      await listener.bind(['127.0.0.1', 0]);
      await listener.listen();
      const client = s.socket();
      await client.connect(listener.getsockname());
      const [server] = await listener.accept();
      return { listener, client, server };
    },
    async all(socket) {
      let read = '';
      for (let bytes = await socket.recv(1000); bytes.length > 0; bytes = await socket.recv(1000)) read += text(bytes);
      return read;
    },
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
};

export const socketCases: readonly SocketCase[] = [
  {
    name: 'a server and a client say something to each other',
    async run(s, { equal, text }) {
      const listener = s.socket(s.AF_INET, s.SOCK_STREAM);
      listener.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 1);
      await listener.bind(['127.0.0.1', 0]);
      await listener.listen(5);
      const client = s.socket(s.AF_INET, s.SOCK_STREAM);
      await client.connect(listener.getsockname());
      const [server, from] = await listener.accept();
      equal(from, client.getsockname());
      equal(server.getpeername(), client.getsockname());
      equal(client.getpeername(), listener.getsockname());
      await client.sendall('hello');
      equal(text(await server.recv(1024)), 'hello');
      equal(await server.send(new TextEncoder().encode('hello back')), 10);
      equal(text(await client.recv(5)), 'hello');
      equal(text(await client.recv(1024)), ' back');
      client.close();
      equal((await server.recv(1)).length, 0);
      server.close();
      listener.close();
    },
  },
  {
    name: 'an address belongs to one socket at a time',
    async run(s, { equal, fails }) {
      const one = s.socket();
      await one.bind(['127.0.0.1', 0]);
      await one.listen();
      const [host, port] = one.getsockname();
      equal(host, '127.0.0.1');
      equal(port > 0, true);
      const other = s.socket();
      other.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 1);
      await fails('EADDRINUSE', (async () => {
        await other.bind([host, port]);
        await other.listen();
      })());
      one.close();
      const third = s.socket();
      third.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, true);
      await third.bind([host, port]);
      equal(third.getsockname(), [host, port]);
      third.close();
      other.close();
    },
  },
  {
    name: 'nobody listens: refused, and the socket can be used again',
    async run(s, { equal, fails, text }) {
      const listener = s.socket();
      await listener.bind(['127.0.0.1', 0]);
      const client = s.socket();
      // Bound is not listening.
      await fails('ECONNREFUSED', client.connect(listener.getsockname()));
      await listener.listen();
      await client.connect(listener.getsockname());
      const [server] = await listener.accept();
      await server.sendall('at last');
      equal(text(await client.recv(100)), 'at last');
      for (const socket of [client, server, listener]) socket.close();
    },
  },
  {
    name: 'what there is before bind and connect',
    async run(s, { equal, fails }) {
      const socket = s.socket();
      equal(socket.getsockname(), ['0.0.0.0', 0]);
      await fails('ENOTCONN', () => socket.getpeername());
      await fails('ENOTCONN', socket.recv(1));
      await fails('ENOTCONN', socket.send('x'));
      await fails('ENOTCONN', () => socket.shutdown(s.SHUT_WR));
      await fails('EINVAL', socket.accept());
      await fails('EINVAL', socket.listen());
      await fails('ENOPROTOOPT', () => socket.setsockopt(s.SOL_SOCKET, 99, 1));
      socket.close();
      socket.close();
      await fails('EBADF', socket.recv(1));
      await fails('EBADF', socket.bind(['127.0.0.1', 0]));
      await fails('EAFNOSUPPORT', () => s.socket(10, 1));
    },
  },
  {
    name: 'addresses that are none',
    async run(s, { fails }) {
      const socket = s.socket();
      await fails('EINVAL', socket.bind(['127.0.0.1', 70_000]));
      await fails('EINVAL', socket.connect(['127.0.0.1', 0]));
      await fails('EINVAL', socket.connect('127.0.0.1:80' as never));
      await fails('ENOTFOUND', socket.connect(['no-such-host.invalid', 80]));
      await fails('EADDRNOTAVAIL', socket.bind(['192.0.2.1', 0]));
      socket.close();
    },
  },
  {
    name: 'half-close: one direction ends, the other goes on',
    async run(s, { equal, all, fails, pair, text }) {
      const { listener, client, server } = await pair(s);
      await client.sendall('question');
      client.shutdown(s.SHUT_WR);
      equal(await all(server), 'question');
      equal((await server.recv(10)).length, 0);
      await fails('EPIPE', client.send('more'));
      await server.sendall('answer');
      equal(text(await client.recv(100)), 'answer');
      server.close();
      equal(await all(client), '');
      client.close();
      listener.close();
    },
  },
  {
    name: 'boundaries of send are not kept, order is',
    async run(s, { equal, all, pair }) {
      const { listener, client, server } = await pair(s);
      for (const piece of ['a', 'bc', '', 'def']) await client.sendall(piece);
      client.close();
      equal(await all(server), 'abcdef');
      server.close();
      listener.close();
    },
  },
  {
    name: 'a reader that does not read stops the writer, and nothing is lost',
    async run(s, { equal, pair, pause }) {
      const { listener, client, server } = await pair(s);
      const total = 8_000_000;
      const block = new Uint8Array(1_000_000).map((_, at) => at % 251);
      let sent = 0;
      let partial = false;
      const writer = (async () => {
        while (sent < total) {
          const rest = block.subarray(sent % block.length);
          const count = await client.send(rest);
          if (count < rest.length) partial = true;
          sent += count;
        }
        client.shutdown(s.SHUT_WR);
      })();
      // Wait until it has come to rest: nobody has received anything yet.
      let before = -1;
      while (before !== sent) {
        before = sent;
        await pause(150);
      }
      equal(sent < total, true);
      let received = 0;
      let right = true;
      for (let bytes = await server.recv(100_000); bytes.length > 0; bytes = await server.recv(100_000)) {
        for (let at = 0; at < bytes.length; at += 997) right &&= bytes[at] === ((received + at) % block.length) % 251;
        received += bytes.length;
      }
      await writer;
      equal([received, right, partial], [total, true, true]);
      client.close();
      server.close();
      listener.close();
    },
  },
  {
    name: 'closed with octets unread: the peer is reset',
    async run(s, { equal, fails, pair, pause, text }) {
      const { listener, client, server } = await pair(s);
      await client.sendall('x'.repeat(3000));
      equal(text(await server.recv(1000)).length > 0, true);
      await pause(30);
      server.close();
      await fails('ECONNRESET', client.recv(100));
      await fails('EPIPE', client.send('anybody there?'));
      client.close();
      listener.close();
    },
  },
  {
    name: 'sending to a peer that has closed: it answers with a reset, and the pipe is broken',
    async run(s, { equal, fails, pair, pause }) {
      const { listener, client, server } = await pair(s);
      server.close();
      equal((await client.recv(10)).length, 0);
      // The first is taken: who has received an end may send all the same. Over TCP it takes a moment until the answer is here.
      let taken = 0;
      let code = '';
      while (code === '') {
        try {
          await client.send('too late');
          taken += 1;
          await pause(20);
        } catch (error) {
          code = (error as { code: string }).code;
        }
      }
      equal([taken > 0, code], [true, 'EPIPE']);
      await fails('EPIPE', client.send('again'));
      await fails('EINVAL', client.recv(0));
      client.close();
      listener.close();
    },
  },
  {
    name: 'timeouts',
    async run(s, { fails, pair }) {
      const { listener, client, server } = await pair(s);
      client.settimeout(0.02);
      await fails('ETIMEDOUT', client.recv(1));
      client.settimeout(0);
      await fails('EAGAIN', client.recv(1));
      listener.settimeout(0.02);
      await fails('ETIMEDOUT', listener.accept());
      listener.settimeout(0);
      await fails('EAGAIN', listener.accept());
      await fails('RangeError: settimeout: null, 0 or a number of seconds, not -1', () => client.settimeout(-1));
      // A connection that comes after the timeout is not lost.
      const late = s.socket();
      await late.connect(listener.getsockname());
      listener.settimeout(5);
      const [accepted] = await listener.accept();
      for (const socket of [client, server, late, accepted, listener]) socket.close();
    },
  },
  {
    name: 'close wakes who waits',
    async run(s, { fails, pair, pause }) {
      const { listener, client, server } = await pair(s);
      const accepting = fails('EBADF', listener.accept());
      const receiving = fails('EBADF', client.recv(1));
      await pause(20);
      listener.close();
      client.close();
      await accepting;
      await receiving;
      server.close();
    },
  },
  {
    name: 'several accepts take turns',
    async run(s, { equal }) {
      const listener = s.socket();
      await listener.bind(['127.0.0.1', 0]);
      await listener.listen();
      const accepting = [listener.accept(), listener.accept()];
      const clients = [s.socket(), s.socket()];
      for (const client of clients) await client.connect(listener.getsockname());
      const accepted = await Promise.all(accepting);
      equal(accepted.map(([, from]) => from[1]), clients.map((client) => client.getsockname()[1]));
      for (const socket of [...clients, ...accepted.map(([socket]) => socket), listener]) socket.close();
    },
  },
  {
    name: 'a bound socket connects from its address',
    async run(s, { equal }) {
      const listener = s.socket();
      await listener.bind(['127.0.0.1', 0]);
      await listener.listen();
      const client = s.socket();
      await client.bind(['127.0.0.1', 0]);
      const own = client.getsockname();
      await client.connect(listener.getsockname());
      const [server, from] = await listener.accept();
      equal(from, own);
      equal(client.getsockname(), own);
      for (const socket of [client, server, listener]) socket.close();
    },
  },
  {
    name: 'a full backlog refuses',
    memoryOnly: true,
    async run(s, { fails, equal, text }) {
      const listener = s.socket();
      await listener.bind(['127.0.0.1', 0]);
      await listener.listen(2);
      const waiting = [s.socket(), s.socket()];
      for (const client of waiting) await client.connect(listener.getsockname());
      const third = s.socket();
      await fails('ECONNREFUSED', third.connect(listener.getsockname()));
      const [first] = await listener.accept();
      await third.connect(listener.getsockname());
      await first.sendall('you');
      equal(text(await waiting[0]!.recv(10)), 'you');
      // Those who were never accepted are reset with the listener.
      listener.close();
      await fails('ECONNRESET', third.recv(1));
      for (const socket of [...waiting, third, first]) socket.close();
    },
  },
  {
    name: 'TIME_WAIT: who closes first keeps the address for a while, unless SO_REUSEADDR is set',
    memoryOnly: true,
    async run(s, { fails, equal, pair }) {
      const { listener, client, server } = await pair(s);
      const address = listener.getsockname();
      listener.close();
      server.close();
      equal((await client.recv(1)).length, 0);
      client.close();
      const again = s.socket();
      await fails('EADDRINUSE', again.bind(address));
      again.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 1);
      await again.bind(address);
      again.close();
    },
  },
];
