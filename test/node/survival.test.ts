/**
 * What servers must survive, with real sockets against the built command. Under each attack other clients are served, and afterwards
 * nothing is left of it: no descriptor, no memory to speak of, no line about an internal error.
 *
 * SURVIVAL=16 npx vitest run --project node test/node/survival.test.ts      sixteen times the load: gigabytes and thousands
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Command, builtPackage, talk } from '../helpers/package.ts';
import { parentOf, processes } from '../helpers/processes.ts';

const scale = Number(process.env['SURVIVAL'] ?? 1);
const megabyte = 1_048_576;

const app = `
const encoder = new TextEncoder();
const block = new Uint8Array(65536).fill(120);
const wsgi = (environ, startResponse) => {
  const path = environ.PATH_INFO;
  if (path === '/throws/before') throw new Error('before');
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  if (path.startsWith('/big/')) return (function* () { for (let left = Number(path.slice(5)); left > 0; left -= block.length) yield block; })();
  if (path === '/throws/iterating') return (function* () { yield encoder.encode('x'); throw new Error('iterating'); })();
  if (path === '/throws/close') return { *[Symbol.iterator]() { yield encoder.encode('ok'); }, close() { throw new Error('close'); } };
  const body = environ['wsgi.input'].read();
  return [encoder.encode('ok ' + body.length)];
};
const asgi = async (scope, receive, send) => {
  if (scope.type !== 'http') return;
  const { path } = scope;
  if (path === '/throws/timer') setTimeout(() => { throw new Error('timer'); });
  if (path === '/throws/promise') void Promise.reject(new Error('promise'));
  if (path === '/throws/before') throw new Error('before');
  let size = 0;
  if (path === '/upload') for (let more = true; more; ) {
    const event = await receive();
    if (event.type === 'http.disconnect') return;
    size += event.body.length;
    more = event.more_body;
  }
  await send({ type: 'http.response.start', status: 200, headers: [] });
  if (path === '/throws/between') throw new Error('between');
  if (path.startsWith('/big/')) for (let left = Number(path.slice(5)); left > 0; left -= block.length) await send({ type: 'http.response.body', body: block, more_body: true });
  await send({ type: 'http.response.body', body: encoder.encode('ok ' + size) });
  if (path === '/throws/after') throw new Error('after');
};
export { wsgi, asgi };
`;

let folder: string;
const running: Command[] = [];
const sockets: Socket[] = [];
beforeAll(async () => { await builtPackage(); }, 60_000);
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'porthole-survival-')));
  writeFileSync(join(folder, 'app.mjs'), app);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const command of running.splice(0)) command.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

class Server {
  readonly command: Command;
  readonly url: string;
  private constructor(command: Command, url: string) {
    this.command = command;
    this.url = url;
  }

  static async start(name: string, args: readonly string[] = [], prefix?: string): Promise<Server> {
    const command = await Command.start([`app.mjs:${name}`, ...(args.includes('-b') ? [] : ['-b', '127.0.0.1:0']), ...args], { cwd: folder, ...(prefix === undefined ? {} : { shell: prefix }) });
    running.push(command);
    return new Server(command, await command.url());
  }

  get pid(): number {
    return this.command.child.pid!;
  }

  /** Resident memory. */
  get mb(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))![1]) / 1024;
  }

  /** Open sockets. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** How many there are once an ordinary client has come and gone. */
  async rest(): Promise<number> {
    await this.serves();
    let steady = 0;
    let count = this.descriptors;
    while (steady < 5) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      steady = this.descriptors === count ? steady + 1 : 0;
      count = this.descriptors;
    }
    return count;
  }

  open(): Socket {
    const where = this.url.startsWith('unix:') ? { path: join(folder, this.url.slice('unix:'.length)) } : { port: Number(new URL(this.url).port), host: '127.0.0.1' };
    const socket = connect({ ...where, allowHalfOpen: true });
    socket.on('error', () => {});
    sockets.push(socket);
    return socket;
  }

  /** Far more clients than descriptors, under the limits of these tests. */
  crowd(): Socket[] {
    return Array.from({ length: 160 }, () => this.open());
  }

  /** The processes that it has started. */
  get children(): number[] {
    return processes().filter((pid) => parentOf(pid) === this.pid);
  }

  /** An ordinary client gets its answer. */
  async serves(): Promise<void> {
    const socket = this.open();
    socket.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc');
    expect(await rest(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*ok 3/);
  }

  /** Nothing of the attack is left: descriptors are back, and the server found no fault with itself. */
  async recovers(descriptors: number): Promise<void> {
    await until(() => this.descriptors <= descriptors);
    await this.serves();
    expect(this.command.stderr).not.toMatch(/Internal error/);
  }
}

