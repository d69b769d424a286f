import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { SocketError, SocketHandler } from '../../src/net/socket.ts';
import { TcpSocket, acceptOptions } from '../../src/node/tcp-socket.ts';

const undo: (() => void)[] = [];
afterEach(() => { for (const step of undo.splice(0).reverse()) step(); });

/** Waits until `holds` says so, turn by turn of the event loop; the test's own time limit ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Keeps everything that a socket tells. */
class Record implements SocketHandler {
  readonly events: string[] = [];
  readonly chunks: Buffer[] = [];
  drains = 0;
  closed = false;
  error: SocketError | undefined;
  whenData: ((bytes: Uint8Array) => void) | undefined;
  onData(bytes: Uint8Array): void {
    this.events.push('data');
    this.chunks.push(Buffer.from(bytes)); // a copy: the bytes are only lent
    this.whenData?.(bytes);
  }
  onEof(): void { this.events.push('eof'); }
  onDrain(): void { this.drains += 1; }
  onClose(error?: SocketError): void {
    this.events.push('close');
    this.closed = true;
    this.error = error;
  }
  get text(): string { return Buffer.concat(this.chunks).toString('latin1'); }
  get size(): number { return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0); }
}

interface Ends { readonly client: Socket; readonly socket: TcpSocket; readonly received: () => string; readonly server: Server }

