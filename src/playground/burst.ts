import type { LoadReport, LoadRequest } from '../machine/load-types.ts';

/** One request in the picture. Times: ms since the burst began. */
export interface GanttBar {
  readonly request: LoadRequest;
  /** Which of the lanes of its group, from 0. */
  readonly lane: number;
  /** It waits from here; it is served from `start` to `end`; the client has the answer at `done`. */
  readonly queued: number;
  readonly start: number;
  readonly end: number;
  readonly done: number;
}

/** What one process did. */
export interface GanttGroup {
  /** Its name; '' for requests that no process accepted. */
  readonly process: string;
  readonly lanes: number;
  readonly bars: readonly GanttBar[];
}

/** Requests over processes: a lane is as wide as it takes for no two of its requests to overlap. */
export function gantt(report: LoadReport): readonly GanttGroup[] {
  const groups = new Map<string, LoadRequest[]>(report.processes.map((process) => [process, []]));
  for (const request of report.requests) {
    const process = request.process ?? '';
    groups.set(process, [...(groups.get(process) ?? []), request]);
  }
  return [...groups].map(([process, requests]) => {
    /** When each lane is free again. */
    const free: number[] = [];
    const bars = requests.toSorted((a, b) => a.queuedAt - b.queuedAt || a.index - b.index).map((request): GanttBar => {
      const start = request.startedAt ?? request.endedAt;
      const end = request.servedAt ?? request.endedAt;
      const found = free.findIndex((at) => at <= request.queuedAt);
      const lane = found < 0 ? free.length : found;
      free[lane] = request.endedAt;
      return { request, lane, queued: request.queuedAt, start, end, done: request.endedAt };
    });
    return { process, lanes: free.length, bars };
  });
}

/** Some of many numbers. ms. */
export interface Spread {
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly most: number;
}

/** The burst in numbers. Each comes from times that were measured. */
export interface BurstNumbers {
  /** Whole responses. */
  readonly answered: number;
  readonly failed: number;
  /** Answered requests per second, from the first that was sent to the last answer. */
  readonly perSecond: number;
  /** From sending to the whole answer. */
  readonly total: Spread | undefined;
  /** From sending to the call of the app. */
  readonly waiting: Spread | undefined;
  /** From the call of the app to the end of its answer. */
  readonly service: Spread | undefined;
  /** Requests by process, in the order of the report. */
  readonly byProcess: readonly (readonly [process: string, requests: number])[];
}

/** Throughput, percentiles and who did how much. */
export function burstNumbers(report: LoadReport): BurstNumbers {
  const { requests, ms, processes } = report;
  const good = requests.filter((request) => request.failure === undefined);
  const started = good.filter((request) => request.startedAt !== undefined);
  return {
    answered: good.length,
    failed: requests.length - good.length,
    perSecond: ms > 0 ? (good.length * 1000) / ms : 0,
    total: spread(good.map((request) => request.endedAt - request.queuedAt)),
    waiting: spread(started.map((request) => request.startedAt! - request.queuedAt)),
    service: spread(started.flatMap((request) => (request.servedAt === undefined ? [] : [request.servedAt - request.startedAt!]))),
    byProcess: processes.map((process) => [process, requests.filter((request) => request.process === process).length] as const),
  };
}

/** Percentiles by nearest rank: each is a number that occurred. Undefined where there are none. */
export function spread(numbers: readonly number[]): Spread | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  return { median: at(0.5), p90: at(0.9), p99: at(0.99), most: sorted.at(-1)! };
}
