import { VirtualHost } from '../../src/host/seeded.ts';

/** A {@link VirtualHost} for tests: time moves when the test says so. */
export function fakeHost(options: { readonly seed?: number; readonly epochMs?: number } = {}): VirtualHost {
  return new VirtualHost(options);
}

/** Let promise jobs and posted messages run: a few turns of the event loop, no timers. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Move time on by `ms`, letting promise jobs run before, between and after the timers that fall due. */
export async function passTime(host: VirtualHost, ms: number): Promise<void> {
  const end = host.clock.now() + ms;
  await settle(1);
  for (let due = host.nextDue; due !== undefined && due <= end; due = host.nextDue) {
    host.advance(due - host.clock.now());
    await settle(1);
  }
  host.advance(Math.max(0, end - host.clock.now()));
  await settle(1);
}

/** Move time from timer to timer until none waits, or `maxSteps` have fired (then throws: something rearms itself for ever). */
export async function runTimers(host: VirtualHost, maxSteps = 10_000): Promise<void> {
  await settle(1);
  for (let step = 0; host.step(); step += 1) {
    if (step === maxSteps) throw new Error(`more than ${maxSteps} timers fired`);
    await settle(1);
  }
}
