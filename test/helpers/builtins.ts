import { systemHost } from '../../src/host/system.ts';
import { MemoryKernel } from '../../src/net/bsd/memory-kernel.ts';
import { createSocketModule } from '../../src/net/bsd/module.ts';
import { MemoryNetwork } from '../../src/net/network.ts';
import { nodeProgram } from '../../src/node/program-process.ts';
import { builtinsOf } from '../../src/runner/builtins.ts';
import type { Builtins } from '../../src/runner/link.ts';
import { noTrace } from '../../src/trace/tracer.ts';

/** The built-in modules of a process that is alone on its network. */
export function builtinsForTests(): Builtins {
  const kernel = new MemoryKernel(new MemoryNetwork(), systemHost.timers);
  return builtinsOf(createSocketModule({ kernel, host: systemHost, tracer: noTrace }).module, nodeProgram());
}
