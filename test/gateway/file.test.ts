import { describe, expect, test } from 'vitest';
import type { FileReader } from '../../src/gateway/channel.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import { settle } from '../helpers/fake-clock.ts';
import { get, harness } from '../server/harness.ts';

/** A platform whose reads are answered when the test says so. */
class Disk implements FileReader {
  readonly reads: { readonly into: Uint8Array; readonly done: (error: Error | undefined, size: number) => void }[] = [];
  read(_fd: number, into: Uint8Array, done: (error: Error | undefined, size: number) => void): void {
    this.reads.push({ into, done });
  }
  /** The oldest read gives this text; '' is the end of the file. */
  give(text: string): void {
    const { into, done } = this.reads.shift()!;
    into.set(new TextEncoder().encode(text));
    done(undefined, text.length);
  }
  fail(): void {
    this.reads.shift()!.done(new Error('the disk is broken'), 0);
  }
}

function fileServer() {
  const disk = new Disk();
  const closed: string[] = [];
  const app: WsgiApp = (environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']]);
    return environ['wsgi.file_wrapper']({ fd: 3, read: () => { throw new Error('not the application\'s to read'); }, close: () => { closed.push(environ.PATH_INFO); } });
  };
  return { disk, closed, ...harness(app, {}, { files: disk }) };
}

describe('PEP3333-file-3: a file that the platform reads', () => {
  test('goes out block by block, one read at a time, and is closed after the last', async () => {
    const { disk, closed, connect } = fileServer();
    const peer = connect();
    await peer.send(get('/a'));
    expect(peer.take()).toBe('');
    disk.give('one');
    expect(disk.reads).toHaveLength(1);
    disk.give('two');
    await settle();
    expect(peer.take()).toBe('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n');
    expect(closed).toEqual([]);
    disk.give('');
    await settle();
    expect(peer.take()).toBe('0\r\n\r\n');
    expect(closed).toEqual(['/a']);
    await peer.send(get('/b'));
    disk.give('');
    await settle();
    expect(peer.take()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: 0\r\n\r\n$/);
    expect(closed).toEqual(['/a', '/b']);
  });

  test('is not closed under the platform when the client goes, but as soon as the read is over', async () => {
    const { disk, closed, connect, host, server } = fileServer();
    const peer = connect();
    await peer.send(get('/a'));
    peer.socket.reset();
    await settle();
    expect(closed).toEqual([]);
    disk.give('too late');
    expect(closed).toEqual(['/a']);
    expect([disk.reads.length, host.pendingTimers, server.connections]).toEqual([0, 0, 0]);
  });

  test('is read no faster than the client reads', async () => {
    const { disk, connect } = fileServer();
    const peer = connect({ highWaterBytes: 1000, lowWaterBytes: 100 });
    peer.socket.pause();
    await peer.send(get('/a'));
    disk.give('x'.repeat(2000));
    await settle();
    expect(disk.reads).toHaveLength(0);
    peer.socket.resume();
    await settle();
    expect(disk.reads).toHaveLength(1);
  });

  test('that fails at once is a 500; that fails later cuts the response short', async () => {
    const { disk, closed, connect } = fileServer();
    const first = connect();
    await first.send(get('/a'));
    disk.fail();
    await settle();
    expect(first.take()).toMatch(/^HTTP\/1\.1 500 /);
    await first.send(get('/b'));
    disk.give('begun');
    disk.fail();
    await settle();
    expect(first.take()).toMatch(/5\r\nbegun\r\n$/);
    expect(first.eof).toBe(true);
    expect(closed).toEqual(['/a', '/b']);
  });
});
