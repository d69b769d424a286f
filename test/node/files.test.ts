import { fstatSync, ftruncateSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WsgiApp, WsgiHeaders } from '../../src/gateway/wsgi/types.ts';
import { openFile, type OpenFile } from '../../src/node/files.ts';
import { serve, type Serving } from '../../src/node/serve.ts';
import { talk } from '../helpers/package.ts';

let folder: string;
let serving: Serving | undefined;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'porthole-files-')); });
afterEach(async () => {
  await serving?.close(0);
  serving = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

const text = Array.from({ length: 30_000 }, (_, i) => `line ${i}\n`).join('');

/** A file that counts what is done to it. */
function watched(path: string): OpenFile & { reads: number; closes: number } {
  const file = openFile(path);
  return {
    fd: file.fd, reads: 0, closes: 0,
    read(size) {
      this.reads += 1;
      return file.read(size);
    },
    close() {
      this.closes += 1;
      file.close();
    },
  };
}

/** An application that gives files back; `give` picks what it does with them. */
const giving = (path: string, headers: WsgiHeaders, opened: ReturnType<typeof watched>[], prepare: (file: OpenFile) => void = () => {}): WsgiApp => (environ, startResponse) => {
  const file = watched(path);
  opened.push(file);
  prepare(file);
  startResponse('200 OK', [['Content-Type', 'text/plain'], ...headers]);
  return environ['wsgi.file_wrapper'](file);
};

const start = async (app: WsgiApp): Promise<string> => {
  serving = await serve(app, { bind: '127.0.0.1:0' });
  return serving.urls[0]!;
};
const isOpen = (fd: number): boolean => {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
};

describe('PEP3333-file-3: a file with a descriptor', () => {
  test('goes out as iterating would give it, from where it stands, and is not read by the application', async () => {
    const path = join(folder, 'text');
    writeFileSync(path, text);
    const opened: ReturnType<typeof watched>[] = [];
    const url = await start(giving(path, [], opened, (file) => file.read(10)));
    const response = await talk(url, 'GET / HTTP/1.0\r\n\r\n');
    expect(response.slice(response.indexOf('\r\n\r\n') + 4)).toBe(text.slice(10));
    expect(opened).toMatchObject([{ reads: 1, closes: 1 }]);
  });

  test('keeps to its Content-Length, and the connection goes on', async () => {
    const path = join(folder, 'text');
    writeFileSync(path, text);
    const opened: ReturnType<typeof watched>[] = [];
    const url = await start(giving(path, [['Content-Length', '12']], opened));
    const response = await talk(url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(response.split('\r\n\r\n').slice(1).map((part) => part.slice(0, 12))).toEqual([text.slice(0, 12), 'HTTP/1.1 200', text.slice(0, 12)]);
    expect(opened.map(({ closes }) => closes)).toEqual([1, 1, 1]);
  });

  test('that is empty is a response of length 0', async () => {
    const path = join(folder, 'empty');
    writeFileSync(path, '');
    const url = await start(giving(path, [], []));
    expect(await talk(url, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/Content-Length: 0\r\n[^]*\r\n\r\n$/);
  });

  test('that cannot be read is an error of the application, and is closed', async () => {
    const opened: ReturnType<typeof watched>[] = [];
    // A folder can be opened, not read.
    const url = await start(giving(folder, [], opened));
    expect(await talk(url, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 500 /);
    expect(opened).toMatchObject([{ reads: 0, closes: 1 }]);
  });

  test('is closed once when the client goes away in the middle, and never while it is being read', async () => {
    const path = join(folder, 'large');
    const fd = openSync(path, 'w');
    ftruncateSync(fd, 50_000_000);
    closeSync(fd);
    const opened: ReturnType<typeof watched>[] = [];
    const url = await start(giving(path, [], opened));
    for (let after = 1; after <= 5; after += 1) {
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
      let chunks = 0;
      socket.on('data', () => { if ((chunks += 1) === after) socket.resetAndDestroy(); });
      socket.on('error', () => {});
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await new Promise((resolve) => { socket.on('close', resolve); });
    }
    await expect.poll(() => opened.map(({ closes }) => closes)).toEqual([1, 1, 1, 1, 1]);
    expect(opened.filter(({ fd: used }) => isOpen(used))).toEqual([]);
  });

  test('of any size takes no more memory than a few blocks, however slow the client is', async () => {
    const size = 512 * 1024 * 1024;
    const path = join(folder, 'huge');
    const fd = openSync(path, 'w');
    ftruncateSync(fd, size);
    closeSync(fd);
    const url = await start(giving(path, [['Content-Length', String(size)]], []));
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    let got = 0;
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    let pauses = 0;
    socket.on('data', (chunk: Buffer) => {
      got += chunk.length;
      // A client that stops now and then: what it does not take must not pile up here.
      if (got > pauses * (size / 20)) {
        pauses += 1;
        socket.pause();
        setTimeout(() => {
          peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
          socket.resume();
        }, 10);
      }
    });
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await new Promise((resolve) => { socket.on('end', resolve); });
    socket.destroy();
    expect(got).toBeGreaterThan(size);
    expect(pauses).toBeGreaterThan(10);
    // Garbage of both ends that was not collected yet is in it.
    expect(peak).toBeLessThan(size / 8);
  });
});
