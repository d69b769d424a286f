/**
 * Every example does what it claims: loaded by the page's own linker, served on the memory network. `test/node` runs the same claims
 * over TCP, `test/e2e` in the page.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as fastapilike from '../src/api/frameworks/fastapilike.ts';
import * as flasklike from '../src/api/frameworks/flasklike.ts';
import * as socket from '../src/api/socket.ts';
import * as process from '../src/api/process.ts';
import { HttpClient, type ClientResult } from '../src/client/http-client.ts';
import { examples, exampleSnippet } from '../src/examples/index.ts';
import type { Example } from '../src/examples/index.ts';
import { toFetch } from '../src/gateway/asgi/to-fetch.ts';
import { toGatewayApp } from '../src/gateway/detect.ts';
import { systemHost } from '../src/host/system.ts';
import { MemoryNetwork } from '../src/net/network.ts';
import { builtinsOf, withLibraries } from '../src/runner/builtins.ts';
import { link } from '../src/runner/link.ts';
import { ModuleRegistry } from '../src/runner/modules.ts';
import type { ModuleFunctions } from '../src/runner/modules.ts';
import { Server } from '../src/server/server.ts';
import { splitEntry } from '../src/snippet/paths.ts';
import type { TraceEvent } from '../src/trace/events.ts';
import { materialise, Recorder } from '../src/trace/recorder.ts';
import type { PythonApp } from '../src/python/load-app.ts';
import { checkResponse, checkTrace, logOf, type Seen } from './examples/claims.ts';
import { debianWheels } from './helpers/debian-wheels.ts';
import { TestPython } from './helpers/python.ts';

const address = { host: '127.0.0.1', port: 8000 };

/** The app of an example, as the process worker loads it. */
async function load(example: Example): Promise<unknown> {
  const { entry, files } = exampleSnippet(example);
  const { path, name } = splitEntry(entry);
  const available = withLibraries(builtinsOf(socket, process), { 'porthole/frameworks/flasklike': flasklike, 'porthole/frameworks/fastapilike': fastapilike });
  const program = link(files, path, available);
  const { modules } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(program.code)}`) as { modules: ModuleFunctions };
  const exports = await new ModuleRegistry(program, modules, available).run() as Record<string, unknown>;
  return exports[name];
}

let written: string[];
beforeEach(() => {
  written = [];
  vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => { written.push(values.join(' ')); });
});
afterEach(() => { vi.restoreAllMocks(); });

type Loaded = Pick<PythonApp, 'app'> & Partial<PythonApp>;

/** One Python for all examples that are written in it. */
let python: Promise<TestPython> | undefined;

async function startPython(): Promise<TestPython> {
  const started = await TestPython.start((text) => written.push(text));
  for (const { content } of debianWheels()) await started.install(new Uint8Array(content).buffer);
  return started;
}

async function loaded(example: Example): Promise<Loaded> {
  const { lang, files, entry } = exampleSnippet(example);
  if (lang !== 'py') return { app: toGatewayApp(await load(example), 'auto', 'app.ts:app') };
  const { path, name } = splitEntry(entry);
  const running = await (python ??= startPython());
  return running.load(files, { file: path, name });
}

/** Serve `app` on a memory network and send it one request. */
async function ask({ app, sites }: Loaded, raw: string): Promise<{ readonly result: ClientResult; readonly trace: readonly TraceEvent[] }> {
  const recorder = new Recorder({ process: 'worker-1', clock: systemHost.clock });
  const server = new Server({ app, ...(sites && { sites }), config: { debug: true, validate: true }, host: systemHost, tracer: recorder });
  const network = new MemoryNetwork();
  const listener = await network.listen(address);
  await server.startup();
  const serving = server.serve(listener).catch(() => undefined);
  const client = new HttpClient(await network.connect(address), { host: systemHost, timeoutMs: 5000 });
  const result = await client.send(Uint8Array.from(raw, (character) => character.charCodeAt(0)));
  client.close();
  await server.shutdown(1000);
  listener.close();
  await serving;
  return { result, trace: materialise(recorder.drain()) };
}

const seen = (result: ClientResult): Seen => ({ raw: result.raw, response: result.failure ? undefined : result.responses[0] });

// Those of several programs, and those that need an arbiter, are in `examples/programs.test.ts`.
describe.each(examples.filter(({ group, programs }) => group !== 'Sockets' && group !== 'Workers' && !programs))('$id', (example) => {
  test.each(example.requests)('$name', async ({ raw, claim }) => {
    const { result, trace } = await ask(await loaded(example), raw);
    checkResponse(claim, seen(result));
    checkTrace(claim, trace);
    // An example teaches what is right; where it teaches what is wrong, it says so.
    const broken = trace.flatMap((event) => (event.type === 'app.violation' ? [`${event.clause} ${event.message}`] : []));
    if (!claim.trace?.some(({ type }) => type === 'app.violation')) expect(broken).toEqual([]);
    if (claim.log !== undefined) expect(`${logOf(trace)}\n${written.join('\n')}`).toContain(claim.log);
  }, 120_000);

  // A Request cannot open a WebSocket.
  test.each(example.requests.filter(({ raw }) => !/^Upgrade:/im.test(raw)))('$name, through Request and Response', async ({ raw, claim }) => {
    // Both adapters, with Node's own classes between them: to the client it must be the same application.
    const handler = toFetch((await loaded(example)).app);
    const { result } = await ask({ app: toGatewayApp({ fetch: (request: Request) => handler(request as never) }, 'fetch', 'app') }, raw);
    checkResponse(claim, seen(result));
  }, 120_000);
});