async function connected(how: 'adopt' | 'wrap', path?: string): Promise<Ends> {
  const server = createServer(acceptOptions);
  const accepted = new Promise<Socket>((resolve) => { server.once('connection', resolve); });
  // In the same turn as the event, as a server does it.
  const socket = accepted.then((raw) => (how === 'adopt' ? TcpSocket.adopt(raw, 7) : TcpSocket.wrap(raw, 7, 'server')));
  await new Promise<void>((resolve) => { server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path }, resolve); });
  const bound = server.address();
  const client = typeof bound === 'string' ? connect({ path: bound, allowHalfOpen: true }) : connect({ port: bound!.port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  client.on('data', (chunk) => { received += chunk.toString('latin1'); });
  client.on('error', () => {});
  undo.push(() => { client.destroy(); server.close(); });
  return { client, socket: await socket, received: () => received, server };
}

describe.each(['adopt', 'wrap'] as const)('a TCP socket (%s)', (how) => {
  it('carries bytes both ways and knows both addresses', async () => {
    const { client, socket, received } = await connected(how);
    const record = new Record();
    record.whenData = (bytes) => { socket.write(Buffer.from(bytes)); };
    socket.open(record);
    client.write('hello');
    await until(() => received() === 'hello');
    expect(socket).toMatchObject({ id: 7, role: 'server' });
    expect(socket.remote).toEqual({ host: '127.0.0.1', port: client.localPort });
    expect(socket.local).toEqual({ host: '127.0.0.1', port: client.remotePort });
  });

  it('delivers what arrived before it was opened, and not within the call', async () => {
    const { client, socket } = await connected(how);
    client.write('early');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const record = new Record();
    socket.open(record);
    expect(record.events).toEqual([]);
    await until(() => record.text === 'early');
  });

  it('tells the end of the peer and can still write', async () => {
    const { client, socket, received } = await connected(how);
    const record = new Record();
    socket.open(record);
    client.end('last words');
    await until(() => record.events.includes('eof'));
    expect(record.closed).toBe(false);
    socket.write(Buffer.from('understood'));
    socket.end();
    await until(() => record.closed);
    expect(record.events).toEqual(['data', 'eof', 'close']);
    expect(record.error).toBeUndefined();
    await until(() => received() === 'understood');
  });

  it('half-closes: after end, data of the peer still comes', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    socket.open(record);
    socket.end();
    await new Promise<void>((resolve) => { client.once('end', () => resolve()); });
    client.end('still here');
    await until(() => record.closed);
    expect(record.text).toBe('still here');
    expect(record.events).toEqual(['data', 'eof', 'close']);
  });

  it('ignores writes after end and says so', async () => {
    const { client, socket, received } = await connected(how);
    const record = new Record();
    socket.open(record);
    expect(socket.write(Buffer.from('a'))).toBe(true);
    socket.end();
    expect(socket.write(Buffer.from('b'))).toBe(false);
    await new Promise<void>((resolve) => { client.once('end', () => resolve()); });
    expect(received()).toBe('a');
  });

  it('keeps the order of writes from within onData, and of the end after them', async () => {
    const { client, socket, received } = await connected(how);
    const record = new Record();
    record.whenData = () => {
      for (let i = 0; i < 50; i += 1) socket.write(Buffer.from(`${i},`));
      socket.end();
    };
    socket.open(record);
    client.write('go');
    await new Promise<void>((resolve) => { client.once('end', () => resolve()); });
    expect(received()).toBe(Array.from({ length: 50 }, (_, i) => `${i},`).join(''));
  });

  it('keeps the order of large writes from within onData', async () => {
    const { client, socket, received } = await connected(how);
    const record = new Record();
    const parts = Array.from({ length: 40 }, (_, i) => String.fromCharCode(65 + (i % 26)).repeat(10_000));
    record.whenData = () => {
      for (const part of parts) socket.write(Buffer.from(part));
      socket.end();
    };
    socket.open(record);
    client.write('go');
    await new Promise<void>((resolve) => { client.once('end', () => resolve()); });
    expect(received()).toBe(parts.join(''));
  });

  it('says when its buffer is full and tells when it has drained', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    socket.open(record);
    client.pause();
    let written = 0;
    const piece = Buffer.alloc(64_000, 0x61);
    while (socket.write(piece)) written += piece.length;
    written += piece.length;
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    expect(record.drains).toBe(0);
    let got = 0;
    client.removeAllListeners('data');
    client.on('data', (chunk) => { got += chunk.length; });
    client.resume();
    await until(() => record.drains === 1);
    await until(() => got === written);
    expect(socket.bufferedAmount).toBe(0);
    expect(socket.write(Buffer.from('x'))).toBe(true);
  });

  it('loses and reorders nothing, whatever the sizes of writes and however the peer reads', async () => {
    const { client, socket } = await connected(how);
    client.removeAllListeners('data');
    const [sent, got] = [createHash('sha256'), createHash('sha256')];
    const record = new Record();
    socket.open(record);
    let seed = 20_261_129;
    const next = (below: number): number => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
    const ended = new Promise<void>((resolve) => { client.once('end', () => resolve()); });
    client.on('data', (chunk: Buffer) => {
      got.update(chunk);
      if (next(4) > 0) return;
      client.pause();
      setTimeout(() => client.resume(), next(3));
    });
    // More than any kernel takes from somebody whose peer does not read.
    client.pause();
    const first = Buffer.alloc(8_000_000, 0x61);
    sent.update(first);
    expect(socket.write(first)).toBe(false);
    client.resume();
    let drains = 1;
    await until(() => record.drains === drains);
    for (let i = 0; i < 400; i += 1) {
      const part = Buffer.alloc(next(8) === 0 ? 1 + next(400_000) : 1 + next(3000), i % 251);
      sent.update(part);
      if (!socket.write(part)) {
        drains += 1;
        await until(() => record.drains === drains);
      }
      if (next(5) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    socket.end();
    await ended;
    expect(got.digest('hex')).toBe(sent.digest('hex'));
    expect(socket.bufferedAmount).toBe(0);
  });

  it('sends what waits before the end', async () => {
    const { client, socket } = await connected(how);
    client.removeAllListeners('data');
    client.pause();
    socket.open(new Record());
    socket.write(Buffer.from('first'));
    const size = 8_000_000;
    expect(socket.write(Buffer.alloc(size, 0x61))).toBe(false);
    expect(socket.bufferedAmount).toBeGreaterThanOrEqual(65_536);
    socket.end();
    let got = 0;
    client.on('data', (chunk) => { got += chunk.length; });
    client.resume();
    await new Promise<void>((resolve) => { client.once('end', () => resolve()); });
    expect(got).toBe(5 + size);
  });

  it('tells of a peer that goes while octets wait, and that nothing drains', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    socket.open(record);
    client.pause();
    socket.write(Buffer.from('first'));
    expect(socket.write(Buffer.alloc(8_000_000))).toBe(false);
    client.resetAndDestroy();
    await until(() => record.closed);
    expect(record.error).toMatchObject({ name: 'SocketError' });
    expect(['ECONNRESET', 'EPIPE']).toContain(record.error!.code);
    expect(record.drains).toBe(0);
    expect(socket.write(Buffer.from('x'))).toBe(false);
  });

  it('reports a write to a peer that has reset', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    socket.open(record);
    socket.write(Buffer.from('first'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    // So that no read tells it. (A stream that is paused reads a little further.)
    socket.pause();
    client.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(Buffer.from('x'));
    socket.write(Buffer.from('y'));
    await until(() => record.closed);
    expect(record.error).toMatchObject({ name: 'SocketError', call: how === 'adopt' ? 'send' : expect.any(String) });
    expect(['ECONNRESET', 'EPIPE']).toContain(record.error!.code);
  });

  it('says so too when the buffer fills up within onData', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    client.pause();
    let full = false;
    record.whenData = () => { while (!full) full = !socket.write(Buffer.alloc(30_000)); };
    socket.open(record);
    client.write('go');
    await until(() => full);
    client.resume();
    await until(() => record.drains === 1);
  });

  it('stops reading while paused, so that the peer has to wait', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    record.whenData = () => socket.pause();
    socket.open(record);
    const total = 20_000_000;
    client.write(Buffer.alloc(total, 0x62));
    await until(() => record.size > 0);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(record.chunks).toHaveLength(1);
    expect(client.writableLength).toBeGreaterThan(0);
    record.whenData = undefined;
    socket.resume();
    await until(() => record.size === total);
  });

  it('takes the last of several pauses and resumes within onData', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    record.whenData = () => {
      socket.pause();
      socket.resume();
    };
    socket.open(record);
    client.write('a');
    await until(() => record.text === 'a');
    client.write('b');
    await until(() => record.text === 'ab');
  });

  it('may be paused before it is opened', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    socket.pause();
    socket.open(record);
    client.write('x');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(record.events).toEqual([]);
    socket.resume();
    await until(() => record.text === 'x');
  });

  it('resets: the peer sees ECONNRESET, we see a close without an error', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    socket.open(record);
    const failure = new Promise<NodeJS.ErrnoException>((resolve) => { client.once('error', resolve); });
    socket.write(Buffer.from('dropped or not'));
    socket.reset();
    expect((await failure).code).toBe('ECONNRESET');
    await until(() => record.closed);
    expect(record.events).toEqual(['close']);
    expect(record.error).toBeUndefined();
    expect(socket.write(Buffer.from('x'))).toBe(false);
  });

  it('reports the reset of the peer', async () => {
    const { client, socket } = await connected(how);
    const record = new Record();
    socket.open(record);
    client.write('x');
    await until(() => record.text === 'x');
    client.resetAndDestroy();
    await until(() => record.closed);
    expect(record.error).toMatchObject({ name: 'SocketError', code: 'ECONNRESET', call: 'recv' });
    expect(record.events.filter((event) => event === 'close')).toHaveLength(1);
  });

  it('closes a socket whose peer was gone before it was opened', async () => {
    const { client, socket } = await connected(how);
    client.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const record = new Record();
    socket.open(record);
    await until(() => record.closed);
  });

  it('gives its place in the server back when it closes', async () => {
    const { client, socket, server } = await connected(how);
    const record = new Record();
    socket.open(record);
    client.end();
    await until(() => record.events.includes('eof'));
    socket.end();
    await until(() => record.closed);
    await new Promise<void>((resolve) => { server.close(() => resolve()); });
  });

  it('works over a Unix domain socket, where a reset is just a close', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'porthole-'));
    undo.push(() => rmSync(folder, { recursive: true }));
    const { client, socket, received } = await connected(how, join(folder, 's'));
    const record = new Record();
    record.whenData = () => { socket.write(Buffer.from('pong')); };
    socket.open(record);
    client.write('ping');
    await until(() => received() === 'pong');
    expect(socket.remote).toEqual({ host: '', port: 0 });
    const gone = new Promise<void>((resolve) => { client.once('end', () => resolve()); client.once('error', () => resolve()); });
    socket.reset();
    await gone;
    await until(() => record.closed);
  });
});

it('lends one buffer to all connections without mixing them up', async () => {
  const ends = await Promise.all(Array.from({ length: 8 }, () => connected('adopt')));
  const records = ends.map(({ socket }) => {
    const record = new Record();
    socket.open(record);
    return record;
  });
  const texts = ends.map((_, i) => String(i).repeat(200_000));
  ends.forEach(({ client }, i) => { client.write(texts[i]!); });
  await until(() => records.every((record) => record.size === 200_000));
  expect(records.map((record) => record.text)).toEqual(texts);
});
