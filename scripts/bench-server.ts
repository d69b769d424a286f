/**
 * How fast is the Node server? Ratios to node:http, to fastify, to a server that answers without parsing (the limit), and to
 * gunicorn and uvicorn where they are installed.
 *
 *     usage: npm run bench:server
 *            npm run bench:server -- --rounds 5 --seconds 1 --scenario get,post-1k --server porthole-wsgi,canned
 *            npm run bench:server -- --memory --workers        besides: memory, and two workers against one
 *
 * Needs wrk, which is installed where it is missing (Debian), and Linux's /proc. All servers of a scenario run at the same time and are
 * loaded in turns, for a second or so each, so that a busy machine disturbs all of them alike; the figures are medians over the
 * rounds, the ratios medians of the ratios within a round. `CPU` compares processor time per request, which a load generator on
 * the same cores does not falsify; `req/s` what a client sees. The package is built first; the servers run as users run them, `node dist/cli.js`.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackage } from './build-package.ts';
import { countOf, named, readOptions } from './options.ts';
import { ensureProgram, findProgram } from './programs.ts';

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

/** `varied`: no two requests have the same target, and none of a connection the same fields as another for long; else they are as usual on one connection: the fields stay, and a few targets come often. */
interface Scenario { readonly name: string; readonly body: number; readonly pipeline: number; readonly varied?: true }

const scenarios: readonly Scenario[] = [
  { name: 'get', body: 0, pipeline: 1 },
  { name: 'post-1k', body: 1000, pipeline: 1 },
  { name: 'post-100k', body: 100_000, pipeline: 1 },
  { name: 'pipelined', body: 0, pipeline: 16 },
  { name: 'get-varied', body: 0, pipeline: 1, varied: true },
  { name: 'pipe-varied', body: 0, pipeline: 16, varied: true },
];

/** `command`: a program and its arguments; undefined where it is not installed. Every one of them prints where it listens. */
interface Contender { readonly name: string; command(scenario: Scenario, dist: string): readonly string[] | undefined }

const node = (...args: readonly string[]): readonly string[] => [process.execPath, ...args];
const porthole = (dist: string, app: string, ...more: readonly string[]): readonly string[] => node(join(dist, 'cli.js'), join(bench, app), '-b', '127.0.0.1:0', ...more);
function python(name: string, ...args: readonly string[]): readonly string[] | undefined {
  const path = findProgram(name);
  return path === undefined ? undefined : [path, ...args];
}

const contenders: readonly Contender[] = [
  { name: 'node:http', command: () => node(join(bench, 'node-http.mjs')) },
  { name: 'canned', command: ({ body }) => node(join(bench, 'canned.mjs'), String(body)) },
  { name: 'fastify', command: () => node(join(bench, 'fastify.mjs')) },
  { name: 'porthole-wsgi', command: (_, dist) => porthole(dist, 'hello-wsgi.mjs') },
  { name: 'porthole-asgi', command: (_, dist) => porthole(dist, 'hello-asgi.mjs') },
  { name: 'gunicorn', command: () => python('gunicorn', 'hello:wsgi', '--chdir', bench, '-b', '127.0.0.1:0', '--keep-alive', '5') },
  { name: 'uvicorn', command: () => python('uvicorn', 'hello:asgi', '--app-dir', bench, '--port', '0', '--no-access-log', '--lifespan', 'off') },
];

/** One server at work on one scenario. */
interface Sample { readonly requestsPerSecond: number; readonly cpuMicros: number; readonly p99Ms: number; readonly errors: number }

