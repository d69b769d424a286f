import { describe, expect, test } from 'vitest';
import { firstEphemeralPort, MemoryNetwork } from '../../src/net/network.ts';
import { formatAddress, parseAddress, SocketError, type DuplexSocket } from '../../src/net/socket.ts';
import { fakeHost, settle } from '../helpers/fake-clock.ts';
import { ascii, Collector } from './collect.ts';
import { describeSocket } from './socket-contract.ts';

const at = (host: string, port: number) => ({ host, port });

/** errno of a call that must fail. */
async function errno(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (error instanceof SocketError) return error.code;
    throw error;
  }
  return 'no error';
}

describeSocket(
  'a connection of the memory network',
  async () => {
    const network = new MemoryNetwork();
    const listener = await network.listen(at('127.0.0.1', 0));
    const client = await network.connect(listener.address);
    return { client, server: await listener.accept(), settle: () => settle(1) };
  },
  { runs: 20 },
);

test('an address is read as it is written, and nothing else is one', () => {
  for (const address of [at('127.0.0.1', 8000), at('::1', 1), at('name.example', 65_535)]) expect(parseAddress(formatAddress(address))).toEqual(address);
  for (const text of ['', 'localhost', ':80', '::1:80', 'a:70000', 'a:b', 'a:1x']) expect(parseAddress(text), text).toBeUndefined();
});

describe('bind and listen', () => {
  test('port 0 gives a free port of the dynamic range, another each time', async () => {
    const network = new MemoryNetwork();
    const first = await network.listen(at('127.0.0.1', 0));
    const second = await network.listen(at('127.0.0.1', 0));
    expect([first.address.port, second.address.port]).toEqual([firstEphemeralPort, firstEphemeralPort + 1]);
  });

  const clashes: readonly (readonly [string, string, string])[] = [
    ['127.0.0.1', '127.0.0.1', 'EADDRINUSE'],
    ['127.0.0.1', 'localhost', 'EADDRINUSE'],
    ['0.0.0.0', '127.0.0.1', 'EADDRINUSE'],
    ['127.0.0.1', '0.0.0.0', 'EADDRINUSE'],
    ['127.0.0.1', '', 'EADDRINUSE'],
    ['::', '127.0.0.1', 'EADDRINUSE'],
    ['127.0.0.1', '::', 'EADDRINUSE'],
    ['127.0.0.1', '127.0.0.2', 'no error'],
    ['127.0.0.1', '::1', 'no error'],
    ['0.0.0.0', '::1', 'no error'],
  ];
  test.each(clashes)('%s:80 and then %s:80: %s', async (first, second, outcome) => {
    const network = new MemoryNetwork();
    await network.listen(at(first, 80));
    expect(await errno(() => network.listen(at(second, 80)))).toBe(outcome);
  });

  test('a port is free again once its listener is closed', async () => {
    const network = new MemoryNetwork();
    (await network.listen(at('127.0.0.1', 80))).close();
    expect(await errno(() => network.listen(at('127.0.0.1', 80)))).toBe('no error');
  });

  test.each([
    ['an address of another machine', at('192.0.2.1', 80), 'EADDRNOTAVAIL'],
    ['a name nobody knows', at('example.com', 80), 'ENOTFOUND'],
    ['a name from the prototype', at('constructor', 80), 'ENOTFOUND'],
    ['an address with a number too many', at('127.0.0.1.1', 80), 'ENOTFOUND'],
    ['port 65536', at('127.0.0.1', 65_536), 'EINVAL'],
    ['port -1', at('127.0.0.1', -1), 'EINVAL'],
    ['port 1.5', at('127.0.0.1', 1.5), 'EINVAL'],
  ])('%s is refused', async (_name, address, code) => {
    expect(await errno(() => new MemoryNetwork().listen(address))).toBe(code);
  });

  test('names and addresses given to the machine work', async () => {
    const network = new MemoryNetwork({ names: { db: '10.0.0.2' }, addresses: ['10.0.0.2'] });
    await network.listen(at('db', 5432));
    expect((await network.connect(at('10.0.0.2', 5432))).remote).toEqual(at('10.0.0.2', 5432));
  });
});

