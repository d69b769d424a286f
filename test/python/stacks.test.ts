/** Who waits for what: no Python is needed to see that. */
import { expect, test } from 'vitest';
import { mainStack, Stacks, type Outcome } from '../../src/python/stacks.ts';
import { fakeHost, passTime, settle } from '../helpers/fake-clock.ts';

/** As the wrapped functions of `gc-fix.ts` call it: a stack is suspended, others run, it goes on. */
function suspend(stacks: Stacks): () => void {
  const token = stacks.suspended();
  return () => stacks.resumed(token);
}

class Thing {
  readonly watchers = new Set<() => void>();
  watch(listener: () => void): () => void {
    this.watchers.add(listener);
    return () => void this.watchers.delete(listener);
  }
  change(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}

test('a wait ends by a change, by time, or by being woken, and leaves nothing behind', async () => {
  const host = fakeHost();
  const stacks = new Stacks(host);
  const thing = new Thing();
  const outcomes: Outcome[] = [];
  const wait = (stack: number, ms?: number): void => void stacks.wait(stack, [thing], ms).then((outcome) => outcomes.push(outcome));
  wait(1);
  wait(2, 50);
  wait(3);
  expect(thing.watchers.size).toBe(3);
  await passTime(host, 60);
  expect(outcomes).toEqual(['timeout']);
  stacks.wake(3);
  await settle();
  expect(outcomes).toEqual(['timeout', 'changed']);
  thing.change();
  await settle();
  expect([outcomes, thing.watchers.size, host.nextDue]).toEqual([['timeout', 'changed', 'changed'], 0, undefined]);
});

test('whoever is woken before it waits does not wait, once', async () => {
  const stacks = new Stacks(fakeHost());
  stacks.wake(4);
  expect(await stacks.wait(4, [])).toBe('changed');
  stacks.begin(4);
  stacks.wake(4);
  stacks.forgetWake();
  let over = false;
  void stacks.wait(4, []).then(() => (over = true));
  await settle();
  expect(over).toBe(false);
});

test('which stack runs follows the switches', () => {
  const stacks = new Stacks(fakeHost());
  const main = suspend(stacks);
  stacks.begin(1);
  const first = suspend(stacks);
  main();
  expect(stacks.current).toBe(mainStack);
  const again = suspend(stacks);
  first();
  expect(stacks.current).toBe(1);
  again();
  expect(stacks.current).toBe(mainStack);
});

test('SIGINT is for the main stack, when it goes on', async () => {
  const stacks = new Stacks(fakeHost());
  const outcomes: string[] = [];
  void stacks.wait(mainStack, []).then((outcome) => outcomes.push(`main ${outcome}`));
  const main = suspend(stacks);
  stacks.begin(1);
  void stacks.wait(1, []).then((outcome) => outcomes.push(`1 ${outcome}`));
  const first = suspend(stacks);
  stacks.interrupt();
  await settle();
  expect(outcomes).toEqual(['main interrupted']);
  first();
  expect(stacks.signals[0]).toBe(0);
  suspend(stacks);
  main();
  expect(stacks.signals[0]).toBe(2);
});

test('SIGINT for a main stack that does not wait ends its next wait', async () => {
  const stacks = new Stacks(fakeHost());
  stacks.interrupt();
  let other = false;
  void stacks.wait(1, []).then(() => (other = true));
  expect(await stacks.wait(mainStack, [])).toBe('interrupted');
  expect(other).toBe(false);
});

test('after a while without rest it is tired', async () => {
  const host = fakeHost();
  const stacks = new Stacks(host);
  expect(stacks.tired).toBe(false);
  host.advance(101);
  expect(stacks.tired).toBe(true);
  const rested = stacks.rest();
  await passTime(host, 1);
  await rested;
  expect(stacks.tired).toBe(false);
});
