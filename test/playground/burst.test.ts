import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LoadReport, LoadRequest } from '../../src/machine/load-types.ts';
import { burstNumbers, gantt, spread } from '../../src/playground/burst.ts';

const request = (index: number, queuedAt: number, startedAt: number, servedAt: number, endedAt: number, process = 'worker-1', more: Partial<LoadRequest> = {}): LoadRequest =>
  ({ index, client: index, connection: index + 1, exchange: 1, queuedAt, acceptedAt: queuedAt, startedAt, servedAt, endedAt, ...(process !== '' && { process }), status: 200, ...more });
const report = (requests: readonly LoadRequest[], processes = ['worker-1']): LoadReport => ({
  plan: { count: requests.length, concurrency: 1, keepAlive: false, thinkMs: 0, request: new Uint8Array(0) }, requests, ms: Math.max(0, ...requests.map(({ endedAt }) => endedAt)), processes,
});

describe('the picture', () => {
  test('one after the other is one lane; at the same time are several', () => {
    const [one] = gantt(report([request(0, 0, 1, 9, 10), request(1, 10, 11, 19, 20)]));
    expect([one!.lanes, one!.bars.map(({ lane }) => lane)]).toEqual([1, [0, 0]]);
    const [two] = gantt(report([request(0, 0, 1, 9, 10), request(1, 0, 10, 19, 20), request(2, 11, 12, 13, 14)]));
    expect([two!.lanes, two!.bars.map(({ lane }) => lane)]).toEqual([2, [0, 1, 0]]);
  });

  test('a group for each process, also for one that did nothing, and for requests that nobody accepted', () => {
    const groups = gantt(report([request(0, 0, 1, 2, 3, 'worker-2'), { index: 1, client: 1, connection: 0, exchange: 0, queuedAt: 0, endedAt: 0, failure: 'refused' }], ['worker-1', 'worker-2']));
    expect(groups.map(({ process, lanes }) => [process, lanes])).toEqual([['worker-1', 0], ['worker-2', 1], ['', 1]]);
  });

  test('no two bars of a lane overlap, whatever happened', () => {
    const any = fc.array(fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 50 })), { maxLength: 40 });
    fc.assert(fc.property(any, (times) => {
      const [group] = gantt(report(times.map(([at, long], index) => request(index, at, at, at + long, at + long))));
      for (const lane of new Set(group!.bars.map((bar) => bar.lane))) {
        const bars = group!.bars.filter((bar) => bar.lane === lane);
        for (let i = 1; i < bars.length; i += 1) expect(bars[i]!.queued).toBeGreaterThanOrEqual(bars[i - 1]!.done);
      }
    }));
  });
});

describe('the numbers', () => {
  test('are those of the requests', () => {
    const numbers = burstNumbers(report([request(0, 0, 10, 30, 40), request(1, 0, 30, 50, 50), request(2, 50, 50, 90, 100, 'worker-2'), request(3, 60, 60, 60, 60, '', { failure: 'reset' })], ['worker-1', 'worker-2']));
    expect(numbers).toEqual({
      answered: 3, failed: 1, perSecond: 30,
      total: { median: 50, p90: 50, p99: 50, most: 50 }, waiting: { median: 10, p90: 30, p99: 30, most: 30 }, service: { median: 20, p90: 40, p99: 40, most: 40 },
      byProcess: [['worker-1', 2], ['worker-2', 1]],
    });
  });

  test('there are none of nothing', () => {
    expect(burstNumbers(report([]))).toMatchObject({ answered: 0, perSecond: 0, total: undefined });
  });

  test('percentiles by nearest rank occur among the numbers, and rise', () => {
    expect(spread(Array.from({ length: 100 }, (_, index) => index + 1))).toEqual({ median: 50, p90: 90, p99: 99, most: 100 });
    fc.assert(fc.property(fc.array(fc.nat(), { minLength: 1 }), (numbers) => {
      const { median, p90, p99, most } = spread(numbers)!;
      for (const each of [median, p90, p99, most]) expect(numbers).toContain(each);
      expect([median, p90, p99, most]).toEqual([median, p90, p99, most].toSorted((a, b) => a - b));
    }));
  });
});