function script(scenario: Scenario): string {
  const fields = Object.entries(typicalFields).map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`);
  if (scenario.body > 0) fields.push('wrk.method = "POST"', `wrk.body = string.rep("x", ${scenario.body})`, 'wrk.headers["Content-Type"] = "application/octet-stream"');
  const { pipeline, varied } = scenario;
  const calls = varied === true ? variedCalls(pipeline) : pipeline > 1 ? sameCalls(pipeline) : '';
  return `${fields.join('\n')}\n${calls}`;
}

/** The same requests each time, a few together. */
const sameCalls = (pipeline: number): string => `
local batch
init = function(args)
  local parts = {}
  for i = 1, ${pipeline} do parts[i] = wrk.format(nil, "/a/path?page=" .. i) end
  batch = table.concat(parts)
end
request = function() return batch end`;

/** A thousand sets of fields, which come round so seldom that no connection remembers the last time; no target comes twice. */
const variedCalls = (pipeline: number): string => `
local batches, turn, page = {}, 0, 0
init = function(args)
  for batch = 1, ${Math.ceil(1000 / pipeline)} do
    local parts = {}
    for i = 1, ${pipeline} do
      wrk.headers["X-Request-Id"] = string.format("%06d", batch * ${pipeline} + i)
      local before, after = wrk.format(nil, "/a/path?page=@"):match("([^@]*)@(.*)")
      parts[#parts + 1] = before
      parts[#parts + 1] = after
    end
    batches[batch] = parts
  end
end
request = function()
  turn = turn % #batches + 1
  local parts, out = batches[turn], {}
  for i = 1, #parts, 2 do
    page = page + 1
    out[#out + 1] = parts[i]
    out[#out + 1] = page
    out[#out + 1] = parts[i + 1]
  end
  return table.concat(out)
end`;

/** A process and what it has started. */
function family(pid: number): number[] {
  const children = spawnSync('pgrep', ['-P', String(pid)]).stdout.toString().split('\n').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(family)];
}

/** Processor time of some processes so far, all threads. Unit: µs. */
const cpuMicros = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + threadsOf(pid).reduce((own, text) => own + Number(text.split(' ')[0]) / 1000, 0), 0);

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'));
  } catch {
    return [];
  }
}

const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

interface Running { readonly child: ChildProcess; readonly url: string; readonly pids: readonly number[] }

async function start([program, ...args]: readonly string[]): Promise<Running> {
  const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let text = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /(?:Listening at:|running on) (http:\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${text}`)));
  });
  // Workers of gunicorn come after its line.
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { child, url, pids: family(child.pid!) };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  // With the workers: the process leads a group of its own.
  process.kill(-child.pid!, 'SIGKILL');
  await ended;
}

/** Run wrk; the promise keeps this process free, which costs the measured ones nothing. */
async function load(url: string, lua: string, seconds: number, connections: number, threads: number): Promise<{ requests: number; rps: number; p99Ms: number; errors: number }> {
  const wrk = spawn('wrk', [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, '--latency', '-s', lua, `${url}/a/path?page=1`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  wrk.stdout.on('data', (chunk: Buffer) => { text += chunk.toString(); });
  await new Promise((resolve) => { wrk.once('close', resolve); });
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
  const [, p99 = '0', unit = 'ms'] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const errors = number(/Non-2xx or 3xx responses: (\d+)/) + [...(/Socket errors: (.*)/.exec(text)?.[1] ?? '').matchAll(/\d+/g)].reduce((sum, [each]) => sum + Number(each), 0);
  return { requests: number(/(\d+) requests in/), rps: number(/Requests\/sec:\s+([\d.]+)/), p99Ms: Number(p99) * (unit === 'us' ? 0.001 : unit === 's' ? 1000 : 1), errors };
}

/** One burst of load. `threads`: wrk's. */
async function burst({ url, pids }: Running, lua: string, seconds: number, threads = 1): Promise<Sample> {
  const before = cpuMicros(pids);
  const { requests, rps, p99Ms, errors } = await load(url, lua, seconds, 64, threads);
  return { requestsPerSecond: rps, cpuMicros: (cpuMicros(pids) - before) / Math.max(1, requests), p99Ms, errors };
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Memory at rest, and what 2,000 idle connections add. */
async function memory(command: readonly string[]): Promise<{ idle: number; added: number }> {
  const { child, url } = await start(command);
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
  return { idle, added: busy - idle };
}

const { values } = readOptions('usage: npm run bench:server -- [--rounds N] [--seconds N] [--scenario NAME,…] [--server NAME,…] [--memory] [--workers]', {
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '1' }, scenario: { type: 'string' }, server: { type: 'string' }, memory: { type: 'boolean' }, workers: { type: 'boolean' } },
});
const rounds = countOf(values.rounds, '--rounds');
const seconds = countOf(values.seconds, '--seconds');
// Nothing in any of them, where only memory or workers are wanted: `--scenario ''`.
const chosenScenarios = named(scenarios, values.scenario, '--scenario');
const chosenServers = named(contenders.slice(1), values.server, '--server');
ensureProgram('wrk');

const folder = mkdtempSync(join(tmpdir(), 'porthole-bench-'));
// Inside the tree, so that its dependencies resolve; not `dist`, which somebody may be using.
const dist = join(root, '.cache/bench-package');
await buildPackage(dist, { types: false });
console.log(`node ${process.versions.node}, ${availableParallelism()} cores, ${rounds} rounds of ${seconds} s, 64 connections`);

const servers = [contenders[0]!, ...chosenServers].filter((each) => {
  const installed = each.command(scenarios[0]!, dist) !== undefined;
  if (!installed) console.log(`${each.name} is not installed`);
  return installed;
});
for (const scenario of chosenScenarios) {
  const lua = join(folder, `${scenario.name}.lua`);
  writeFileSync(lua, script(scenario));
  const running = await Promise.all(servers.map(async (each) => ({ name: each.name, samples: [] as Sample[], server: await start(each.command(scenario, dist)!) })));
  // Compilers and caches warm up.
  for (let i = 0; i < 2; i += 1) for (const { server } of running) await burst(server, lua, 1);
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another server, so that none always follows the same one.
    for (let i = 0; i < running.length; i += 1) {
      const { server, samples } = running[(i + round) % running.length]!;
      samples.push(await burst(server, lua, seconds));
    }
  }
  console.log(`\n${scenario.name.padEnd(16)} ${'CPU ×'.padStart(6)} ${'req/s ×'.padStart(8)} ${'CPU µs'.padStart(8)} ${'req/s'.padStart(8)} ${'p99 ms'.padStart(8)} errors`);
  const anchor = running[0]!.samples;
  for (const { name, samples, server } of running) {
    const of = (key: keyof Sample): number => median(samples.map((sample) => sample[key]));
    const cpu = median(samples.map(({ cpuMicros: own }, i) => anchor[i]!.cpuMicros / own));
    const rate = median(samples.map(({ requestsPerSecond }, i) => requestsPerSecond / anchor[i]!.requestsPerSecond));
    console.log(`  ${name.padEnd(14)} ${cpu.toFixed(2).padStart(6)} ${rate.toFixed(2).padStart(8)} ${of('cpuMicros').toFixed(1).padStart(8)} ${of('requestsPerSecond').toFixed(0).padStart(8)} ${of('p99Ms').toFixed(2).padStart(8)} ${samples.reduce((sum, { errors }) => sum + errors, 0)}`);
    await stop(server.child);
  }
}

