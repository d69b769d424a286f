import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followEdit, moveCut, segmentCuts, tidy, toggleCut, turnsOf } from '../../src/playground/delivery.ts';
import { addRequests, companions, deleteRequest, deliverRequest, editRequest, insertRequest, moveRequest, requestsOf, shownRequest } from '../../src/playground/requests.ts';
import type { SavedRequest, SnippetDelivery } from '../../src/snippet/schema.ts';
import { snippet } from './traces.ts';

const request = (delivery?: SnippetDelivery, raw = 'GET / HTTP/1.1\r\n\r\n'): SavedRequest => ({ name: '', raw, ...(delivery && { delivery }) });
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const told = (delivery?: SnippetDelivery) => turnsOf(request(delivery, 'abcd')).map((turn) => turn.map(({ outgoing: { bytes, ...rest } }) => [text(bytes), rest]));

describe('what the machine is asked to do', () => {
  test.each<readonly [string, SnippetDelivery | undefined, unknown]>([
    ['nothing said', undefined, [[['abcd', {}]]]],
    ['cuts, each with its pause or the general one', { cuts: [{ at: 1, pauseMs: 5 }, { at: 3 }], pauseMs: 2 }, [[['abcd', { cuts: [1, 3], pauses: [5, 2] }]]]],
    ['cuts without pauses', { cuts: [{ at: 2 }] }, [[['abcd', { cuts: [2] }]]]],
    ['byte by byte, whatever the cuts are', { everyBytes: 1, cuts: [{ at: 2 }] }, [[['abcd', { cuts: [1, 2, 3] }]]]],
    ['no more than so many octets', { stopAfter: 3, everyBytes: 2, ending: 'reset' }, [[['abc', { cuts: [2], resetAfter: true }]]]],
    ['cuts at or past the end', { cuts: [{ at: 1 }, { at: 4 }, { at: 9 }] }, [[['abcd', { cuts: [1] }]]]],
    ['pipelined: one stream', { copies: 2, copiesHow: 'pipelined', cuts: [{ at: 1 }], ending: 'close' }, [[['abcdabcd', { cuts: [1, 5], endAfter: true }]]]],
    ['parallel: a connection each', { copies: 2, copiesHow: 'parallel', ending: 'reset' }, [[['abcd', { resetAfter: true }]], [['abcd', { resetAfter: true }]]]],
    ['in turn: only the last one ends the connection', { copies: 2, ending: 'close' }, [[['abcd', {}], ['abcd', { endAfter: true }]]]],
  ])('%s', (_name, delivery, expected) => {
    expect(told(delivery)).toEqual(expected);
  });

  test('with others: in turn, in one stream, and on connections of their own; each cut as it says itself', () => {
    const others = [request({ cuts: [{ at: 1 }], ending: 'reset', copies: 9 }, 'xyz'), request({ stopAfter: 1 }, 'uv')];
    const asked = (delivery: SnippetDelivery) => turnsOf(request(delivery, 'abcd'), others).map((turn) => turn.map(({ outgoing: { bytes, ...rest } }) => [text(bytes), rest]));
    expect(asked({ ending: 'close' })).toEqual([[['abcd', {}], ['xyz', { cuts: [1] }], ['u', { endAfter: true }]]]);
    expect(asked({ copiesHow: 'pipelined', cuts: [{ at: 2 }] })).toEqual([[['abcdxyzu', { cuts: [2, 5] }]]]);
    expect(asked({ copiesHow: 'parallel' })).toEqual([[['abcd', {}]], [['xyz', { cuts: [1] }]], [['u', {}]]]);
    expect(asked({ copies: 2 }).map((turn) => turn.map(([sent]) => sent))).toEqual([['abcd', 'xyz', 'u', 'abcd', 'xyz', 'u']]);
  });

  test('a large body byte by byte is no more than 5000 segments', () => {
    expect(segmentCuts({ everyBytes: 1 }, 1_000_000)).toHaveLength(4999);
  });
});

test('what is said by default is not written down; unknown members are', () => {
  expect(tidy({ copies: 1, copiesHow: 'in-turn', reuse: false, cuts: [], pauseMs: 0 })).toBeUndefined();
  expect(tidy({ copies: 1, later: 1 } as SnippetDelivery)).toEqual({ later: 1 });
});