const until = async (holds: () => boolean): Promise<void> => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20)); };
/** One request on a connection that stays, and the first segment of its answer. */
const ask = (socket: Socket): Promise<string> => new Promise((resolve) => { socket.once('data', (bytes) => resolve(bytes.toString('latin1'))).write('GET /x HTTP/1.1\r\nHost: a\r\n\r\n'); });
/** Which of them are resolved, once no more of them do. */
const settled = async (promises: readonly Promise<unknown>[]): Promise<number[]> => {
  const done: number[] = [];
  for (const [at, promise] of promises.entries()) void promise.then(() => done.push(at));
  for (let before = -1; before < done.length;) {
    before = done.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return done;
};
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => { socket.once('close', () => resolve()); });
/** Everything that comes, as text; resolves when the server ends or cuts. */
const rest = (socket: Socket): Promise<string> => new Promise((resolve) => {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => { text += String(chunk); });
  socket.once('end', () => socket.end()).once('close', () => resolve(text));
});

const both = [['wsgi'], ['asgi']] as const;
const linux = process.platform === 'linux';

describe.runIf(linux)('slow clients', () => {
  it.each(both)('that drip a head are answered with 408, and others do not notice (%s)', async (name) => {
    const server = await Server.start(name, ['--head-timeout', '1']);
    const before = await server.rest();
    const slow = Array.from({ length: 50 * scale }, () => server.open());
    const dripping = setInterval(() => { for (const socket of slow) socket.write('x'); }, 100);
    for (const socket of slow) socket.write('GET /');
    const answers = slow.map(rest);
    await server.serves();
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(dripping);
    await server.recovers(before);
  });

  it.each(both)('that stop within a body are answered with 408 (%s)', async (name) => {
    const server = await Server.start(name, ['--body-timeout', '1']);
    const before = await server.rest();
    const slow = Array.from({ length: 50 * scale }, () => server.open());
    for (const socket of slow) socket.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
    const answers = slow.map(rest);
    await server.serves();
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    await server.recovers(before);
  });

  it.each(both)('that read nothing of a large response are cut, and cost no memory meanwhile (%s)', async (name) => {
    const server = await Server.start(name, ['--send-timeout', '4']);
    const before = await server.rest();
    const memory = server.mb;
    const slow = Array.from({ length: 20 }, () => server.open());
    for (const socket of slow) socket.pause().write(`GET /big/${100 * megabyte} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await until(() => server.descriptors >= before + slow.length);
    await server.serves();
    // 2 GB were asked for; what waits is a few blocks of each.
    expect(server.mb - memory).toBeLessThan(150);
    await server.recovers(before);
  });

  it('that read steadily get all of it, in constant memory', async () => {
    for (const [name] of both) {
      const server = await Server.start(name);
      const size = 64 * megabyte * scale;
      let received = 0;
      let peak = 0;
      const socket = server.open();
      socket.write(`GET /big/${size} HTTP/1.0\r\n\r\n`);
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length;
        // Stop and go, so that the socket is full again and again.
        if (received % 16 === 0) {
          socket.pause();
          setImmediate(() => socket.resume());
        }
      });
      const sampling = setInterval(() => { peak = Math.max(peak, server.mb); }, 50);
      socket.once('end', () => socket.end());
      await closed(socket);
      clearInterval(sampling);
      expect(received).toBeGreaterThan(size);
      expect(peak).toBeLessThan(220);
    }
  }, 30_000 + 30_000 * scale);
});

describe.runIf(linux)('large requests', () => {
  it('an upload streams through an ASGI application in constant memory', async () => {
    const server = await Server.start('asgi', ['--limit-request-body', '0']);
    const size = 64 * megabyte * scale;
    const socket = server.open();
    const answer = rest(socket);
    socket.write(`POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`);
    const block = new Uint8Array(megabyte);
    let peak = 0;
    for (let sent = 0; sent < size; sent += block.length) {
      if (!socket.write(block)) await new Promise((resolve) => { socket.once('drain', resolve); });
      peak = Math.max(peak, server.mb);
    }
    expect(await answer).toMatch(new RegExp(`ok ${size}`));
    expect(peak).toBeLessThan(220);
  }, 30_000 + 30_000 * scale);

  it('a body above the limit is refused before it is read, and a chunked one when it gets there', async () => {
    const server = await Server.start('wsgi');
    const before = await server.rest();
    expect(await talk(server.url, `POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${17 * megabyte}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
    const socket = server.open();
    const answer = rest(socket);
    socket.write('POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const block = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(megabyte), Buffer.from('\r\n')]);
    for (let i = 0; i < 18 && socket.writable; i += 1) await new Promise((resolve) => { socket.write(block, resolve); });
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
    await server.recovers(before);
  });

  it.each([
    ['fields without end', (socket: Socket) => { for (let i = 0; i < 5000; i += 1) socket.write(`X-${i}: ${'y'.repeat(100)}\r\n`); }],
    ['one field without end', (socket: Socket) => { socket.write('X: '); for (let i = 0; i < 500; i += 1) socket.write('y'.repeat(1000)); }],
    ['a target without end', (socket: Socket) => { for (let i = 0; i < 500; i += 1) socket.write('y'.repeat(1000)); }],
  ])('head bombs are refused: %s', async (what, send) => {
    const server = await Server.start('wsgi');
    const before = await server.rest();
    const bombs = Array.from({ length: 20 }, () => server.open());
    const answers = bombs.map(rest);
    for (const socket of bombs) {
      socket.write(what.startsWith('a target') ? 'GET /' : 'GET / HTTP/1.1\r\nHost: a\r\n');
      send(socket);
    }
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^(?:HTTP\/1\.1 (?:431|414) |$)/);
    await server.recovers(before);
    expect(server.mb).toBeLessThan(220);
  });

  it.each(both)('a flood of pipelined requests is answered as it is read (%s)', async (name) => {
    const server = await Server.start(name);
    const count = 20_000 * scale;
    const socket = server.open();
    socket.pause();
    const flood = Buffer.from('GET /x HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1000));
    let drained = true;
    for (let i = 0; i < count; i += 1000) drained = socket.write(flood);
    socket.on('drain', () => { drained = true; });
    // The client reads nothing: the server stops reading, too, and serves others.
    await server.serves();
    expect(server.mb).toBeLessThan(220);
    let answers = 0;
    socket.on('data', (chunk: Buffer) => { answers += chunk.toString('latin1').split('HTTP/1.1 200 OK').length - 1; });
    socket.resume();
    // One that was cut in two by a segment is not counted.
    await until(() => drained && answers > count * 0.98);
    await server.serves();
  }, 60_000);
});

describe.runIf(linux)('many and broken connections', () => {
  it.each(both)('idle ones cost little, and are closed when their time is up (%s)', async (name) => {
    // Long enough for all of them to be there at once.
    const server = await Server.start(name, ['--keep-alive', String(2 + 2 * scale)]);
    const before = await server.rest();
    const memory = server.mb;
    const count = Math.min(500 * scale, 10_000);
    const idle: Socket[] = [];
    for (let i = 0; i < count; i += 1) {
      const socket = server.open();
      idle.push(socket);
      socket.write('GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
      if (i % 100 === 0) await new Promise((resolve) => { socket.once('data', resolve); });
      socket.resume();
    }
    await until(() => server.descriptors >= before + count);
    await server.serves();
    const each = ((server.mb - memory) * 1024) / count;
    console.log(`${name}: ${count} idle connections, ${each.toFixed(1)} kB each`);
    expect(each).toBeLessThan(60);
    // The peers are half-open: they never answer our FIN.
    await server.recovers(before);
  }, 30_000 + 10_000 * scale);

  it.each(both)('resets at every stage leave nothing behind (%s)', async (name) => {
    const server = await Server.start(name);
    const before = await server.rest();
    const stages = ['', 'GET', 'GET / HTTP/1.1\r\nHost: a\r\n', 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc', 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n', `GET /big/${10 * megabyte} HTTP/1.1\r\nHost: a\r\n\r\n`, 'GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET /x HT', 'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'];
    for (let round = 0; round < 20 * scale; round += 1) {
      await Promise.all(stages.map(async (text) => {
        const socket = server.open();
        await new Promise((resolve) => { socket.once('connect', resolve); });
        if (text !== '') await new Promise((resolve) => { socket.write(text, resolve); });
        if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        const gone = closed(socket);
        socket.resetAndDestroy();
        await gone;
      }));
    }
    await server.recovers(before);
  }, 60_000);

  it.each(both)('a client that closes its half behind the request still gets all of its answer (%s)', async (name) => {
    const server = await Server.start(name);
    const before = await server.rest();
    const size = 5 * megabyte;
    const small = server.open();
    const large = server.open();
    const answers = [small, large].map(rest);
    small.end('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
    large.end(`GET /big/${size} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const [first, second] = await Promise.all(answers);
    expect(first).toMatch(/ok 3/);
    expect(second).toMatch(/\r\n0\r\n\r\n$/);
    expect(second!.length).toBeGreaterThan(size);
    await server.recovers(before);
  });

  it('a disk that is full costs lines of the access log, is told of once, and nobody waits for it', async () => {
    const server = await Server.start('wsgi', ['--access-logfile', '/dev/full']);
    const before = await server.rest();
    for (let i = 0; i < 50; i += 1) await server.serves();
    await server.command.until('stderr', /Access log: ENOSPC/);
    expect(server.command.stderr.match(/ENOSPC/g)).toHaveLength(1);
    await server.recovers(before);
  });

  it.each([
    ['one process', []],
    ['a Unix socket', ['-b', 'unix:here.sock']],
    ['two workers', ['-w', '2']],
  ] as const)('descriptors run out: accept pauses, whoever is connected is served, and whoever waits is when others have gone (%s)', async (_, args) => {
    const server = await Server.start('wsgi', ['--keep-alive', '60', ...args], 'ulimit -n 64');
    // Twice: what holds the sockets meanwhile is there the second time.
    for (const told of [1, 2]) {
      const held = server.crowd();
      const ended = held.map(() => false);
      for (const [at, socket] of held.entries()) socket.once('end', () => { ended[at] = true; }).once('close', () => { ended[at] = true; });
      await until(() => held.every((socket) => !socket.connecting));
      if (told === 1) await server.command.until('stderr', /accepting pauses/);
      const answers = held.map(ask);
      expect(await Promise.race([answers[0], answers[1]])).toMatch(/^HTTP\/1\.1 200 OK/);
      // Those that are served are served again, those beyond wait: nobody is turned away.
      const served = await settled(answers);
      expect(served.length).toBeGreaterThan(0);
      expect(served.length).toBeLessThan(120);
      expect(await ask(held[served[0]!]!)).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(ended).not.toContain(true);
      for (const at of served) held[at]!.destroy();
      for (const [at, answer] of answers.entries()) {
        expect(await answer, `connection ${at}`).toMatch(/^HTTP\/1\.1 200 OK/);
        // Whoever has been answered makes room.
        held[at]!.destroy();
      }
    }
    await server.command.until('stderr', /accepting again/);
    await server.recovers(40);
    // It also stops in order while it rests.
    const held = server.crowd();
    await until(() => held.every((socket) => !socket.connecting));
    await settled(held.map(ask));
    expect(await server.command.stop('SIGINT')).toMatchObject({ code: 0 });
    if (args[0] === '-b') expect(readdirSync(folder)).toEqual(['app.mjs']);
  });

  it('descriptors run out, and the file of a Unix socket cannot have another name: said once, and whoever is connected is served', async () => {
    const server = await Server.start('wsgi', ['-b', 'unix:here.sock', '-b', 'unix:there.sock', '--keep-alive', '60'], 'ulimit -n 64');
    writeFileSync(join(folder, `there.sock.${server.pid}`), '');
    const held = server.crowd();
    await server.command.until('stderr', /accepting cannot pause: EEXIST/);
    expect(await ask(held[0]!)).toMatch(/^HTTP\/1\.1 200 OK/);
    for (const socket of held.slice(1)) socket.destroy();
    expect(await ask(held[0]!)).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(server.command.stderr.match(/cannot pause/g)).toHaveLength(1);
    expect(server.children).toEqual([]);
    // Nor is anything left of the attempt.
    expect(readdirSync(folder).toSorted()).toEqual(['app.mjs', 'here.sock', 'there.sock', `there.sock.${server.pid}`]);
    expect(await server.command.stop()).toMatchObject({ code: 0 });
  });

  it('descriptors run out, and somebody has killed what holds the sockets: said, and whoever is connected is served', async () => {
    const server = await Server.start('wsgi', ['--keep-alive', '60'], 'ulimit -n 64');
    const held = server.crowd();
    await server.command.until('stderr', /accepting pauses/);
    const [keeper] = server.children;
    process.kill(keeper!, 'SIGKILL');
    await server.command.until('stderr', /no connection is accepted any more/);
    expect(await ask(held[0]!)).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await server.command.stop('SIGINT')).toMatchObject({ code: 0 });
  });

  it('descriptors run out, and the server is killed while accepting pauses: nothing is left', async () => {
    const server = await Server.start('wsgi', [], 'ulimit -n 64');
    server.crowd();
    await server.command.until('stderr', /accepting pauses/);
    const [keeper] = server.children;
    await server.command.stop('SIGKILL');
    await until(() => !existsSync(`/proc/${keeper}`));
  });
});

describe('applications that throw', () => {
  it.each([
    ['wsgi', ['/throws/before', '/throws/iterating', '/throws/close']],
    ['asgi', ['/throws/before', '/throws/between', '/throws/after', '/throws/timer', '/throws/promise']],
  ])('in every callback (%s)', async (name, paths) => {
    const server = await Server.start(name);
    for (let round = 0; round < 20; round += 1) await Promise.all(paths.map((path) => talk(server.url, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)));
    await server.serves();
    for (const path of paths) expect(server.command.stderr).toContain(`Error: ${path.split('/')[2]}`);
  });
});
