import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PayloadRing } from '../../src/trace/payload-ring.ts';

test('what goes in comes out in the same order, however often the ring has come round or grown', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(40))), (rounds) => {
    const ring = new PayloadRing<number>();
    const model: number[] = [];
    let number = 0;
    for (const [pushes, shifts] of rounds) {
      for (let i = 0; i < pushes; i += 1) {
        ring.push(number);
        model.push(number);
        number += 1;
      }
      for (let i = 0; i < shifts; i += 1) expect(ring.shift()).toBe(model.shift());
      expect(model.map((_, i) => ring.at(i))).toEqual(model);
    }
    expect(() => ring.at(model.length)).toThrow(RangeError);
    ring.clear();
    expect(ring.shift()).toBeUndefined();
  }));
});
