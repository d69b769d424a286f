/**
 * The command `porthole MODULE[:NAME]`: settings, application, server, signals, exit code.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InterfaceError, toGatewayApp } from '../gateway/detect.ts';
import { SocketError } from '../net/socket.ts';
import type { ServerConfig } from '../server/config.ts';
import { UsageError, combine, configText, helpText, readArgs, readConfig, readEnv, splitWords, type Given, type Sources } from './args.ts';
import { AppImportError, importApp } from './import-app.ts';
import { installLoader } from './loader.ts';
import { createLog, type Log } from './log.ts';
import { serve, type Serving } from './serve.ts';
import type { Settings } from './settings.ts';
import { printTrace } from './print-trace.ts';
import { version } from './version.ts';

/** What the process ends with; 3 and 4 are gunicorn's (`WORKER_BOOT_ERROR`, `APP_LOAD_ERROR`), 2 is the shell's for wrong usage. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, workerBoot: 3, appLoad: 4 } as const;

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
  return run(target, settings);
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
  return { target, ...combine(layers), action: 'run' };
}

/** `process.loadEnvFile` keeps what is set already: the environment is nearer than a file. */
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
    exported = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    throw new UsageError(`The config file ${path} could not be loaded: ${(error as Error).message}`);
  }
  return readConfig(exported.default, path);
}

/** Load, serve, wait for a signal, stop. */
async function run(target: string, settings: Settings): Promise<number> {
  const log = createLog(settings.logLevel, (line) => process.stderr.write(line));
  let serving: Serving;
  try {
    const imported = await importApp(target, { factory: settings.factory });
    if (settings.checkConfig) {
      const app = toGatewayApp(imported.value, settings.interface, imported.name);
      process.stdout.write(`${imported.name} is a ${app.interface.toUpperCase()} application; the settings are in order.\n`);
      return exitCodes.ok;
    }
    surviveTheApp(log);
    serving = await serve(imported.value, {
      bind: settings.bind,
      interface: settings.interface,
      name: imported.name,
      backlog: settings.backlog,
      config: serverConfig(settings),
      graceMs: settings.gracefulTimeout * 1000,
      ...tlsOf(settings),
      ...(settings.trace ? { tracer: printTrace((text) => process.stdout.write(text)) } : {}),
      onLog: (source, level, text) => {
        if (source === 'server') log[level](text);
        else (source === 'access' ? process.stdout : process.stderr).write(text.endsWith('\n') ? text : `${text}\n`);
      },
    });
  } catch (error) {
    return report(error, log);
  }
  for (const url of serving.urls) log.plain(`Listening at: ${url}`);
  await stopSignal(log);
  await serving.close();
  log.info('Shut down');
  return exitCodes.ok;
}

function tlsOf({ certfile, keyfile }: Settings): { tls?: { certFile: string; keyFile: string } } {
  if (certfile === '' && keyfile === '') return {};
  if (certfile === '' || keyfile === '') throw new UsageError('TLS needs both --certfile and --keyfile.');
  return { tls: { certFile: certfile, keyFile: keyfile } };
}

/** The flags as the server's own settings. */
function serverConfig(settings: Settings): Partial<ServerConfig> {
  return {
    rootPath: settings.rootPath,
    keepAliveMs: settings.keepAlive * 1000,
    headTimeoutMs: settings.headTimeout * 1000,
    bodyTimeoutMs: settings.bodyTimeout * 1000,
    dateHeader: settings.dateHeader,
    ...(settings.serverHeader ? {} : { serverHeader: '' }),
    validate: settings.validate,
    debug: settings.debug,
    lifespan: settings.lifespan,
    limits: {
      maxRequestLineBytes: settings.limitRequestLine,
      maxFields: settings.limitRequestFields,
      maxFieldLineBytes: settings.limitRequestFieldSize,
      maxBodyBytes: settings.limitRequestBody,
      maxHeadBytes: 65_536,
      maxChunkExtensionBytes: 256,
    },
  };
}

/** Why it did not start, in one or two lines, and the exit code for it. */
function report(error: unknown, log: Log): number {
  if (error instanceof UsageError) {
    process.stderr.write(`porthole: ${withAdvice(error.message, error.advice)}\n`);
    return exitCodes.usage;
  }
  if (error instanceof AppImportError || error instanceof InterfaceError) {
    log.plain(`porthole: ${withAdvice(error.message, error.advice)}`);
    // The stack of what the app's own code threw says more than we can; a syntax error has none worth reading.
    const { cause } = error;
    if (cause instanceof Error && cause.name !== 'SyntaxError' && error instanceof AppImportError && error.place !== undefined && !/^\S+:\d+:\d+: /.test(cause.message)) log.plain(cause.stack ?? String(cause));
    return exitCodes.appLoad;
  }
  if (error instanceof SocketError || error instanceof RangeError) {
    log.plain(`porthole: ${error.message}`);
    return error instanceof RangeError ? exitCodes.usage : exitCodes.failed;
  }
  log.plain(`porthole: the application could not be started: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return exitCodes.workerBoot;
}

/** A timer of the app that throws, or a promise that nobody awaits, must not take the other clients' connections down. */
function surviveTheApp(log: Log): void {
  process.on('uncaughtException', (error, origin) => {
    log.error(`${origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception'} outside of any request: ${error instanceof Error ? error.stack : String(error)}`);
  });
}

/** Resolves at the first TERM, INT or QUIT; the next one ends the process at once. */
function stopSignal(log: Log): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
      process.on(signal, () => {
        if (stopping) {
          log.warning(`${signal} again: cutting the connections that are left`);
          process.exit(exitCodes.failed);
        }
        stopping = true;
        log.info(`${signal}: finishing the requests in flight`);
        resolve();
      });
    }
  });
}
