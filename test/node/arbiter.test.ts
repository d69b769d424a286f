import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Command, builtPackage, run } from '../helpers/package.ts';

const app = (answer: string): string => `
const encoder = new TextEncoder();
export const app = (environ: any, startResponse: any) => {
  if (environ.PATH_INFO === '/loop') for (;;);
  if (environ.PATH_INFO === '/kill') process.kill(process.pid, 'SIGKILL');
  startResponse('200 OK', []);
  return [encoder.encode(environ.PATH_INFO === '/pid' ? String(process.pid) : environ.PATH_INFO === '/many' ? String(environ['wsgi.multiprocess']) : ${JSON.stringify(answer)})];
};
`;

let folder: string;
const running: Command[] = [];
beforeAll(async () => { await builtPackage(); }, 60_000);
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'porthole-arbiter-')));
  writeFileSync(join(folder, 'app.ts'), app('first'));
});
afterEach(() => {
  for (const command of running.splice(0)) command.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function start(args: readonly string[], env: Record<string, string> = {}, target = 'app'): Promise<{ command: Command; url: string }> {
  const command = await Command.start([target, '-b', '127.0.0.1:0', ...args], { cwd: folder, env });
  running.push(command);
  return { command, url: await command.url() };
}

/** On a connection of its own, so that any worker may accept it. */
function get(url: string, path = '/', agent: Agent = new Agent()): Promise<string> {
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { agent }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => { text += chunk.toString(); });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    }).on('error', reject).end();
  });
}

