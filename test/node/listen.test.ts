import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatBind, listen, parseBind } from '../../src/node/listen.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'porthole-')); });
afterAll(() => rmSync(folder, { recursive: true }));

describe('an address after -b', () => {
  it.each([
    ['127.0.0.1:8000', { kind: 'tcp', host: '127.0.0.1', port: 8000 }, 'http://127.0.0.1:8000'],
    ['127.0.0.1:0', { kind: 'tcp', host: '127.0.0.1', port: 0 }, 'http://127.0.0.1:0'],
    ['localhost', { kind: 'tcp', host: 'localhost', port: 8000 }, 'http://localhost:8000'],
    [':9000', { kind: 'tcp', host: '0.0.0.0', port: 9000 }, 'http://0.0.0.0:9000'],
    ['[::1]:8000', { kind: 'tcp', host: '::1', port: 8000 }, 'http://[::1]:8000'],
    ['[::]', { kind: 'tcp', host: '::', port: 8000 }, 'http://[::]:8000'],
    ['http://127.0.0.1:80', { kind: 'tcp', host: '127.0.0.1', port: 80 }, 'http://127.0.0.1:80'],
    ['unix:/run/app.sock', { kind: 'unix', path: '/run/app.sock' }, 'unix:/run/app.sock'],
    ['unix:///run/app.sock', { kind: 'unix', path: '/run/app.sock' }, 'unix:/run/app.sock'],
    ['unix:app.sock', { kind: 'unix', path: 'app.sock' }, 'unix:app.sock'],
  ])('%s', (text, bind, url) => {
    expect(parseBind(text)).toEqual(bind);
    expect(formatBind(parseBind(text))).toBe(url);
  });

  it.each([
    ['::1', "'::1' is no address. An IPv6 address goes into brackets: [::1]:8000."],
    ['8000', "'8000' has no host: write 127.0.0.1:8000."],
    ['127.0.0.1:http', "'http' in '127.0.0.1:http' is no port: 0 to 65535."],
    ['127.0.0.1:65536', "'65536' in '127.0.0.1:65536' is no port: 0 to 65535."],
    ['127.0.0.1:', "'' in '127.0.0.1:' is no port: 0 to 65535."],
    ['unix:', "'unix:' has no path: write unix:/path/to/socket."],
    ['a:b:c', "'a:b:c' is no address."],
  ])('refuses %s', (text, message) => {
    expect(() => parseBind(text)).toThrow(message);
  });
});

describe('listening', () => {
  it('tells the port that port 0 became', async () => {
    const { server, bind, address } = await listen(parseBind('127.0.0.1:0'), { backlog: 5 });
    expect(address.port).toBeGreaterThan(0);
    expect(bind).toEqual({ kind: 'tcp', host: '127.0.0.1', port: address.port });
    await expect(listen(bind, { backlog: 5 })).rejects.toMatchObject({ name: 'SocketError', code: 'EADDRINUSE', call: 'bind' });
    server.close();
  });

  it.runIf(Object.values(networkInterfaces()).flat().some((each) => each?.address === '::1'))('listens on IPv6', async () => {
    const { server, address, bind } = await listen(parseBind('[::1]:0'), { backlog: 5 });
    expect(address.host).toBe('::1');
    expect(formatBind(bind)).toBe(`http://[::1]:${address.port}`);
    server.close();
  });

  it('refuses an address of another machine', async () => {
    await expect(listen(parseBind('192.0.2.1:0'), { backlog: 5 })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  it('listens on a Unix socket and removes its file when it closes', async () => {
    const path = join(folder, 'own.sock');
    const { server, address } = await listen({ kind: 'unix', path }, { backlog: 5 });
    expect(address).toEqual({ host: path, port: 0 });
    expect(existsSync(path)).toBe(true);
    server.on('connection', (socket) => socket.destroy());
    await expect(listen({ kind: 'unix', path }, { backlog: 5 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise((resolve) => { server.close(resolve); });
    expect(existsSync(path)).toBe(false);
  });

  it('takes over the socket file of a server that was killed', async () => {
    const path = join(folder, 'stale.sock');
    const script = 'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
    expect(spawnSync(process.execPath, ['-e', script, path]).signal).toBe('SIGKILL');
    expect(existsSync(path)).toBe(true);
    const { server } = await listen({ kind: 'unix', path }, { backlog: 5 });
    await new Promise((resolve) => { server.close(resolve); });
  });

  it('leaves a file that is no socket alone', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'precious');
    await expect(listen({ kind: 'unix', path }, { backlog: 5 })).rejects.toMatchObject({ code: 'EADDRINUSE', message: expect.stringContaining('is not a socket') as string });
    expect(existsSync(path)).toBe(true);
  });
});
