import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ErrorStream } from '../../src/gateway/wsgi/error-stream.ts';
import { BodyBuffer, BodyInput } from '../../src/gateway/wsgi/input.ts';

const input = (text: string): BodyInput => new BodyInput(new TextEncoder().encode(text));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('wsgi.input', () => {
  test('PEP3333-streams-1: read(size), readline, readlines and iteration, one behind the other', () => {
    const body = input('ab\ncd\nef\ngh');
    expect(text(body.read(1))).toBe('a');
    expect(text(body.readline())).toBe('b\n');
    expect(body.readlines(1).map(text)).toEqual(['cd\n']);
    expect([...body].map(text)).toEqual(['ef\n', 'gh']);
  });

  test('PEP3333-streams-3: read() without a size, with undefined, null or a negative number, gives the rest', () => {
    for (const size of [undefined, null, -1, -100] as unknown as number[]) expect(text(input('abc').read(size))).toBe('abc');
    expect(text(input('abc').read())).toBe('abc');
  });

  test('PEP3333-streams-4: an exhausted stream gives empty bytestrings', () => {
    const body = input('x');
    body.read();
    expect([body.read(), body.read(5), body.read(0), body.readline(), body.readline(3)].map(({ length }) => length)).toEqual([0, 0, 0, 0, 0]);
    expect(body.readlines()).toEqual([]);
    expect([...body]).toEqual([]);
  });

  test('PEP3333-streams-5: readline takes a size', () => {
    const body = input('hello\nworld');
    expect(text(body.readline(3))).toBe('hel');
    expect(text(body.readline(100))).toBe('lo\n');
    expect(text(body.readline(0))).toBe('');
    expect(text(body.readline())).toBe('world');
  });

  test('readlines stops once the hint is reached', () => {
    expect(input('aa\nbb\ncc\n').readlines(4).map(text)).toEqual(['aa\n', 'bb\n']);
    expect(input('aa\nbb\n').readlines(0).map(text)).toEqual(['aa\n', 'bb\n']);
  });

  test('a size that is no number is refused', () => {
    expect(() => input('x').read('3' as unknown as number)).toThrow(TypeError);
    expect(() => input('x').read(NaN)).toThrow(TypeError);
  });

  test('what is read is a copy of its own', () => {
    const bytes = new TextEncoder().encode('abc');
    const body = new BodyInput(bytes);
    const part = body.read(2);
    part.fill(0);
    expect(text(bytes)).toBe('abc');
    expect(part.buffer.byteLength).toBe(2);
  });

  // Whatever is asked in whatever order, the parts put together are the body, and nothing is given twice.
  test('any sequence of reads gives the body, once', () => {
    const call = fc.oneof(fc.record({ kind: fc.constant('read'), size: fc.integer({ min: -2, max: 9 }) }), fc.record({ kind: fc.constant('readline'), size: fc.integer({ min: -2, max: 9 }) }), fc.record({ kind: fc.constant('readlines'), size: fc.integer({ min: 0, max: 9 }) }));
    fc.assert(fc.property(fc.array(fc.constantFrom(10, 97, 0, 255), { maxLength: 40 }), fc.array(call, { maxLength: 30 }), (octets, calls) => {
      const body = new BodyInput(Uint8Array.from(octets));
      const seen: number[] = [];
      for (const { kind, size } of calls) {
        if (kind === 'readlines') for (const line of body.readlines(size)) seen.push(...line);
        else {
          const part = kind === 'read' ? body.read(size) : body.readline(size);
          if (size >= 0) expect(part.length).toBeLessThanOrEqual(size);
          if (kind === 'readline') expect([...part.subarray(0, -1)]).not.toContain(10);
          seen.push(...part);
        }
      }
      seen.push(...body.read());
      expect(seen).toEqual(octets);
    }), { seed: 3333 });
  });
});

describe('a body while it arrives', () => {
  test.each([[-1], [0], [10], [100], [5_000_000]])('announced as %i, it is what came', (announced) => {
    const buffer = new BodyBuffer(announced);
    let expected = '';
    for (let i = 0; i < 50; i += 1) {
      const part = String.fromCharCode(97 + (i % 26)).repeat(i);
      buffer.append(new TextEncoder().encode(part));
      expected += part;
    }
    expect(buffer.size).toBe(expected.length);
    expect(text(buffer.bytes)).toBe(expected);
  });

  test('what is appended is copied', () => {
    const buffer = new BodyBuffer(3);
    const part = new TextEncoder().encode('abc');
    buffer.append(part);
    part.fill(0);
    expect(text(buffer.bytes)).toBe('abc');
  });

  test('a length that is only announced takes no memory', () => {
    const buffer = new BodyBuffer(2 ** 40);
    buffer.append(new Uint8Array(10));
    expect(buffer.bytes.buffer.byteLength).toBeLessThanOrEqual(1_048_576);
  });
});

test('PEP3333-streams-6: wsgi.errors keeps lines together', () => {
  const lines: string[] = [];
  const errors = new ErrorStream({ wroteErrors: (text) => void lines.push(text) });
  errors.write('a');
  errors.write('b\nc\nd');
  expect(lines).toEqual(['ab\nc']);
  errors.flush();
  errors.flush();
  errors.writelines(['e\n', 'f']);
  errors.write(7 as unknown as string);
  errors.flush();
  expect(lines).toEqual(['ab\nc', 'd', 'e', 'f7']);
});