/** Ask until the answer is as wanted. */
async function getUntil(url: string, wanted: (text: string) => boolean, path = '/'): Promise<string> {
  for (;;) {
    const text = await get(url, path).catch(() => '');
    if (wanted(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Worker processes that said they are ready, and have not been reported as gone. */
const living = (command: Command): Set<string> => {
  const pids = new Set([...command.stderr.matchAll(/Worker (\d+) is ready/g)].map(([, pid]) => pid!));
  for (const [, pid] of command.stderr.matchAll(/Worker (\d+) (?:has finished|was|exited|did)/g)) pids.delete(pid!);
  return pids;
};

const until = async (holds: () => boolean): Promise<void> => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10)); };

const exists = (pid: string): boolean => {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
};

describe('porthole -w', () => {
  it('serves from several processes, each with its own copy, and ends them all', async () => {
    const { command, url } = await start(['-w', '2']);
    await until(() => living(command).size === 2);
    const pids = [...living(command)];
    expect(pids).not.toContain(String(command.child.pid));
    expect(pids).toContain(await get(url, '/pid'));
    expect(await get(url, '/many')).toBe('true');
    expect((await command.stop('SIGTERM')).code).toBe(0);
    expect(pids.filter(exists)).toEqual([]);
    await expect(get(url)).rejects.toThrow('ECONNREFUSED');
  });

  it('takes the number from WEB_CONCURRENCY, too', async () => {
    const { command } = await start([], { WEB_CONCURRENCY: '2' });
    await until(() => living(command).size === 2);
  });

  it('replaces a worker that dies, and says why it died', async () => {
    const { command, url } = await start(['-w', '1']);
    const first = await get(url, '/pid');
    await expect(get(url, '/kill')).rejects.toThrow();
    await command.until('stderr', new RegExp(`Worker ${first} was killed by SIGKILL; starting another`));
    // Nobody accepts meanwhile, but nobody is refused: connections wait in the queue.
    expect(await get(url, '/pid')).not.toBe(first);
  });

  it('--max-requests: a worker that has served its share is replaced, and no request is lost over it', async () => {
    const { command, url } = await start(['-w', '1', '--max-requests', '20', '--max-requests-jitter', '5']);
    const pids = new Set<string>();
    while (pids.size < 3) pids.add(await get(url, '/pid'));
    await command.until('stderr', /Worker \d+ has served 2[0-5] requests \(--max-requests\): starting another in its place[^]*Worker \d+ is ready[^]*has finished/);
    // Without -w there is an arbiter all the same.
    const alone = await start(['--max-requests', '1']);
    expect(await get(alone.url, '/pid')).not.toBe(String(alone.command.child.pid));
  });

  it('--user and --group: workers are somebody with fewer rights, and without the right to change nothing starts', async () => {
    writeFileSync(join(folder, 'who.mjs'), "export const app = (environ, start) => { start('200 OK', []); return [new TextEncoder().encode([process.getuid(), process.getgid(), process.getgroups()].join(' '))]; };");
    chmodSync(folder, 0o755);
    if (process.getuid?.() === 0) {
      const { url } = await start(['-w', '1', '--user', '65534', '--group', '65534'], {}, 'who.mjs');
      expect(await get(url)).toBe('65534 65534 65534');
    } else {
      const ended = await run(['who.mjs', '--user', '0', '-b', '127.0.0.1:0'], { cwd: folder });
      expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('EPERM') as string });
    }
    const ended = await run(['who.mjs', '--user', 'nobody-of-that-name', '-b', '127.0.0.1:0'], { cwd: folder });
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringMatching(/User identifier does not exist: nobody-of-that-name|EPERM/) as string });
  });

  it('USR1: workers go on in new log files', async () => {
    const { command, url } = await start(['-w', '1', '--access-logfile', 'access.log', '--access-logformat', '%(r)s %(s)s']);
    const read = (name: string): string => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
    await get(url, '/before');
    await until(() => read('access.log') === 'GET /before HTTP/1.1 200\n');
    renameSync(join(folder, 'access.log'), join(folder, 'access.1'));
    command.child.kill('SIGUSR1');
    await command.until('stderr', /SIGUSR1: reopening access\.log/);
    await get(url, '/after');
    await until(() => read('access.log') === 'GET /after HTTP/1.1 200\n');
    expect(read('access.1')).toBe('GET /before HTTP/1.1 200\n');
  });

  it('waits longer and longer before it replaces one that dies at once', async () => {
    const { command, url } = await start(['-w', '1']);
    for (const wait of [/; starting another\n/, /; starting another in 0\.1 s\n/, /; starting another in 0\.2 s\n/, /; starting another in 0\.4 s\n/]) {
      await get(url, '/kill').catch(() => {});
      await command.until('stderr', wait);
      await until(() => living(command).size === 1);
    }
  });

  it('kills a worker that is silent for longer than --timeout', async () => {
    const { command, url } = await start(['-w', '1', '--timeout', '3']);
    const first = await get(url, '/pid');
    await expect(get(url, '/loop')).rejects.toThrow();
    await command.until('stderr', new RegExp(`Worker ${first} was silent for 3 s \\(--timeout\\) and was killed`));
    expect(await get(url, '/pid')).not.toBe(first);
  });

  it('stops also while a worker hangs', async () => {
    const { command, url } = await start(['-w', '1', '--graceful-timeout', '0.2']);
    const hanging = get(url, '/loop').catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await command.stop('SIGTERM')).code).toBe(0);
    expect(await hanging).toBe('cut');
    expect(command.stderr).toContain('did not finish in time and was killed');
  });

  it('TTIN and TTOU: one worker more, one less, never none', async () => {
    const { command, url } = await start(['-w', '1']);
    command.child.kill('SIGTTIN');
    await until(() => living(command).size === 2);
    command.child.kill('SIGTTOU');
    await until(() => living(command).size === 1);
    command.child.kill('SIGTTOU');
    command.child.kill('SIGUSR1');
    await command.until('stderr', /SIGUSR1: /);
    expect(await get(url)).toBe('first');
    expect(command.stderr).not.toContain(' 0 workers');
  });

  it('HUP: new workers with the new code, the old ones finish', async () => {
    const { command, url } = await start(['-w', '2']);
    await until(() => living(command).size === 2);
    const old = [...living(command)];
    writeFileSync(join(folder, 'app.ts'), app('second'));
    command.child.kill('SIGHUP');
    await until(() => old.every((pid) => !living(command).has(pid)));
    expect(await get(url)).toBe('second');
    expect(living(command).size).toBe(2);
  });

  it('HUP with an application that does not load: the old workers stay', async () => {
    const { command, url } = await start(['-w', '1']);
    const old = [...living(command)];
    writeFileSync(join(folder, 'app.ts'), 'export const app = (');
    command.child.kill('SIGHUP');
    await command.until('stderr', /app\.ts:1:\d+: SyntaxError: [^]*The new workers did not start; the old ones stay\./);
    expect(await get(url)).toBe('first');
    expect([...living(command)]).toEqual(old);
    writeFileSync(join(folder, 'app.ts'), app('mended'));
    command.child.kill('SIGHUP');
    expect(await getUntil(url, (text) => text === 'mended')).toBe('mended');
  });

  it.each([['new connections', false], ['connections that are kept', true]])('drops no request on %s across HUP', async (_, keepAlive) => {
    const { command, url } = await start(['-w', '2']);
    let done = false;
    let served = 0;
    const failures: string[] = [];
    const clients = Array.from({ length: 4 }, async () => {
      const agent = keepAlive ? new Agent({ keepAlive, maxSockets: 1 }) : undefined;
      while (!done) {
        await get(url, '/', agent).then((text) => {
          if (text === 'first') served += 1;
          else failures.push(text);
        }, (error: Error) => failures.push(error.message));
      }
    });
    for (let round = 0; round < 3; round += 1) {
      await until(() => living(command).size === 2);
      const old = [...living(command)];
      command.child.kill('SIGHUP');
      await until(() => old.every((pid) => !living(command).has(pid)));
    }
    done = true;
    await Promise.all(clients);
    expect(failures).toEqual([]);
    expect(served).toBeGreaterThan(20);
  }, 90_000);

  it('stops its workers when the arbiter is killed', async () => {
    const { command, url } = await start(['-w', '2']);
    await until(() => living(command).size === 2);
    const pids = [...living(command)];
    command.child.kill('SIGKILL');
    await until(() => pids.every((pid) => !exists(pid)));
    await expect(get(url)).rejects.toThrow();
  });

  it('listens on a Unix socket and removes its file', async () => {
    const path = join(folder, 's.sock');
    const { command } = await start(['-w', '1', '-b', `unix:${path}`]);
    await command.until('stderr', /^Listening at: unix:.*\/s\.sock$/m);
    const curl = await new Promise<string>((resolve, reject) => {
      request({ socketPath: path, path: '/' }, (response) => { response.on('data', (chunk: Buffer) => resolve(chunk.toString())); }).on('error', reject).end();
    });
    expect(curl).toBe('first');
    expect((await command.stop()).code).toBe(0);
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });
});

