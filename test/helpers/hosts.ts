import { systemHost } from '../../src/host/system.ts';
import type { Host } from '../../src/host/effects.ts';
import { seededRandom } from '../../src/host/seeded.ts';

/** Real time, repeatable chance: for tests over real sockets and ports. */
export function realHost(seed = 1): Host {
  return { clock: systemHost.clock, timers: systemHost.timers, random: seededRandom(seed) };
}
