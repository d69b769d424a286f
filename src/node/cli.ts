/**
 * The command `porthole MODULE[:NAME]`: settings, application, server, signals, exit code.
 */
import { existsSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toGatewayApp } from '../gateway/detect.ts';
import { Arbiter, quickMs } from './arbiter.ts';
import { UsageError, combine, configText, helpText, readArgs, readConfig, readEnv, splitWords, type Given, type Sources } from './args.ts';
import { boot, closeInTime, exitCodes, explainFailure, reopenLogs } from './boot.ts';
import { bindOnly, type BoundSocket } from './bound.ts';
import { importApp } from './import-app.ts';
import { formatBind, parseBind } from './listen.ts';
import { installLoader } from './loader.ts';
import { createLog, type Log } from './log.ts';
import { canDropPrivileges } from './privileges.ts';
import type { Serving } from './serve.ts';
import type { Settings } from './settings.ts';
import { version } from './version.ts';
import { Watcher } from './watcher.ts';

const configFiles = ['porthole.config.ts', 'porthole.config.mts', 'porthole.config.js', 'porthole.config.mjs'];

interface Invocation { readonly target: string | undefined; readonly settings: Settings; readonly sources: Sources; readonly action: 'help' | 'version' | 'run' }

/** Run the command. Resolves with the exit code once the server has stopped. `argv`: without node and script. */
export async function main(argv: readonly string[]): Promise<number> {
  let invocation: Invocation;
  try {
    invocation = await readInvocation(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`porthole: ${withAdvice(error.message, error.advice)}\n`);
    return exitCodes.usage;
  }
  const { target, settings, sources, action } = invocation;
  if (action === 'help') {
    process.stdout.write(helpText());
    return exitCodes.ok;
  }
  if (action === 'version') {
    process.stdout.write(`porthole ${version} (node ${process.versions.node})\n`);
    return exitCodes.ok;
  }
  if (settings.printConfig) {
    process.stdout.write(configText(settings, sources));
    return exitCodes.ok;
  }
  if (target === undefined) {
    process.stderr.write('porthole: No application. Write porthole MODULE[:NAME], for example porthole app.ts:app, or see porthole --help.\n');
    return exitCodes.usage;
  }
  if (settings.checkConfig) return check(target, settings);
  const log = createLog(settings.logLevel, (line) => process.stderr.write(line));
  // A process can neither replace itself nor bind what only root may once it has become somebody else.
  const supervised = settings.workers > 0 || settings.reload || settings.maxRequests > 0 || settings.user !== '' || settings.group !== '';
  return supervised ? runArbiter(target, settings, log, async () => (await readInvocation(argv)).settings) : runAlone(target, settings, log);
}

const withAdvice = (message: string, advice: string): string => (advice === '' ? message : `${message} ${advice}`);

/** Gather the settings from everywhere. Throws UsageError. */
async function readInvocation(argv: readonly string[]): Promise<Invocation> {
  const args = readArgs(argv);
  const { envFile, config } = args.given;
  if (args.help || args.version) return { target: undefined, ...combine([]), action: args.help ? 'help' : 'version' };
  if (envFile !== undefined) loadEnvFile(envFile);
  const words = readArgs(splitWords(process.env.PORTHOLE_CMD_ARGS ?? ''));
  const env = readEnv(process.env);
  // Where the application is, its config file is looked for too.
  const chdir = args.given.chdir ?? words.given.chdir ?? env.chdir;
  const file = config === undefined ? undefined : resolve(config);
  if (chdir !== undefined) changeFolder(chdir);
  const found = file ?? configFiles.map((name) => resolve(name)).find((path) => existsSync(path));
  const layers: { from: string; given: Given }[] = [];
  let target = args.target ?? words.target;
  if (found !== undefined) {
    const { app, ...given } = await importConfig(found);
    target ??= app;
    layers.push({ from: found, given });
  }
  layers.push({ from: 'environment', given: env }, { from: 'PORTHOLE_CMD_ARGS', given: words.given }, { from: 'command line', given: args.given });
  const invocation: Invocation = { target, ...combine(layers), action: 'run' };
  checkTogether(invocation.settings);
  return invocation;
}

