import { describe, expect, test } from 'vitest';
import { formatArguments, inspect } from '../../src/runner/inspect.ts';

class Point { x = 1; y = 2; }
class Secret { #hidden = 1; get shown() { return this.#hidden; } }

describe('inspect', () => {
  test.each<[string, unknown, string]>([
    ['a string', "it's", `"it's"`],
    ['a string with control characters', 'a\n\t\0', `'a\\n\\t\\x00'`],
    ['numbers', [0, -0, Number.NaN, 1n], '[ 0, -0, NaN, 1n ]'],
    ['nothing', [undefined, null], '[ undefined, null ]'],
    ['symbols', Symbol('s'), 'Symbol(s)'],
    ['functions', [function f() {}, () => 1, Point], '[ [Function: f], [Function (anonymous)], [class Point] ]'],
    ['a plain object', { a: 1, 'b c': 'd', [Symbol.for('e')]: {} }, "{ a: 1, 'b c': 'd', [Symbol(e)]: {} }"],
    ['an object of a class', new Point(), 'Point { x: 1, y: 2 }'],
    ['private fields', new Secret(), 'Secret {}'],
    ['no prototype', Object.assign(Object.create(null), { a: 1 }), '[Object: null prototype] { a: 1 }'],
    ['a sparse array', Object.assign(new Array(4), { 0: 1, 3: 4 }), '[ 1, <2 empty>, 4 ]'],
    ['an array with members', Object.assign([1], { extra: true }), '[ 1, extra: true ]'],
    ['bytes', new Uint8Array([1, 2]), 'Uint8Array(2) [ 1, 2 ]'],
    ['a buffer', new ArrayBuffer(3), 'ArrayBuffer { byteLength: 3 }'],
    ['maps and sets', [new Map([[{}, 1]]), new Set(['a'])], "[ Map(1) { {} => 1 }, Set(1) { 'a' } ]"],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['no date', new Date(Number.NaN), 'Invalid Date'],
    ['a pattern', /a\/b/g, '/a\\/b/g'],
    ['a promise', Promise.resolve(1), 'Promise {}'],
    ['boxes', [new Number(1), new String('a')], "[ [Number: 1], [String: 'a'] ]"],
    ['a tag', new (class Tagged { [Symbol.toStringTag] = 'T'; })(), "Tagged [T] { [Symbol(Symbol.toStringTag)]: 'T' }"],
    ['deep things', { a: { b: { c: { d: { e: 1 } } } } }, '{ a: { b: { c: { d: [Object] } } } }'],
  ])('%s', (_what, value, text) => {
    expect(inspect(value)).toBe(text);
  });

  test('circles', () => {
    const circle: Record<string, unknown> = { name: 'c' };
    circle['self'] = { circle };
    expect(inspect(circle)).toBe("{ name: 'c', self: { circle: [Circular] } }");
  });

  test('calls no getter, and no toString', () => {
    let called = 0;
    const value = { get a() { return (called += 1); }, set b(_: number) {}, get c() { return 1; }, set c(_: number) {}, toString() { called += 1; return 'x'; }, toJSON() { called += 1; } };
    expect(inspect(value)).toBe('{\n  a: [Getter],\n  b: [Setter],\n  c: [Getter/Setter],\n  toString: [Function: toString],\n  toJSON: [Function: toJSON]\n}');
    expect(called).toBe(0);
  });

  test('survives a proxy that throws', () => {
    expect(inspect(new Proxy({}, { ownKeys: () => { throw new Error('no'); }, getPrototypeOf: () => { throw new Error('no'); } }))).toBe('[a value that cannot be shown]');
  });

  test('what is long goes onto lines', () => {
    expect(inspect({ one: 'x'.repeat(40), two: { three: 'y'.repeat(40) } })).toBe(`{\n  one: '${'x'.repeat(40)}',\n  two: { three: '${'y'.repeat(40)}' }\n}`);
  });

  test('what is longer ends', () => {
    expect(inspect(Array.from({ length: 1000 }, (_, i) => i))).toMatch(/ 99,\n? +… 900 more/);
    expect(inspect(new Uint8Array(50_000_000)).length).toBeLessThan(2000);
    const wide = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 'z'.repeat(2000)));
    expect(inspect(wide).length).toBeLessThan(400_000);
  });

  test('an error is its stack, with what was added to it', () => {
    const error = Object.assign(new TypeError('bad'), { code: 'E1', stack: 'TypeError: bad\n    at somewhere' });
    expect(inspect(error)).toBe("TypeError: bad\n    at somewhere { code: 'E1' }");
  });
});

describe('console arguments', () => {
  test.each<[string, unknown[], string]>([
    ['are joined by spaces', ['a', 1, { b: 2 }], 'a 1 { b: 2 }'],
    ['strings are themselves', ["it's", 'x'], "it's x"],
    ['%s %d %i %f', ['%s|%d|%i|%f', 'a', '4.5', '4.5', '4.5'], 'a|4.5|4|4.5'],
    ['%o %O %j', ['%o %O %j', { a: 1 }, [2], 'x'], "{ a: 1 } [ 2 ] 'x'"],
    ['%c takes a style and prints nothing', ['%cred', 'color: red', 'more'], 'red more'],
    ['%% is a percent sign', ['100%% %s', 'sure'], '100% sure'],
    ['a directive without argument stays', ['%s and %s', 'one'], 'one and %s'],
    ['only the first string directs', [1, '%s', 2], '1 %s 2'],
    ['none', [], ''],
  ])('%s', (_what, values, text) => {
    expect(formatArguments(values)).toBe(text);
  });
});
