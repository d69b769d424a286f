/**
 * A worker process: an entry file, started by the arbiter. It has its own copy of the application and accepts from the
 * sockets that it inherited.
 */
import { boot, closeInTime, explainFailure, reopenLogs } from './boot.ts';
import { dropPrivileges } from './privileges.ts';
import { onImport } from './loader.ts';
import { createLog, type Log } from './log.ts';
import type { Serving } from './serve.ts';
import type { Settings } from './settings.ts';
import type { ToArbiter, ToWorker } from './worker-messages.ts';

const tell = (message: ToArbiter): void => { if (process.connected) process.send!(message); };

/** Say something and end; the channel writes before the process goes. */
const tellAndExit = (message: ToArbiter, code: number): void => {
  if (!process.connected) process.exit(code);
  process.send!(message, undefined, undefined, () => process.exit(code));
};

let serving: Serving | undefined;
let log: Log | undefined;
let usualGraceMs = 0;
let stopping = false;

// Ctrl+C reaches every process of the terminal; the arbiter decides what happens then.
// (And USR1 would have Node open its debugger.)
for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => {});
process.on('SIGTERM', () => { void stop(undefined); });
// The arbiter is gone (killed, most likely): nobody would replace us, restart us or stop us.
process.on('disconnect', () => { void stop(undefined); });

process.on('message', (message: ToWorker) => {
  if (message.type === 'start') void start(message);
  else if (message.type === 'reopen') reopenLogs(log!);
  else void stop(message.graceMs);
});

async function start({ target, settings, fds }: Extract<ToWorker, { type: 'start' }>): Promise<void> {
  log = createLog(settings.logLevel, (line) => process.stderr.write(line));
  usualGraceMs = settings.gracefulTimeout * 1000;
  if (settings.reload) onImport((files) => tell({ type: 'imported', files }));
  // The heart beats from the start: an import that never ends is a silent worker too.
  if (settings.timeout > 0) setInterval(() => tell({ type: 'alive' }), Math.min(1000, (settings.timeout * 1000) / 4)).unref();
  try {
    // Before any code of the application runs.
    dropPrivileges(settings.user, settings.group);
    serving = await boot(target, settings, fds.map((fd) => `fd://${fd}`), log, counting(settings));
  } catch (error) {
    const { code, text } = explainFailure(error);
    return tellAndExit({ type: 'failed', code, text }, code);
  }
  tell({ type: 'ready' });
}

/** Tells the arbiter, once, that this worker has served its share. */
function counting({ maxRequests, maxRequestsJitter }: Settings): (() => void) | undefined {
  if (maxRequests === 0) return undefined;
  const share = maxRequests + Math.floor(Math.random() * (maxRequestsJitter + 1));
  let served = 0;
  return () => {
    served += 1;
    if (served === share) tell({ type: 'tired', requests: served });
  };
}

async function stop(graceMs: number | undefined): Promise<void> {
  if (stopping) {
    // Asked again with less patience.
    if (graceMs === 0) process.exit(0);
    return;
  }
  stopping = true;
  if (serving !== undefined && log !== undefined) await closeInTime(serving, graceMs ?? usualGraceMs, log);
  process.exit(0);
}