describe('connect', () => {
  test('nobody listens: ECONNREFUSED', async () => {
    expect(await errno(() => new MemoryNetwork().connect(at('127.0.0.1', 80)))).toBe('ECONNREFUSED');
  });

  test('bound but not listening: ECONNREFUSED', async () => {
    const network = new MemoryNetwork();
    network.bind(at('127.0.0.1', 80));
    expect(await errno(() => network.connect(at('127.0.0.1', 80)))).toBe('ECONNREFUSED');
  });

  test.each([
    ['0.0.0.0', '127.0.0.1'],
    ['0.0.0.0', 'localhost'],
    ['0.0.0.0', '127.9.9.9'],
    ['::', '127.0.0.1'],
    ['::', '::1'],
    ['127.0.0.1', '0.0.0.0'],
    ['localhost', '127.0.0.1'],
    ['127.0.0.1', 'api.localhost'],
    ['::1', '[::1]'],
  ])('listening on %s answers a connect to %s', async (bound, dialed) => {
    const network = new MemoryNetwork();
    await network.listen(at(bound, 80));
    expect(await errno(() => network.connect(at(dialed, 80)))).toBe('no error');
  });

  test('127.0.0.1 does not answer for 127.0.0.2 or ::1', async () => {
    const network = new MemoryNetwork();
    await network.listen(at('127.0.0.1', 80));
    expect(await errno(() => network.connect(at('127.0.0.2', 80)))).toBe('ECONNREFUSED');
    expect(await errno(() => network.connect(at('::1', 80)))).toBe('ECONNREFUSED');
  });

  test('the network ends at this machine: ENETUNREACH', async () => {
    expect(await errno(() => new MemoryNetwork().connect(at('93.184.216.34', 80)))).toBe('ENETUNREACH');
  });

  test('port 0 cannot be connected to', async () => {
    expect(await errno(() => new MemoryNetwork().connect(at('127.0.0.1', 0)))).toBe('EINVAL');
  });

  test('ids count from 1, the same at both ends; clients get ephemeral ports', async () => {
    const network = new MemoryNetwork();
    const listener = await network.listen(at('0.0.0.0', 8000));
    const clients = [await network.connect(at('localhost', 8000)), await network.connect(at('localhost', 8000))];
    const servers = [await listener.accept(), await listener.accept()];
    expect(clients.map((socket) => socket.id)).toEqual([1, 2]);
    expect(servers.map((socket) => socket.id)).toEqual([1, 2]);
    expect(clients.map((socket) => socket.local)).toEqual([at('127.0.0.1', 49_152), at('127.0.0.1', 49_153)]);
    // The address that was dialed, not the wildcard.
    expect(servers.map((socket) => socket.local)).toEqual([at('127.0.0.1', 8000), at('127.0.0.1', 8000)]);
  });

  test('from a bound socket: its port is kept', async () => {
    const network = new MemoryNetwork();
    await network.listen(at('127.0.0.1', 80));
    expect(network.bind(at('127.0.0.1', 5555)).connect(at('127.0.0.1', 80)).local).toEqual(at('127.0.0.1', 5555));
  });

  test('ephemeral ports go round and skip what is bound', async () => {
    const network = new MemoryNetwork();
    const listener = await network.listen(at('127.0.0.1', firstEphemeralPort + 1), { backlog: 4096 });
    const ports: number[] = [];
    for (let i = 0; i < 16_384; i += 1) {
      const socket = await network.connect(listener.address);
      (await listener.accept()).reset();
      ports.push(socket.local.port);
    }
    expect(ports.slice(0, 2)).toEqual([firstEphemeralPort, firstEphemeralPort + 2]);
    expect(ports.at(-1)).toBe(firstEphemeralPort);
    expect(new Set(ports).size).toBe(16_383);
  });
});

