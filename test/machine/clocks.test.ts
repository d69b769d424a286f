/** Each process has a clock of its own; in the trace all are one. */
import { expect, test } from 'vitest';
import type { Host } from '../../src/host/effects.ts';
import { createMachine } from '../../src/machine/machine.ts';
import { beatMs } from '../../src/machine/process.ts';
import { Recorder } from '../../src/trace/recorder.ts';
import { realHost } from '../helpers/hosts.ts';
import { puppets, started } from './puppet.ts';
import { snippetOf } from './rig.ts';

test('a process that is slow to load is asked the time again at once: its first answer says little', async () => {
  let now = 1000;
  // No heartbeat ever: what is asked is asked for another reason.
  const { timers, ...real } = realHost();
  const host: Host = { ...real, clock: { now: () => now, wallMs: () => now }, timers: { ...timers, after: (ms, callback) => (ms === beatMs ? undefined : timers.after(ms, callback)) } };
  const far = { now: () => now + 5000, wallMs: () => now };
  let load!: () => void;
  const loaded = new Promise<void>((resolve) => (load = resolve));
  const { spawner, made } = puppets(started);
  const machine = createMachine({ spawner, host, library: async () => '' });
  const heard = new Promise<number>((resolve) => {
    machine.subscribe((event) => {
      const log = event.type === 'trace' ? event.events.find(({ type }) => type === 'log') : undefined;
      if (log) resolve(log.at);
    });
  });
  const running = machine.run(snippetOf(''));
  await expect.poll(() => made.length).toBe(1);
  const wire = await made[0]!.wire;
  let answers = 0;
  const asked = new Promise<void>((resolve) => {
    wire.on('message', async (message: { type: string; id: number }) => {
      if (message.type !== 'ping') return;
      await loaded;
      wire.postMessage({ type: 'pong', id: message.id, clock: 0, now: far.now() });
      if (++answers === 2) resolve();
    });
  });
  // It was asked at 1000, and answers when it has loaded.
  now = 1200;
  load();
  await asked;
  const recorder = new Recorder({ process: 'anybody', clock: far });
  recorder.emit({ type: 'log', connection: 0, exchange: 0, source: 'stdout', level: 'info', text: 'x' });
  const batch = recorder.drain();
  wire.postMessage({ type: 'trace', batch });
  expect(await heard).toBe(1200);
  await running;
  await machine.stop();
});
