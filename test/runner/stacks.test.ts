import { expect, test, vi } from 'vitest';
import { link } from '../../src/runner/link.ts';
import { StackReader } from '../../src/runner/stacks.ts';
import { fakeHost } from '../helpers/fake-clock.ts';

test('so many stacks are read in a while, and then again: a stack costs more than serving a small request', () => {
  const host = fakeHost();
  const reader = new StackReader(link({ 'app.ts': 'export const app = 1;' }, 'app.ts', {}));
  const place = { file: 'app.ts', line: 1 };
  vi.spyOn(reader, 'site').mockReturnValue(place);
  const ask = (times: number): number => Array.from({ length: times }, () => reader.here()).filter((site) => site !== undefined).length;
  expect(ask(1000)).toBe(1000);
  reader.paceBy(host.clock);
  expect(ask(1000)).toBe(100);
  host.advance(99);
  expect(ask(1)).toBe(0);
  host.advance(1);
  expect(ask(1000)).toBe(100);
});