describe('accept and backlog', () => {
  test('a connection is complete before anybody accepts it: bytes wait in the buffer', async () => {
    const network = new MemoryNetwork();
    const listener = await network.listen(at('127.0.0.1', 80));
    const client = await network.connect(listener.address);
    client.write(ascii('hello'));
    await settle();
    const server = new Collector().attach(await listener.accept());
    await settle();
    expect(server.text).toBe('hello');
  });

  test('a full backlog refuses, and makes room as connections are accepted', async () => {
    const network = new MemoryNetwork();
    const listener = await network.listen(at('127.0.0.1', 80), { backlog: 2 });
    await network.connect(listener.address);
    await network.connect(listener.address);
    expect(await errno(() => network.connect(listener.address))).toBe('ECONNREFUSED');
    await listener.accept();
    expect(await errno(() => network.connect(listener.address))).toBe('no error');
  });

  test('a refused connect uses up no id', async () => {
    const network = new MemoryNetwork();
    const listener = await network.listen(at('127.0.0.1', 80), { backlog: 1 });
    await network.connect(listener.address);
    await errno(() => network.connect(listener.address));
    await listener.accept();
    expect((await network.connect(listener.address)).id).toBe(2);
  });

  test('those who wait are served first come, first served', async () => {
    const network = new MemoryNetwork();
    const listener = await network.listen(at('127.0.0.1', 80));
    const order: string[] = [];
    const accepted: Promise<DuplexSocket>[] = ['a', 'b'].map((name) =>
      listener.accept().then((socket) => {
        order.push(`${name}${socket.id}`);
        return socket;
      }),
    );
    await network.connect(listener.address);
    await network.connect(listener.address);
    await Promise.all(accepted);
    expect(order).toEqual(['a1', 'b2']);
  });

  test('one who stops waiting swallows no connection', async () => {
    const network = new MemoryNetwork();
    const listener = network.bind(at('127.0.0.1', 80)).listen();
    const taken: string[] = [];
    const leave = listener.acceptWith({ take: () => taken.push('dead'), fail: () => taken.push('failed') });
    listener.acceptWith({ take: () => taken.push('alive'), fail: () => taken.push('failed') });
    leave();
    await network.connect(listener.address);
    expect(taken).toEqual(['alive']);
  });

  test('close: waiting accepts reject, connections in the backlog are reset, later connects are refused', async () => {
    const network = new MemoryNetwork();
    const empty = await network.listen(at('127.0.0.1', 81));
    const waiting = errno(() => empty.accept());
    empty.close();
    expect(await waiting).toBe('EBADF');
    expect(await errno(() => empty.accept())).toBe('EBADF');

    const listener = await network.listen(at('127.0.0.1', 80));
    const client = new Collector().attach(await network.connect(listener.address));
    listener.close();
    listener.close();
    await settle();
    expect([client.closes, client.error?.code]).toEqual([1, 'ECONNRESET']);
    expect(await errno(() => network.connect(at('127.0.0.1', 80)))).toBe('ECONNREFUSED');
  });

  test('closing a listener leaves accepted connections alone', async () => {
    const network = new MemoryNetwork();
    const listener = await network.listen(at('127.0.0.1', 80));
    const client = await network.connect(listener.address);
    const server = new Collector().attach(await listener.accept());
    listener.close();
    client.write(ascii('still here'));
    await settle();
    expect([server.text, server.closes]).toEqual(['still here', 0]);
  });
});