if (values.memory === true) {
  console.log('\nmemory              idle MB   2000 idle connections');
  for (const { name, command } of servers) {
    const { idle, added } = await memory(command(scenarios[0]!, dist)!);
    console.log(`  ${name.padEnd(16)} ${idle.toFixed(0).padStart(8)} ${added.toFixed(1).padStart(10)} MB, ${((added * 1024) / 2000).toFixed(1)} kB each`);
  }
}

if (values.workers === true) {
  const lua = join(folder, 'plain.lua');
  writeFileSync(lua, script(scenarios[0]!));
  /** Two workers to one, in rounds. `threads`: wrk's. */
  const compare = async (app: string, threads: number): Promise<{ rate: number; cpu: number }> => {
    const both = await Promise.all([1, 2].map((count) => start(porthole(dist, app, '-w', String(count)))));
    for (const server of both) await burst(server, lua, 1, threads);
    const ratios: { rate: number; cpu: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const [one, two] = [await burst(both[0]!, lua, Math.max(4, seconds), threads), await burst(both[1]!, lua, Math.max(4, seconds), threads)];
      ratios.push({ rate: two.requestsPerSecond / one.requestsPerSecond, cpu: two.cpuMicros / one.cpuMicros });
    }
    for (const { child } of both) await stop(child);
    return { rate: median(ratios.map(({ rate }) => rate)), cpu: median(ratios.map(({ cpu }) => cpu)) };
  };
  const burn = await compare('burn-wsgi.mjs', 1);
  // One thread of wrk is slower than two workers: they fall asleep between its requests, and what they take is the price of waking up. Two keep them busy.
  const [hurried, idling] = [await compare('hello-wsgi.mjs', 2), await compare('hello-wsgi.mjs', 1)];
  console.log(`\ntwo workers: ${burn.rate.toFixed(2)} times the requests of one (2 ms of CPU each), at ${burn.cpu.toFixed(2)} times the CPU`);
  console.log(`CPU per hello-world: ${hurried.cpu.toFixed(2)} times that of one; ${idling.cpu.toFixed(2)} where one thread of wrk is what everybody waits for`);
}
rmSync(folder, { recursive: true });
