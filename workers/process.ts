/**
 * The runtime of a process, as one module that imports nothing: what a worker of the sandbox frame (or of Node, in the
 * tests) imports first. It holds the gateway; the snippet is loaded into the same thread when the job comes.
 */
import { ownTimers, systemHost } from '../src/host/system.ts';
import { serveCalls, type CallPort } from '../src/rpc/calls.ts';
import type { Platform } from '../src/runner/platform.ts';
import { Session } from '../src/runner/session.ts';
import { stackDepth } from '../src/runner/stacks.ts';
import { workerPlatform } from '../src/runner/worker-platform.ts';

/** Start answering the machine at the other end of `port`. */
export function boot(port: CallPort, platform: Platform = workerPlatform): void {
  // V8 keeps ten frames, which a framework uses up; other engines keep more than anybody needs.
  if ('stackTraceLimit' in Error) Error.stackTraceLimit = stackDepth;
  serveCalls(new Session({ ...systemHost, timers: ownTimers() }, platform), port);
}