describe('porthole -w that does not start', () => {
  it.each([
    [4, 'export const app = (', /^porthole: app\.ts:1:\d+: SyntaxError: /],
    [4, 'export const app = 3;', /^porthole: app\.ts:app is a number, not an application/],
    [3, 'process.exit(9);', /^porthole: Worker \d+ exited with 9 before it was ready\.\n/],
  ])('%i: %s', async (code, text, message) => {
    writeFileSync(join(folder, 'app.ts'), text);
    const ended = await run(['app', '-w', '2', '-b', '127.0.0.1:0'], { cwd: folder });
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toContain('Listening at');
  });

  it('1: an address that is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve); });
    const ended = await run(['app', '-w', '2', '-b', `127.0.0.1:${(taken.address() as AddressInfo).port}`], { cwd: folder });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^porthole: bind: EADDRINUSE/) as string });
    taken.close();
  });
});

describe('porthole --reload', () => {
  it('starts anew when a file that was imported changes, waits where it is broken, and goes on when it is mended', async () => {
    writeFileSync(join(folder, 'text.ts'), "export const text: string = 'one';\n");
    writeFileSync(join(folder, 'app.ts'), `import { text } from './text';\n${app('').replace('JSON', 'J').replace('""', 'text')}`);
    const { command, url } = await start(['--reload']);
    expect(await get(url)).toBe('one');
    writeFileSync(join(folder, 'text.ts'), "export const text: string = 'three';\n");
    expect(await getUntil(url, (text) => text === 'three')).toBe('three');
    await command.until('stderr', /text\.ts has changed: starting new workers/);
    writeFileSync(join(folder, 'text.ts'), 'export const text = (');
    await command.until('stderr', /text\.ts:1:\d+: SyntaxError/);
    expect(await get(url)).toBe('three');
    writeFileSync(join(folder, 'text.ts'), "export const text: string = 'mended';\n");
    expect(await getUntil(url, (text) => text === 'mended')).toBe('mended');
    expect((await command.stop('SIGINT')).code).toBe(0);
  });

  it('waits for a change where the application is broken from the start', async () => {
    writeFileSync(join(folder, 'app.ts'), 'export const app = (');
    const command = await Command.start(['app', '-b', '127.0.0.1:0', '--reload'], { cwd: folder });
    running.push(command);
    await command.until('stderr', /Waiting for a change\./);
    writeFileSync(join(folder, 'app.ts'), app('mended'));
    expect(await get(await command.url())).toBe('mended');
  });
});

describe.runIf(spawnSync('openssl', ['version']).status === 0)('TLS', () => {
  it.each([[[]], [['-w', '1']]])('serves https with wsgi.url_scheme https: %j', async (args) => {
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key.pem', '-out', 'cert.pem', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'], { cwd: folder });
    expect(made.status).toBe(0);
    writeFileSync(join(folder, 'app.ts'), "export const app = (e: any, start: any) => { start('200 OK', []); return [new TextEncoder().encode(e['wsgi.url_scheme'])]; };");
    const { command, url } = await start(['--certfile', 'cert.pem', '--keyfile', 'key.pem', ...args]);
    expect(url).toMatch(/^https:/);
    const { request: secure } = await import('node:https');
    const answer = await new Promise<{ text: string; alpn: string | false | null }>((resolve, reject) => {
      const sent = secure(url, { ca: readFileSync(join(folder, 'cert.pem')), ...{ ALPNProtocols: ['h2', 'http/1.1'] } }, (response) => {
        response.on('data', (chunk: Buffer) => resolve({ text: chunk.toString(), alpn: (sent.socket as unknown as { alpnProtocol: string }).alpnProtocol }));
      });
      sent.on('error', reject).end();
    });
    expect(answer).toEqual({ text: 'https', alpn: 'http/1.1' });
    expect((await command.stop()).code).toBe(0);
  });
});
