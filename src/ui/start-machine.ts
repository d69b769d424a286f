import { libraryUrls } from 'virtual:porthole-runtime';
import { systemHost } from '../host/system.ts';
import { createMachine } from '../machine/machine.ts';
import type { Machine } from '../machine/types.ts';
import { fetchText } from './parts/fetch-text.ts';
import { pythonSource } from './python-source.ts';
import { createSandboxSpawner } from './sandbox-spawner.ts';

/** The machine of the page: its processes are workers in the sandbox frame. */
export function startMachine(): Machine {
  const spawner = createSandboxSpawner();
  // The frame loads while the machine is still being told what to run.
  void spawner.warm();
  return createMachine({ spawner, host: systemHost, library: async (name) => fetchText(libraryUrls[name]!, name), python: pythonSource });
}
