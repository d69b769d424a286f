/**
 * An application from settings: what one serving process does, alone or under an arbiter.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InterfaceError } from '../gateway/detect.ts';
import type { SiteReader } from '../gateway/site.ts';
import { SocketError } from '../net/socket.ts';
import type { ServerConfig } from '../server/config.ts';
import { noTrace, tee, type Tracer } from '../trace/tracer.ts';
import { tuneEngine } from './engine.ts';
import { AppImportError, importApp, type ImportedApp } from './import-app.ts';
import { toleratePipes, type Log } from './log.ts';
import { printTrace } from './print-trace.ts';
import { serve, type Serving } from './serve.ts';
import { listOf, type Settings } from './settings.ts';
import { LineFile } from './line-file.ts';
import { printWire } from './print-wire.ts';

/** What a process ends with; 3 and 4 are gunicorn's (`WORKER_BOOT_ERROR`, `APP_LOAD_ERROR`), 2 is the shell's for wrong usage. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, workerBoot: 3, appLoad: 4 } as const;

/** Load `target` and serve it at `bind`. `onServed`: called after each request. Rejects with what {@link explainFailure} explains. */
export async function boot(target: string, settings: Settings, bind: readonly string[], log: Log, onServed?: () => void): Promise<Serving> {
  tuneEngine();
  // An import or a startup that waits for something that never comes leaves Node nothing to do, and it would end silently.
  const patience = setInterval(() => log.warning(`${target} is still starting: its import, or its answer to lifespan.startup, has not come yet`), lifespanMs);
  try {
    const { value, name, sites } = await importApp(target, { factory: settings.factory, interface: settings.interface });
    surviveTheApp(log);
    return await serveImported({ value, name, sites }, settings, bind, log, onServed);
  } finally {
    clearInterval(patience);
  }
}

/** The access log's file, of this process; SIGUSR1 has it opened anew. */
let accessFile: LineFile | undefined;

/** Somebody has moved the log files away: write to new ones. */
export function reopenLogs(log: Log): void {
  log.info(accessFile === undefined || accessFile.path === '-' ? 'SIGUSR1: the log goes to stdout and stderr, there are no files to reopen' : `SIGUSR1: reopening ${accessFile.path}`);
  accessFile?.reopen();
}

const logsAccess = ({ accessLog, accessLogFile }: Settings): boolean => accessLog || accessLogFile !== '';

function tracerOf({ trace, verboseWire }: Settings): Tracer {
  const write = (text: string): void => { process.stdout.write(text); };
  return tee(trace ? printTrace(String(process.pid), write) : noTrace, verboseWire ? printWire(write) : noTrace);
}

function serveImported({ value, name, sites }: Pick<ImportedApp, 'value' | 'name'> & { readonly sites: SiteReader | undefined }, settings: Settings, bind: readonly string[], log: Log, onServed: (() => void) | undefined): Promise<Serving> {
  if (logsAccess(settings)) accessFile = new LineFile(settings.accessLogFile || '-', (problem) => log.error(`Access log: ${problem}`));
  return serve(value, {
    bind,
    interface: settings.interface,
    name,
    backlog: settings.backlog,
    config: serverConfig(settings),
    graceMs: settings.gracefulTimeout * 1000,
    ...(settings.certfile === '' ? {} : { tls: { certFile: settings.certfile, keyFile: settings.keyfile } }),
    ...(settings.trace || settings.verboseWire ? { tracer: tracerOf(settings) } : {}),
    isAppFile,
    ...(onServed === undefined ? {} : { onServed }),
    ...(sites === undefined ? {} : { sites }),
    onLog: (source, level, text) => {
      if (source === 'server') log[level](text);
      else if (source === 'wsgi.errors') process.stderr.write(withLineEnd(text));
      else accessFile?.line(text);
    },
  });
}

const withLineEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

