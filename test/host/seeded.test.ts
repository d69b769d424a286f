import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replayEpochMs, replayHost, seededRandom, VirtualHost } from '../../src/host/seeded.ts';
import { systemHost } from '../../src/host/system.ts';

describe('seededRandom', () => {
  test('the same seed gives the same numbers, another gives others', () => {
    const numbers = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 10 }, () => random.next());
    };
    expect(numbers(42)).toEqual(numbers(42));
    expect(numbers(42)).not.toEqual(numbers(43));
    // Frozen: a saved replay must come out the same in the next version.
    expect(numbers(1).slice(0, 3)).toMatchInlineSnapshot(`
      [
        0.09156953264027834,
        0.5061978038866073,
        0.8881928145419806,
      ]
    `);
  });

  test('numbers are in [0, 1) and even: no tenth is off by more than a tenth of its share', () => {
    const random = seededRandom(7);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i += 1) tenths[Math.floor(random.next() * 10)]! += 1;
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(1000);
  });

  test('fill fills all of any length and returns the array', () => {
    for (const length of [0, 1, 3, 4, 5, 4096]) {
      const bytes = new Uint8Array(length);
      expect(seededRandom(3).fill(bytes)).toBe(bytes);
      if (length > 64) expect(new Set(bytes).size).toBeGreaterThan(200);
    }
  });
});

describe('VirtualHost', () => {
  test('time moves only when told, and the wall clock with it', () => {
    const host = new VirtualHost({ epochMs: 1000 });
    expect([host.clock.now(), host.clock.wallMs()]).toEqual([0, 1000]);
    host.advance(12.5);
    expect([host.clock.now(), host.clock.wallMs()]).toEqual([12.5, 1012.5]);
    expect(new VirtualHost().clock.wallMs()).toBe(replayEpochMs);
  });

  test('timers fire in order of time, then of age, each at its moment; never within after()', () => {
    const host = new VirtualHost();
    const log: string[] = [];
    const set = (name: string, ms: number): unknown => host.timers.after(ms, () => log.push(`${name}@${host.clock.now()}`));
    set('c', 20);
    set('a', 10);
    set('b', 10);
    set('now', 0);
    set('past', -5);
    expect(log).toEqual([]);
    host.advance(20);
    expect(log).toEqual(['now@0', 'past@0', 'a@10', 'b@10', 'c@20']);
  });

  test('a timer set by a timer counts on the way', () => {
    const host = new VirtualHost();
    const times: number[] = [];
    const again = (): void => {
      times.push(host.clock.now());
      host.timers.after(10, again);
    };
    host.timers.after(10, again);
    host.advance(35);
    expect([times, host.pendingTimers, host.nextDue]).toEqual([[10, 20, 30], 1, 40]);
  });

  test('cancel forgets; unknown and fired handles are ignored', () => {
    const host = new VirtualHost();
    const fired: string[] = [];
    const handle = host.timers.after(5, () => fired.push('a'));
    host.timers.cancel(handle);
    host.timers.cancel(handle);
    host.timers.cancel(undefined);
    host.timers.cancel('nonsense');
    host.advance(10);
    expect([fired, host.step()]).toEqual([[], false]);
  });

  test('whatever is set and cancelled, time never goes back and what is due is called', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ ms: fc.double({ min: -10, max: 100, noNaN: true }), cancel: fc.boolean(), advance: fc.double({ min: 0, max: 30, noNaN: true }) })), (steps) => {
        const host = new VirtualHost();
        let last = 0;
        let due = 0;
        let fired = 0;
        for (const { ms, cancel, advance } of steps) {
          const handle = host.timers.after(ms, () => {
            fired += 1;
            expect(host.clock.now()).toBeGreaterThanOrEqual(last);
            last = host.clock.now();
          });
          if (cancel) host.timers.cancel(handle);
          else due += 1;
          host.advance(advance);
        }
        host.advance(200);
        expect([fired, host.pendingTimers]).toEqual([due, 0]);
      }),
    );
  });
});

describe('replayHost', () => {
  /** The same things happen in the same order; real time differs. */
  const run = (realMs: number): number[] => {
    const pace = new VirtualHost();
    const host = replayHost({ seed: 5, pace: pace.timers });
    const read: number[] = [host.clock.now(), host.clock.wallMs()];
    host.timers.after(100, () => read.push(host.clock.now(), host.random.next()));
    pace.advance(realMs);
    read.push(host.clock.now());
    return read;
  };

  test('two runs read the same times although one took longer', () => {
    expect(run(100)).toEqual(run(5000));
  });

  test('a timer reads the moment at which it was due; every look takes a microsecond', () => {
    expect(run(100).filter((_value, index) => index !== 3)).toEqual([0.001, replayEpochMs, 100.002, 100.003]);
  });

  test('timers are paced, and can be cancelled', () => {
    const pace = new VirtualHost();
    const host = replayHost({ seed: 5, pace: pace.timers });
    let fired = false;
    host.timers.cancel(host.timers.after(10, () => (fired = true)));
    pace.advance(20);
    expect([fired, pace.pendingTimers]).toEqual([false, 0]);
  });
});

describe('systemHost', () => {
  test('the clock is monotonic and the wall clock is the date', () => {
    const before = systemHost.clock.now();
    expect(systemHost.clock.now()).toBeGreaterThanOrEqual(before);
    expect(Math.abs(systemHost.clock.wallMs() - Date.now())).toBeLessThan(60_000);
  });

  test('a timer fires later, not within the call; a cancelled one does not', async () => {
    const fired: string[] = [];
    const handle = systemHost.timers.after(0, () => fired.push('cancelled'));
    systemHost.timers.cancel(handle);
    await new Promise<void>((resolve) => {
      systemHost.timers.after(0, () => {
        fired.push('kept');
        resolve();
      });
      expect(fired).toEqual([]);
    });
    expect(fired).toEqual(['kept']);
  });

  test('a delay that does not fit into 32 bits does not fire at once', async () => {
    let fired = false;
    const handle = systemHost.timers.after(2 ** 40, () => (fired = true));
    await new Promise((resolve) => setTimeout(resolve, 5));
    systemHost.timers.cancel(handle);
    expect(fired).toBe(false);
  });

  test('fill goes beyond the quota of getRandomValues', () => {
    const bytes = systemHost.random.fill(new Uint8Array(200_000));
    expect(new Set(bytes.subarray(199_000)).size).toBeGreaterThan(100);
  });
});