describe('cuts', () => {
  test('are put and taken away, in order, and not at the ends', () => {
    const one = toggleCut([], 3, 9);
    expect(toggleCut(one, 1, 9)).toEqual([{ at: 1 }, { at: 3 }]);
    expect(toggleCut(one, 3, 9)).toEqual([]);
    expect([toggleCut(one, 0, 9), toggleCut(one, 9, 9)]).toEqual([one, one]);
  });

  test('move with their pause, stop at the ends, and do not meet', () => {
    const cuts = [{ at: 2, pauseMs: 7 }, { at: 5 }];
    expect(moveCut(cuts, 2, 7, 9)).toEqual([{ at: 5 }, { at: 7, pauseMs: 7 }]);
    expect(moveCut(cuts, 2, -4, 9)).toEqual([{ at: 1, pauseMs: 7 }, { at: 5 }]);
    expect(moveCut(cuts, 2, 5, 9)).toBe(cuts);
  });

  test('stay with their octets when the bytes around them change', () => {
    expect(followEdit([{ at: 1 }, { at: 4 }], 'ab__cd', 'abXX__cd')).toEqual([{ at: 1 }, { at: 6 }]);
    expect(followEdit([{ at: 3 }, { at: 5 }], 'abcdef', 'abf')).toEqual([]);
  });

  test('an edit never leaves one out of range or out of order', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }), fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 }), (before, after) => {
      const cuts = Array.from({ length: Math.max(0, before.length - 1) }, (_, at) => ({ at: at + 1 }));
      const kept = followEdit(cuts, before, after).map(({ at }) => at);
      expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
      expect(kept.every((at) => at > 0 && at < after.length)).toBe(true);
      // As many octets on the left of a cut as before, or as many on its right.
      if (before === after) expect(kept).toEqual(cuts.map(({ at }) => at));
    }));
  });
});

describe('saved requests', () => {
  const three = addRequests({ ...snippet, requests: [{ name: 'a', raw: 'a' }] }, [{ name: 'b', raw: 'b' }, { name: 'c', raw: 'c' }]);
  const names = (of: typeof three): string => requestsOf(of).map(({ name }) => name).join('');

  test('are added at the end, and the first of them is shown', () => {
    expect([names(three), shownRequest(three).name]).toEqual(['abc', 'b']);
    const full = addRequests(three, Array.from({ length: 300 }, () => ({ name: 'x', raw: '' })));
    expect(requestsOf(full)).toHaveLength(200);
    expect(addRequests(full, [{ name: 'y', raw: '' }])).toBe(full);
  });

  test('change places; the shown one stays shown', () => {
    const moved = moveRequest(three, 1, -1);
    expect([names(moved), shownRequest(moved).name]).toEqual(['bac', 'b']);
    const other = moveRequest(three, 2, -1);
    expect([names(other), shownRequest(other).name]).toEqual(['acb', 'b']);
    expect(moveRequest(three, 0, -1)).toBe(three);
  });

  test('keep how they go out when their bytes change', () => {
    const cut = deliverRequest(three, { cuts: [{ at: 1 }], copies: 1 });
    expect(shownRequest(cut)).toEqual({ name: 'b', raw: 'b', delivery: { cuts: [{ at: 1 }] } });
    expect(shownRequest(editRequest(cut, 'xb')).delivery).toBeUndefined();
    expect(shownRequest(deliverRequest(cut, {}))).toEqual({ name: 'b', raw: 'b' });
  });
});

describe('requests that go out together', () => {
  const named = (name: string): SavedRequest => ({ name, raw: `GET /${name} HTTP/1.1\r\n\r\n` });
  const four = deliverRequest({ ...snippet, requests: ['a', 'b', 'c', 'd'].map(named), view: { request: 0 } }, { with: [1, 3] });
  const names = (of: typeof four): string[] => companions(of).map(({ name }) => name);

  test('are found by their places, without the request itself and those that are not there', () => {
    expect(names(four)).toEqual(['b', 'd']);
    expect(names(deliverRequest(four, { with: [0, 2, 9] }))).toEqual(['c']);
  });

  test('stay the same requests when the list changes', () => {
    expect(names(moveRequest(four, 1, 1))).toEqual(['b', 'd']);
    expect(names(moveRequest(four, 0, 1))).toEqual(['b', 'd']);
    const without = deleteRequest(four, 1);
    expect(names(without)).toEqual(['d']);
    expect(companions(insertRequest({ ...without, view: { request: 0 } }, 0, named('new')))).toEqual([]);
    const shifted = insertRequest(four, 0, named('new'));
    expect(names({ ...shifted, view: { request: 1 } })).toEqual(['b', 'd']);
  });
});