describe('what connections leave behind', () => {
  /** A connection from a fixed port, closed by `who` first (or still open, or reset). */
  async function after(who: 'client' | 'server' | 'reset' | 'open') {
    const host = fakeHost();
    const network = new MemoryNetwork({ clock: host.clock });
    const listener = network.bind(at('127.0.0.1', 80)).listen();
    const from = network.bind(at('127.0.0.1', 5555));
    const client = from.connect(at('127.0.0.1', 80));
    const server = await listener.accept();
    new Collector().attach(client);
    new Collector().attach(server);
    if (who === 'reset') client.reset();
    else if (who !== 'open') {
      const [first, second] = who === 'client' ? [client, server] : [server, client];
      first.end();
      await settle();
      second.end();
    }
    await settle();
    listener.close();
    from.close();
    return { host, network };
  }

  test.each([
    ['server', 80, 'EADDRINUSE'],
    ['server', 5555, 'no error'],
    ['client', 80, 'no error'],
    ['client', 5555, 'EADDRINUSE'],
    ['reset', 80, 'no error'],
    ['reset', 5555, 'no error'],
    ['open', 80, 'EADDRINUSE'],
    ['open', 5555, 'EADDRINUSE'],
  ] as const)('%s closed first: bind to port %d: %s', async (who, port, outcome) => {
    const { network } = await after(who);
    network.bind(at('127.0.0.1', port), { reuseAddress: true }).close();
    expect(await errno(() => network.bind(at('127.0.0.1', port)))).toBe(outcome);
  });

  test('the wildcard meets it as well', async () => {
    const { network } = await after('server');
    expect(await errno(() => network.bind(at('0.0.0.0', 80)))).toBe('EADDRINUSE');
    expect(await errno(() => network.bind(at('127.0.0.2', 80)))).toBe('no error');
  });

  test('TIME_WAIT is over after a minute', async () => {
    const { host, network } = await after('server');
    host.advance(59_999);
    expect(await errno(() => network.bind(at('127.0.0.1', 80)))).toBe('EADDRINUSE');
    host.advance(1);
    expect(await errno(() => network.bind(at('127.0.0.1', 80)))).toBe('no error');
  });

  test('listen() is what servers do: it reuses the address', async () => {
    const { network } = await after('server');
    expect(await errno(() => network.listen(at('127.0.0.1', 80)))).toBe('no error');
  });

  test('the same pair of addresses again: EADDRNOTAVAIL, until TIME_WAIT is over', async () => {
    const { host, network } = await after('client');
    await network.listen(at('127.0.0.1', 80));
    const from = network.bind(at('127.0.0.1', 5555), { reuseAddress: true });
    expect(await errno(() => from.connect(at('127.0.0.1', 80)))).toBe('EADDRNOTAVAIL');
    host.advance(60_000);
    expect(await errno(() => from.connect(at('127.0.0.1', 80)))).toBe('no error');
  });

  test('a port that the system chooses is not one of these', async () => {
    const network = new MemoryNetwork();
    const listener = await network.listen(at('127.0.0.1', 80), { backlog: 10 });
    const ports = [await network.connect(listener.address), await network.connect(listener.address)].map(({ local }) => local.port);
    for (let i = 0; i < 16_382; i += 1) ports.push(network.bind(at('127.0.0.1', 0)).address.port);
    expect(new Set(ports).size).toBe(16_384);
    expect(await errno(() => network.bind(at('127.0.0.1', 0)))).toBe('EADDRNOTAVAIL');
  });

  test('without a clock there is no TIME_WAIT', async () => {
    const network = new MemoryNetwork();
    const listener = network.bind(at('127.0.0.1', 80)).listen();
    const client = await network.connect(listener.address);
    const server = await listener.accept();
    new Collector().attach(client);
    new Collector().attach(server);
    server.end();
    client.end();
    await settle();
    listener.close();
    expect(await errno(() => network.bind(at('127.0.0.1', 80)))).toBe('no error');
  });
});

test('the messages say what to do', async () => {
  const network = new MemoryNetwork();
  await expect(network.connect(at('127.0.0.1', 80))).rejects.toThrow('connect: ECONNREFUSED: nobody listens at 127.0.0.1:80');
  await expect(network.listen(at('8.8.8.8', 80))).rejects.toThrow('use 127.0.0.1, or 0.0.0.0 for all of them');
});
