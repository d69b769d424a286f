/**
 * How fast is the Node server? Ratios to node:http, and to a server that answers without parsing (the limit).
 *
 *     usage: npm run bench:server
 *            npm run bench:server -- --rounds 5 --seconds 3 --scenario get,post-1k --server porthole-wsgi
 *
 * Needs wrk (Debian: apt install wrk) and Linux's /proc. Servers take turns within each round, and each figure is the
 * median over the rounds of the ratio within a round, so that a busy machine disturbs all of them alike. The package is
 * built first; the servers run as users run them, `node dist/cli.js`.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildPackage } from './build-package.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const bench = join(root, 'scripts/bench');

/** Fields of a browser's request, about 500 bytes. */
const typicalFields: Record<string, string> = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  Cookie: 'session=4c1f2a9be6d84c57b6e1; theme=dark; consent=yes',
  Referer: 'http://127.0.0.1/start',
  'Cache-Control': 'max-age=0',
  'Sec-Fetch-Mode': 'navigate',
  'X-Requested-With': 'bench',
};

interface Scenario { readonly name: string; readonly body: number; readonly pipeline: number; readonly path?: string }

const scenarios: readonly Scenario[] = [
  { name: 'get', body: 0, pipeline: 1 },
  { name: 'post-1k', body: 1000, pipeline: 1 },
  { name: 'post-100k', body: 100_000, pipeline: 1 },
  { name: 'pipelined', body: 0, pipeline: 16 },
];

interface Contender { readonly name: string; command(scenario: Scenario, dist: string): readonly string[] }

const contenders: readonly Contender[] = [
  { name: 'node:http', command: () => [join(bench, 'node-http.mjs')] },
  { name: 'canned', command: ({ body }) => [join(bench, 'canned.mjs'), String(body)] },
  { name: 'porthole-wsgi', command: (_, dist) => [join(dist, 'cli.js'), join(bench, 'hello-wsgi.mjs'), '-b', '127.0.0.1:0'] },
  { name: 'porthole-asgi', command: (_, dist) => [join(dist, 'cli.js'), join(bench, 'hello-asgi.mjs'), '-b', '127.0.0.1:0'] },
];

/** One server at work on one scenario. */
interface Sample { readonly requestsPerSecond: number; readonly cpuMicros: number; readonly p99Ms: number; readonly errors: number }

function script(scenario: Scenario): string {
  const fields = Object.entries(typicalFields).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  if (scenario.body > 0) fields.push('wrk.method = "POST"', `wrk.body = string.rep("x", ${scenario.body})`, 'wrk.headers["Content-Type"] = "application/octet-stream"');
  if (scenario.pipeline === 1) return fields.join('\n');
  return `${fields.join('\n')}
init = function(args)
  local parts = {}
  for i = 1, ${scenario.pipeline} do parts[i] = wrk.format(nil, "/a/path?page=" .. i) end
  pipelined = table.concat(parts)
end
request = function() return pipelined end`;
}

/** Processor time of a process and its children so far. Unit: µs. */
function cpuMicros(pid: number): number {
  const own = (each: number): number => {
    try {
      const fields = readFileSync(`/proc/${each}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
      return (Number(fields[11]) + Number(fields[12])) * 10_000; // clock ticks of 10 ms
    } catch {
      return 0;
    }
  };
  const children = spawnSync('pgrep', ['-P', String(pid)]).stdout.toString().split('\n').filter(Boolean).map(Number);
  return [pid, ...children].reduce((sum, each) => sum + own(each), 0);
}

const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

async function start(args: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /Listening at: (\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${text}`)));
  });
  return { child, url };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  child.kill('SIGKILL');
  await ended;
}

/** Run wrk; the promise keeps this process free, which costs the measured ones nothing. */
async function load(url: string, lua: string, seconds: number, connections: number): Promise<{ requests: number; rps: number; p99Ms: number; errors: number }> {
  const wrk = spawn('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', lua, `${url}/a/path?page=1`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  wrk.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); });
  await new Promise((resolve) => { wrk.once('close', resolve); });
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
  const [, p99 = '0', unit = 'ms'] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const errors = number(/Non-2xx or 3xx responses: (\d+)/) + [...(/Socket errors: (.*)/.exec(text)?.[1] ?? '').matchAll(/\d+/g)].reduce((sum, [each]) => sum + Number(each), 0);
  return { requests: number(/(\d+) requests in/), rps: number(/Requests\/sec:\s+([\d.]+)/), p99Ms: Number(p99) * (unit === 'us' ? 0.001 : unit === 's' ? 1000 : 1), errors };
}

