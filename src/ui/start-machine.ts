import { systemHost } from '../host/system.ts';
import { createMachine } from '../machine/machine.ts';
import type { Machine } from '../machine/types.ts';
import { createSandboxSpawner } from './sandbox-spawner.ts';

/** The machine of the page: its processes are workers in the sandbox frame. */
export function startMachine(): Machine {
  const spawner = createSandboxSpawner();
  // The frame loads while the machine is still being told what to run.
  void spawner.warm();
  return createMachine({ spawner, host: systemHost });
}