/** What no single setting can tell. Throws UsageError. */
function checkTogether({ bind, certfile, keyfile, user, group }: Settings): void {
  if ((user !== '' || group !== '') && !canDropPrivileges) throw new UsageError('--user and --group need a platform that can change users.');
  if ((certfile === '') !== (keyfile === '')) throw new UsageError('TLS needs both --certfile and --keyfile.');
  for (const address of bind) {
    try {
      parseBind(address);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
  }
}

/** Node has read the file already, since it takes a flag of that name for its own wherever it stands; a Node that does not is in order too. `process.loadEnvFile` keeps what is set already: the environment is nearer than a file. */
function loadEnvFile(path: string): void {
  try {
    process.loadEnvFile(path);
  } catch (error) {
    throw new UsageError(`--env-file ${path}: ${(error as Error).message}`);
  }
}

function changeFolder(path: string): void {
  try {
    process.chdir(path);
  } catch (error) {
    throw new UsageError(`--chdir ${path}: ${(error as Error).message}`);
  }
}

async function importConfig(path: string): Promise<ReturnType<typeof readConfig>> {
  if (!existsSync(path)) throw new UsageError(`There is no config file ${path}.`);
  installLoader();
  let exported: { default?: unknown };
  try {
    // Read anew at each HUP: Node keeps modules by their whole URL.
    exported = (await import(/* @vite-ignore */ `${pathToFileURL(path).href}?${statSync(path).mtimeMs}`)) as { default?: unknown };
  } catch (error) {
    throw new UsageError(`The config file ${path} could not be loaded: ${(error as Error).message}`);
  }
  return readConfig(exported.default, path);
}

/** Load, serve, wait for a signal, stop: all in this process. */
async function runAlone(target: string, settings: Settings, log: Log): Promise<number> {
  let serving: Serving;
  try {
    serving = await boot(target, settings, settings.bind, log);
  } catch (error) {
    return fail(error);
  }
  for (const url of serving.urls) log.plain(`Listening at: ${url}`);
  process.on('SIGUSR1', () => reopenLogs(log));
  const { graceMs } = await stopSignal(settings, log);
  await closeInTime(serving, graceMs, log);
  log.info('Shut down');
  return exitCodes.ok;
}

/** Hold the sockets and let workers serve. */
async function runArbiter(target: string, settings: Settings, log: Log, reread: () => Promise<Settings>): Promise<number> {
  const sockets: BoundSocket[] = [];
  try {
    for (const bind of settings.bind) sockets.push(await bindOnly(parseBind(bind)));
  } catch (error) {
    for (const socket of sockets) socket.close();
    return fail(error);
  }
  const watcher = settings.reload ? new Watcher((file) => void arbiter.reload(`${relative(process.cwd(), file)} has changed`)) : undefined;
  const arbiter = new Arbiter({
    target, settings, sockets, log, reread,
    urls: sockets.map(({ bind }) => formatBind(bind, settings.certfile === '' ? 'http' : 'https')),
    ...(watcher === undefined ? {} : { onImported: (files) => watcher.add(files) }),
  });
  const code = await arbiter.run();
  watcher?.close();
  return code;
}

/** Print why it did not start. */
function fail(error: unknown): number {
  const { code, text } = explainFailure(error);
  process.stderr.write(`porthole: ${text}\n`);
  return code;
}

/** Load the application and say what it is, without serving it. */
async function check(target: string, settings: Settings): Promise<number> {
  try {
    const { value, name } = await importApp(target, { factory: settings.factory, interface: settings.interface });
    const app = toGatewayApp(value, settings.interface, name);
    process.stdout.write(`${name} speaks ${app.interface.toUpperCase()}; the settings are in order.\n`);
    return exitCodes.ok;
  } catch (error) {
    return fail(error);
  }
}

/** Resolves at the first TERM, INT or QUIT, with the time that requests in flight are given; the next one ends the process at once. */
function stopSignal(settings: Settings, log: Log): Promise<{ readonly graceMs: number }> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
      process.on(signal, () => {
        if (stopping) {
          log.warning(`${signal} again: cutting what is left`);
          process.exit(exitCodes.ok);
        }
        stopping = true;
        log.info(`${signal}: stopping`);
        resolve({ graceMs: signal === 'SIGTERM' ? settings.gracefulTimeout * 1000 : quickMs });
      });
    }
  });
}