async function measure(args: readonly string[], lua: string, seconds: number): Promise<Sample> {
  const { child, url } = await start(args);
  try {
    await load(url, lua, 1, 64); // warm
    const before = cpuMicros(child.pid!);
    const { requests, rps, p99Ms, errors } = await load(url, lua, seconds, 64);
    return { requestsPerSecond: rps, cpuMicros: (cpuMicros(child.pid!) - before) / requests, p99Ms, errors };
  } finally {
    await stop(child);
  }
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Memory at rest, and what 2,000 idle connections add. */
async function memory(args: readonly string[]): Promise<{ idle: number; perThousand: number }> {
  const { child, url } = await start(args);
  const { hostname, port } = new URL(url);
  const idle = residentMb(child.pid!);
  const sockets = await Promise.all(Array.from({ length: 2000 }, () => new Promise<ReturnType<typeof connect>>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      socket.once('data', () => resolve(socket));
    });
    socket.once('error', reject);
  })));
  const busy = residentMb(child.pid!);
  for (const socket of sockets) socket.destroy();
  await stop(child);
  return { idle, perThousand: (busy - idle) / 2 };
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '2' }, scenario: { type: 'string' }, server: { type: 'string' }, memory: { type: 'boolean' }, workers: { type: 'boolean' } },
});
if (spawnSync('wrk', ['-v']).error !== undefined) {
  console.error('bench:server needs wrk (Debian: apt install wrk).');
  process.exit(1);
}
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const chosen = <T extends { readonly name: string }>(all: readonly T[], names: string | undefined): readonly T[] => (names === undefined ? all : all.filter(({ name }) => names.split(',').includes(name)));

const folder = mkdtempSync(join(tmpdir(), 'porthole-bench-'));
// Inside the tree, so that its dependencies resolve; not `dist`, which somebody may be using.
const dist = join(root, '.cache/bench-package');
await buildPackage(dist, { types: false });
console.log(`node ${process.versions.node}, ${execFileSync('nproc').toString().trim()} cores, ${rounds} rounds of ${seconds} s, 64 connections\n`);

const servers = [contenders[0]!, ...chosen(contenders.slice(1), values.server)];
for (const scenario of chosen(scenarios, values.scenario)) {
  const lua = join(folder, `${scenario.name}.lua`);
  writeFileSync(lua, script(scenario));
  const samples = new Map<string, Sample[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another server, so that none always follows the same one.
    for (let i = 0; i < servers.length; i += 1) {
      const server = servers[(i + round) % servers.length]!;
      samples.get(server.name)!.push(await measure(server.command(scenario, dist), lua, seconds));
    }
  }
  console.log(`${scenario.name.padEnd(16)} ${'ratio'.padStart(6)} ${'req/s'.padStart(9)} ${'CPU µs'.padStart(8)} ${'p99 ms'.padStart(8)} errors`);
  const anchor = samples.get('node:http')!;
  for (const { name } of servers) {
    const own = samples.get(name)!;
    const ratio = median(own.map(({ requestsPerSecond }, i) => requestsPerSecond / anchor[i]!.requestsPerSecond));
    const of = (key: keyof Sample): number => median(own.map((sample) => sample[key]));
    console.log(`  ${name.padEnd(14)} ${ratio.toFixed(2).padStart(6)} ${of('requestsPerSecond').toFixed(0).padStart(9)} ${of('cpuMicros').toFixed(1).padStart(8)} ${of('p99Ms').toFixed(2).padStart(8)} ${own.reduce((sum, { errors }) => sum + errors, 0)}`);
  }
  console.log();
}

if (values.memory === true) {
  console.log('memory              idle MB   per 1000 idle connections');
  for (const { name, command } of servers) {
    const { idle, perThousand } = await memory(command(scenarios[0]!, dist));
    console.log(`  ${name.padEnd(16)} ${idle.toFixed(0).padStart(8)} ${perThousand.toFixed(1).padStart(10)} MB`);
  }
  console.log();
}

if (values.workers === true) {
  const lua = join(folder, 'plain.lua');
  writeFileSync(lua, script(scenarios[0]!));
  const run = (app: string, count: number): Promise<Sample> => measure([join(dist, 'cli.js'), join(bench, app), '-b', '127.0.0.1:0', '-w', String(count)], lua, seconds);
  const ratios: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [one, two] = [await run('burn-wsgi.mjs', 1), await run('burn-wsgi.mjs', 2)];
    ratios.push(two.requestsPerSecond / one.requestsPerSecond);
    const [cheapOne, cheapTwo] = [await run('hello-wsgi.mjs', 1), await run('hello-wsgi.mjs', 2)];
    cpu.push(cheapTwo.cpuMicros / cheapOne.cpuMicros);
  }
  console.log(`two workers: ${median(ratios).toFixed(2)} times the requests of one (2 ms of CPU each); CPU per hello-world ${median(cpu).toFixed(2)} times`);
}
rmSync(folder, { recursive: true });