/** Files of the application, as the trace shows them: what is neither a package nor ours, relative to the current folder. */
function isAppFile(file: string): string | undefined {
  if (!file.startsWith('file:') || file.includes('/node_modules/') || file.startsWith(ownFolder)) return undefined;
  const path = fileURLToPath(file.replace(/[?#].*$/, ''));
  return relative(process.cwd(), path) || path;
}

const ownFolder = import.meta.url.replace(/[^/]*$/, '');

/** How long an application may take over its lifespan before we say so (startup) or go without it (shutdown). Unit: ms. */
const lifespanMs = 5000;

/** Close, and do not wait for ever for an application that never ends its lifespan. */
export async function closeInTime(serving: Serving, graceMs: number, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warning('The application has not finished its shutdown (lifespan.shutdown.complete); ending without it');
      resolve();
    }, graceMs + lifespanMs);
  });
  await Promise.race([serving.close(graceMs), tooLate]);
  clearTimeout(timer);
}

/** The settings of the command as the server's own. */
export function serverConfig(settings: Settings): Partial<ServerConfig> {
  return {
    rootPath: settings.rootPath,
    keepAliveMs: settings.keepAlive * 1000,
    headTimeoutMs: settings.headTimeout * 1000,
    bodyTimeoutMs: settings.bodyTimeout * 1000,
    sendTimeoutMs: settings.sendTimeout * 1000,
    limitConcurrency: settings.limitConcurrency,
    forwardedAllowIps: listOf(settings.forwardedAllowIps),
    dateHeader: settings.dateHeader,
    ...(settings.serverHeader ? {} : { serverHeader: '' }),
    // A line that nobody reads is not made.
    accessLog: logsAccess(settings) ? settings.accessLogFormat : '',
    multiprocess: settings.workers > 1,
    validate: settings.validate,
    debug: settings.debug,
    lifespan: settings.lifespan,
    wsMaxMessageBytes: settings.wsMaxSize,
    wsPingIntervalMs: settings.wsPingInterval * 1000,
    wsPingTimeoutMs: settings.wsPingTimeout * 1000,
    wsPerMessageDeflate: settings.wsPerMessageDeflate,
    limits: {
      maxRequestLineBytes: settings.limitRequestLine,
      maxFields: settings.limitRequestFields,
      maxFieldLineBytes: settings.limitRequestFieldSize,
      maxBodyBytes: settings.limitRequestBody,
      maxHeadBytes: 65_535,
      maxChunkExtensionBytes: 256,
    },
  };
}

/** Why a process did not start: the exit code, and the lines to print. */
export interface Failure { readonly code: number; readonly text: string }

const withAdvice = (message: string, advice: string): string => (advice === '' ? message : `${message} ${advice}`);

/** Sort an error of {@link boot} into gunicorn's exit codes. */
export function explainFailure(error: unknown): Failure {
  if (error instanceof AppImportError) {
    const text = withAdvice(error.message, error.advice);
    const { cause } = error;
    // The stack of what the app's own code threw says more than we can; of a syntax error or a failed import it does not.
    const threw = cause instanceof Error && cause.name !== 'SyntaxError' && !('code' in cause && String(cause.code).startsWith('ERR_'));
    return { code: exitCodes.appLoad, text: threw ? `${text}\n${cause.stack ?? ''}` : text };
  }
  if (error instanceof InterfaceError) return { code: exitCodes.appLoad, text: withAdvice(error.message, error.advice) };
  if (error instanceof SocketError) return { code: exitCodes.failed, text: error.message };
  return { code: exitCodes.workerBoot, text: `The application did not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
}

let surviving = false;

/** A timer of the app that throws, or a promise that nobody awaits, must not take the other clients' connections down. */
function surviveTheApp(log: Log): void {
  if (surviving) return;
  surviving = true;
  toleratePipes();
  process.on('uncaughtException', (error, origin) => {
    log.error(`${origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception'} outside of any request: ${error instanceof Error ? error.stack : String(error)}`);
  });
}
