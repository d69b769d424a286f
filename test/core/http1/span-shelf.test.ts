/** Where the parts of a head lie is put down in memory that all connections share, and that dies young. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Connection } from '../../../src/core/http1/connection.ts';
import type { Request } from '../../../src/core/http1/events.ts';
import { defaultLimits } from '../../../src/core/http1/limits.ts';
import { answer } from '../../helpers/answer.ts';
import { randomCuts, seededRandom } from '../../helpers/cuts.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('globalThis.gc') as (options?: { readonly type: 'minor' }) => void;
setFlagsFromString('--no-expose-gc');

/** Lines that a connection remembers are not put down (`line-memory.ts`): so none comes again before it is forgotten. */
const heads = Array.from({ length: 32 }, (_, n) => new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 20 }, (__, i) => `X-Field-${i}: ${n}\r\n`).join('')}\r\n`));

/** Octets outside of the heap. Those of dead arrays are given back by a thread that comes after the collector. */
async function outside(): Promise<number> {
  for (let i = 0; i < 4; i += 1) {
    collect({ type: 'minor' });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return process.memoryUsage().arrayBuffers;
}

test('however many connections there are, no table of positions grows old', async () => {
  const connections = Array.from({ length: 64 }, () => new Connection({ role: 'server' }));
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      for (const connection of connections) {
        connection.receiveData(heads[i % heads.length]!);
        expect((connection.nextEvent() as Request).headers.notes).toBeUndefined();
        connection.nextEvent();
        answer(connection);
      }
      // A young generation is collected about once for so many requests.
      if (i % 8 === 0) collect({ type: 'minor' });
    }
  };
  rounds(100);
  collect();
  const before = await outside();
  rounds(400);
  // A head takes 210 octets of a table. What is left of a request hastens the next full collection.
  expect((await outside() - before) / (400 * 64)).toBeLessThan(10);
});

test.each([['of usual size', defaultLimits], ['with positions of more than sixteen bits', { ...defaultLimits, maxHeadBytes: 100_000 }]])('heads %s that arrive in turns, cut anywhere, keep their lines apart', (_name, limits) => {
  const seed = 9112;
  const random = seededRandom(seed);
  const requests: { readonly request: Request; readonly fields: readonly (readonly [string, string])[] }[] = [];
  for (let round = 0; round < 200; round += 1) {
    const senders = Array.from({ length: 5 }, (_, who) => {
      const fields = Array.from({ length: 1 + Math.floor(random() * 60) }, (__, i) => [i === 0 ? 'Host' : `X-${'n'.repeat(Math.floor(random() * 9))}-${i}`, `v${round}.${who}.${i}`] as const);
      const octets = new TextEncoder().encode(`GET / HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
      const cuts = [...(random() < 0.5 ? [] : randomCuts(octets.length, random)), octets.length];
      return { connection: new Connection({ role: 'server', limits }), fields, rest: cuts.map((to, i) => octets.slice(cuts[i - 1] ?? 0, to)) };
    });
    for (let left = senders; left.length > 0; left = left.filter(({ rest }) => rest.length > 0)) {
      const { connection, fields, rest } = left[Math.floor(random() * left.length)]!;
      connection.receiveData(rest.shift()!);
      const event = connection.nextEvent();
      if (rest.length > 0) expect(event.type).toBe('need-data');
      else requests.push({ request: event as Request, fields });
    }
  }
  expect(requests).toHaveLength(1000);
  // Long after others have come to the same memory.
  for (const { request, fields } of requests) expect(fields.map((_, i) => [request.headers.name(i), request.headers.value(i)]), `seed ${seed}`).toEqual(fields);
});
