import * as pyodide from 'pyodide';
import { compiledStdlib } from '../../scripts/python-stdlib.ts';
import { HttpClient, type ClientResponse } from '../../src/client/http-client.ts';
import { systemHost } from '../../src/host/system.ts';
import { socketPair } from '../../src/net/memory.ts';
import type { DuplexSocket } from '../../src/net/socket.ts';
import { startPython, type Python } from '../../src/python/boot.ts';
import { loadPythonApp, type PythonApp, type PythonTarget } from '../../src/python/load-app.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import { Server } from '../../src/server/server.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { materialise, Recorder } from '../../src/trace/recorder.ts';

/** A Python with some user's folders, for a test file. Starting takes a second or more: once per file. */
export class TestPython {
  readonly python: Python;
  readonly #output: string[];
  #folders = 0;

  private constructor(python: Python, output: string[]) {
    this.python = python;
    this.#output = output;
  }

  /** `listener` is told each line that is written, instead of {@link output}. */
  static async start(listener?: (text: string) => void): Promise<TestPython> {
    const output: string[] = [];
    const keep = listener ?? ((text: string): void => void output.push(text));
    const python = await startPython(pyodide, { stdLibURL: await compiledStdlib() });
    python.bridge.redirect((_source, text) => keep(text));
    return new TestPython(python, output);
  }

  /** Lines written since the last call. */
  output(): string[] {
    return this.#output.splice(0);
  }

  /** Install a wheel of pure Python. */
  async install(wheel: ArrayBuffer): Promise<void> {
    const folder = this.python.pyodide.runPython('import importlib, site; importlib.invalidate_caches(); site.getsitepackages()[0]') as string;
    this.python.pyodide.unpackArchive(wheel, 'wheel', { extractDir: folder });
  }

  /** Put files into a folder of their own, and load the application from there. Modules of earlier folders are forgotten. */
  load(files: Readonly<Record<string, string>>, target: Partial<PythonTarget> = {}): PythonApp {
    const { FS } = this.python.pyodide;
    const root = `/users/${(this.#folders += 1)}`;
    for (const [name, text] of Object.entries(files)) {
      const path = `${root}/${name}`;
      FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
      FS.writeFile(path, text);
    }
    this.python.pyodide.runPython("import sys\nfor name, module in [*sys.modules.items()]:\n    if (getattr(module, '__file__', None) or '').startswith('/users/'): del sys.modules[name]\nsys.path[:] = [path for path in sys.path if not path.startswith('/users/')]");
    return loadPythonApp(this.python, { root, file: 'app.py', name: '', interface: 'auto', ...target });
  }
}

/** What came of sending octets to an application. */
export interface Asked {
  readonly responses: readonly ClientResponse[];
  readonly failure: string | undefined;
  readonly events: readonly TraceEvent[];
  /** What was written to the server's logs: `source: text`. */
  readonly logs: readonly string[];
}

/** A server around one Python application, and a client of it. */
export class Served {
  readonly #server: Server;
  readonly #recorder = new Recorder({ process: 'server', clock: systemHost.clock });
  readonly #logs: string[] = [];

  private constructor({ app, sites }: PythonApp, config: Partial<ServerConfig>) {
    this.#server = new Server({
      app, sites, host: systemHost, tracer: this.#recorder, config: { accessLog: '', ...config },
      onLog: (source, _level, text) => void this.#logs.push(`${source}: ${text}`),
    });
  }

  static async start(app: PythonApp, config: Partial<ServerConfig> = {}): Promise<Served> {
    const served = new Served(app, config);
    await served.#server.startup();
    return served;
  }

  /** Send `requests` (latin-1) on a connection of their own. */
  async ask(requests: string): Promise<Asked> {
    const client = this.connect();
    const result = await client.send(Uint8Array.from(requests, (char) => char.charCodeAt(0)));
    client.close();
    return { responses: result.responses, failure: result.failure?.kind, events: this.events(), logs: this.#logs.splice(0) };
  }

  connect(): HttpClient {
    return new HttpClient(this.socket(), { host: systemHost, timeoutMs: 10_000 });
  }

  /** The client's end of a connection. */
  socket(): DuplexSocket {
    const [near, far] = socketPair();
    this.#server.handle(far);
    return near;
  }

  /** What has been traced since the last time. */
  events(): TraceEvent[] {
    return materialise(this.#recorder.drain());
  }

  async stop(): Promise<void> {
    await this.#server.shutdown(0);
  }
}

/** Events of one type. */
export const only = <T extends TraceEvent['type']>(events: readonly TraceEvent[], type: T): Extract<TraceEvent, { type: T }>[] =>
  events.filter((event) => event.type === type) as Extract<TraceEvent, { type: T }>[];

/** Content as text. */
export const bodyText = (response: ClientResponse | undefined): string => new TextDecoder().decode(response?.body);
