/** docs/deployment.md is true where it speaks of systemd and containers: its unit under a systemd, its command as process 1. */
import { accessSync, chmodSync, constants, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureProgram } from '../../scripts/programs.ts';
import { descriptorLimit } from '../../src/node/descriptors.ts';
import { block, containerCommand } from '../helpers/deployment-page.ts';
import { Enclosure, noEnclosure } from '../helpers/enclosure.ts';
import { builtPackage } from '../helpers/package.ts';
import { fileOf, parentOf, processes } from '../helpers/processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = (edition: string): string => `
import { readFileSync, writeFileSync } from 'node:fs';
import type { HttpScope } from 'porthole/asgi';

const edition: string = ${JSON.stringify(edition)};
const files = () => /^Max open files +(\\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))![1];
export const app = async (scope: HttpScope, receive: unknown, send: (event: object) => Promise<void>) => {
  if (scope.type !== 'http') return;
  if (scope.path === '/slow') {
    writeFileSync('/tmp/slow-begins', '');
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  const body = JSON.stringify({ edition, uid: process.getuid!(), parent: process.ppid, environment: process.env.NODE_ENV, files: files() });
  await send({ type: 'http.response.start', status: 200, headers: [] });
  await send({ type: 'http.response.body', body: new TextEncoder().encode(body) });
};
`;

/** Where the control groups of version 2 are: beside those of version 1 where these are in use. */
const groups = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((each) => existsSync(join(each, 'cgroup.controllers')) && writable(each));
const reason = noEnclosure() ?? (groups === undefined ? 'there are no control groups of version 2, or none may be made' : undefined);
if (reason !== undefined) console.warn(`test/node/services.test.ts is skipped: ${reason}.`);

describe.runIf(reason === undefined)('docs/deployment.md', () => {
  let folder: string;
  let machine: Enclosure | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'porthole-service-'));
    chmodSync(folder, 0o755);
    await deploy(join(folder, 'app'));
    // The Node that runs this, whoever may or may not read where it lies.
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/node'), '');
    // A systemd that finds these knows of nothing but the page's unit.
    const units = join(folder, 'units');
    mkdirSync(units);
    for (const target of ['sysinit', 'basic', 'shutdown', 'network']) writeFileSync(join(units, `${target}.target`), '[Unit]\nDefaultDependencies=no\n');
    writeFileSync(join(units, 'porthole.service'), block('ini'));
    writeFileSync(join(units, 'start.target'), '[Unit]\nWants=porthole.service\n');
  }, 360_000);
  afterAll(() => rmSync(folder, { recursive: true, maxRetries: 3 }));
  beforeEach(() => edition('one'));
  afterEach(async () => {
    await machine?.close();
    machine = undefined;
    // It would go on serving an application that is no longer there. (Whoever has been started from what was deployed has it mounted.)
    expect(processes().filter((pid) => fileOf(pid, 'mountinfo').includes(folder))).toEqual([]);
  });

  /** What every such machine begins with: the application at /srv/app, systemd's units at /srv/units, Node in the PATH, and nothing of this machine's /run and /tmp. */
  const furnished = (): string => `
    mount --bind ${process.execPath} ${folder}/bin/node
    mount --bind ${folder}/bin /usr/local/bin
    mount -t tmpfs tmpfs /srv
    mkdir /srv/app /srv/units
    mount --bind ${folder}/app /srv/app
    mount --bind ${folder}/units /srv/units
    mount -t tmpfs tmpfs /run
    mount -t tmpfs tmpfs /tmp
    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  `;

  const slowBegins = (): Promise<void> => vi.waitFor(() => expect(existsSync(machine!.path('/tmp/slow-begins'))).toBe(true), { timeout: 20_000 });

  const edition = (text: string): void => writeFileSync(join(folder, 'app/app.ts'), source(text));

  describe('the systemd unit', () => {
    beforeAll(() => void ensureProgram('systemctl', 'systemd'), 360_000);

    /** A control group of its own: systemd arranges that which it finds itself in. */
    let group: string;
    beforeEach(() => {
      group = mkdtempSync(join(groups!, 'porthole-'));
    });
    afterEach(async () => {
      await machine!.close();
      // The kernel takes its time to bury the processes.
      await vi.waitFor(() => execFileSync('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+'], { stdio: 'pipe' }), { timeout: 20_000 });
    });

    async function boot(): Promise<void> {
      machine = new Enclosure(`${furnished()}
        echo $$ > ${group}/cgroup.procs
        export container=other SYSTEMD_UNIT_PATH=/srv/units SYSTEMD_GENERATOR_PATH=/srv/none SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/srv/none
        exec unshare --cgroup sh -ec '
          mount -t cgroup2 cgroup2 /sys/fs/cgroup
          exec /lib/systemd/systemd --system --unit=start.target --log-target=console --show-status=no'`);
      await vi.waitFor(() => ask('/'), { timeout: 20_000 });
    }

    /** Through the socket that the unit names. */
    const ask = (path: string): Promise<Record<string, unknown>> => new Promise((resolve, reject) => {
      request({ socketPath: machine!.path('/run/porthole/app.sock'), path, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('error', reject).on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(text) as Record<string, unknown>);
          else reject(new Error(`${response.statusCode}: ${text}`));
        });
      }).on('error', reject).end();
    });
    const property = async (name: string): Promise<string> => (await machine!.run('systemctl', 'show', '--value', '-p', name, 'porthole.service')).trim();
    /** Numbers of the workers, and of their parents, as they are within. */
    const workers = (): { pid: number; parent: number }[] => {
      const proc = machine!.path('/proc');
      return processes(proc).filter((pid) => fileOf(pid, 'cmdline', proc).includes('worker.js')).map((pid) => ({ pid, parent: parentOf(pid, proc) }));
    };

    it('starts: a user without rights, a socket in the runtime directory, the environment, the number of descriptors', async () => {
      await boot();
      // Of a limit above its own, systemd gives what it has.
      const files = String(Math.min(65_536, descriptorLimit()));
      const user = Number(execFileSync('id', ['-u', 'www-data'], { encoding: 'utf8' }));
      expect(await ask('/')).toMatchObject({ edition: 'one', uid: user, environment: 'production', files });
      expect([await property('ActiveState'), await property('SubState')]).toEqual(['active', 'running']);
    }, 60_000);

    it('systemctl reload is HUP: new code, and no request is lost', async () => {
      await boot();
      const seen = new Set<unknown>();
      let done = false;
      const clients = Array.from({ length: 4 }, async () => {
        while (!done) seen.add((await ask('/'))['edition']);
      });
      const main = await property('MainPID');
      const before = workers().map(({ pid }) => pid);
      expect(before.length).toBeGreaterThan(0);
      edition('two');
      await machine!.run('systemctl', 'reload', 'porthole.service');
      await vi.waitFor(async () => expect((await ask('/'))['edition']).toBe('two'), { timeout: 20_000 });
      await vi.waitFor(() => expect(workers().filter(({ pid }) => before.includes(pid))).toEqual([]), { timeout: 20_000 });
      done = true;
      await Promise.all(clients);
      expect([...seen].sort()).toEqual(['one', 'two']);
      expect(await property('MainPID')).toBe(main);
    }, 60_000);

    it('Restart=on-failure: an arbiter that was killed is started again, and its workers do not stay behind', async () => {
      await boot();
      const main = await property('MainPID');
      await machine!.run('kill', '-KILL', main);
      const after = await vi.waitFor(async () => {
        const now = await property('MainPID');
        expect(now).not.toBe(main);
        expect(now).not.toBe('0');
        return now;
      }, { timeout: 20_000 });
      await vi.waitFor(async () => expect((await ask('/'))['edition']).toBe('one'), { timeout: 20_000 });
      expect(new Set(workers().map(({ parent }) => parent))).toEqual(new Set([Number(after)]));
    }, 60_000);

    it('systemctl stop lets the request under way finish', async () => {
      await boot();
      const slow = ask('/slow');
      await slowBegins();
      await machine!.run('systemctl', 'stop', 'porthole.service');
      expect(await slow).toMatchObject({ edition: 'one' });
      expect([await property('ActiveState'), await property('Result')]).toEqual(['inactive', 'success']);
      expect(existsSync(machine!.path('/run/porthole'))).toBe(false);
    }, 60_000);
  });

  describe('the container', () => {
    beforeAll(() => {
      ensureProgram('curl');
      ensureProgram('ip', 'iproute2');
    }, 360_000);

    /** The page's command as process 1, as nobody special, in a network of its own. */
    async function boot(): Promise<void> {
      const quoted = containerCommand.map((word) => `'${word}'`).join(' ');
      machine = new Enclosure(`${furnished()}
        ip link set lo up
        cd /srv/app
        exec setpriv --reuid=1000 --regid=1000 --clear-groups -- ${quoted}`, { net: true });
      await vi.waitFor(() => ask('/'), { timeout: 20_000 });
    }

    const ask = async (path: string): Promise<Record<string, unknown>> => JSON.parse(await machine!.run('curl', '-sS', '--fail', `http://127.0.0.1:8000${path}`)) as Record<string, unknown>;

    it('the arbiter is process 1, answers on all addresses, and logs to stdout', async () => {
      await boot();
      expect(await ask('/')).toMatchObject({ edition: 'one', uid: 1000, parent: 1 });
      await vi.waitFor(() => expect(machine!.output).toMatch(/^\{.*"status":200.*\}$/m));
    }, 60_000);

    it('TERM, which is `docker stop`, lets the request under way finish, and ends the container with 0', async () => {
      await boot();
      const slow = ask('/slow');
      await slowBegins();
      process.kill(machine!.init, 'SIGTERM');
      expect(await slow).toMatchObject({ edition: 'one' });
      expect(await machine!.ended()).toBe(0);
    }, 60_000);
  });
});

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** What `npm ci --omit=dev` leaves in `folder`: the package as it is published, and what it depends on. */
async function deploy(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  const built = await builtPackage();
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: root, encoding: 'utf8' }).trim().split('\n').slice(1);
  for (const path of listed) cpSync(path, join(modules, relative(join(root, 'node_modules'), path)), { recursive: true });
  cpSync(built, join(modules, 'porthole/dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(modules, 'porthole/package.json'));
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: { porthole: string } };
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(`../porthole/${bin.porthole}`, join(modules, '.bin/porthole'));
  chmodSync(join(modules, 'porthole', bin.porthole), 0o755);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
}
