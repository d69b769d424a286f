import { constants, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InflateProblem, MessageDeflater, MessageInflater } from '../../../src/core/ws/permessage-deflate.ts';
import { type Cuts, pieces, randomCuts, seededRandom } from '../../helpers/cuts.ts';

/** A block with the fixed Huffman codes (RFC 1951 §3.2.6): literals below 144, and matches of 258 or 3 octets. */
class FixedBlock {
  #bits = '';

  constructor(last = false) {
    this.#bits = `${last ? '1' : '0'}10`; // BTYPE 01, its least significant bit first
  }

  literal(octet: number): this {
    this.#bits += (0x30 + octet).toString(2).padStart(8, '0');
    return this;
  }

  match(length: 3 | 258, distance: number): this {
    this.#bits += length === 3 ? '0000001' : '11000101';
    let [code, base, extra] = [0, 1, 0];
    while (distance >= base + (1 << extra)) {
      base += 1 << extra;
      code += 1;
      extra = Math.max(0, (code >> 1) - 1);
    }
    this.#bits += code.toString(2).padStart(5, '0');
    for (let bit = 0; bit < extra; bit += 1) this.#bits += ((distance - base) >> bit) & 1;
    return this;
  }

  /** With the end-of-block code, and behind it whatever bits are given; then up to the next octet. */
  end(following = ''): Uint8Array {
    const bits = `${this.#bits}0000000${following}`;
    return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) => parseInt([...bits.slice(i * 8, i * 8 + 8).padEnd(8, '0')].reverse().join(''), 2));
  }
}

/** The header of the empty stored block whose length octets are dropped (RFC7692-7.2.1). */
const flush = '000';

/** Each way to cut so many octets. */
const allCuts = (length: number): Cuts[] => Array.from({ length: 1 << (length - 1) }, (_, ways) => Array.from({ length: length - 1 }, (_, i) => i + 1).filter((at) => (ways >> (at - 1)) & 1));

/** What comes out of messages, one after the other, up to the first that cannot be inflated. The size of what is held at once is checked, too. */
function inflate(inflater: MessageInflater, messages: readonly { readonly payload: Uint8Array; readonly cuts: Cuts }[], room = 1 << 20): string[] {
  const lines: string[] = [];
  for (const { payload, cuts } of messages) {
    let out = '';
    let left = room;
    let taken = 0;
    for (const piece of pieces(payload, cuts)) {
      taken += piece.length;
      const { bytes, problem } = inflater.push(piece, taken === payload.length, left);
      if (bytes.length > left) throw new Error(`${bytes.length} octets for ${left}`);
      left -= bytes.length;
      out += Buffer.from(bytes).toString('latin1');
      if (problem !== undefined) return [...lines, out, problem];
    }
    lines.push(out);
  }
  return lines;
}

const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const nothing = new Uint8Array(0);
const problems: readonly string[] = ['bad data', 'unfinished', 'too big'] satisfies InflateProblem[];

describe('each way to cut gives the same', () => {
  const hello = Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00);
  /** A message that says where its own octets are taken from. */
  const far = (distance: number): Uint8Array => new FixedBlock().literal(120).match(258, 1).match(3, distance).end(flush);
  const x = (n: number): string => 'x'.repeat(n);
  const stored = (text: string, length = text.length): Uint8Array => join(Uint8Array.of(0, length, 0, 0xff - length, 0xff), new TextEncoder().encode(text));

  const table: { readonly title: string; readonly messages: readonly Uint8Array[]; readonly expected: readonly string[]; readonly bits?: number; readonly reset?: boolean; readonly room?: number }[] = [
    { title: 'RFC7692-7.2.2 a message', messages: [hello], expected: ['Hello'] },
    { title: 'RFC7692-7.1.2.2 a reference as far back as the window is long', bits: 8, messages: [far(256)], expected: [x(262)] },
    { title: 'RFC7692-7.1.2.2 a reference beyond the window, to octets of the same message', bits: 8, messages: [far(257)], expected: [x(259), 'bad data'] },
    { title: 'RFC7692-7.1.2.2 a reference beyond a window of 512', bits: 9, messages: [far(200), new FixedBlock().match(258, 1).match(3, 513).end(flush)], expected: [x(262), x(258), 'bad data'] },
    { title: 'RFC7692-7.1.2.2 the window is as long after a message that began anew', bits: 8, reset: true, messages: [hello, far(257)], expected: ['Hello', x(259), 'bad data'] },
    { title: 'RFC7692-7.2.3.4 the window is as long after a block with BFINAL', bits: 8, messages: [join(new FixedBlock(true).literal(120).match(258, 1).end(), far(257))], expected: [x(518), 'bad data'] },
    { title: 'RFC7692-7.1.1 a reference into a message that is forgotten', reset: true, messages: [hello, new FixedBlock().match(3, 1).end(flush)], expected: ['Hello', '', 'bad data'] },
    { title: 'RFC7692-7.1.1 a message that is forgotten leaves no bits', reset: true, messages: [hello, hello], expected: ['Hello', 'Hello'] },
    { title: 'RFC7692-7.2.3.4 blocks with BFINAL', messages: [join(new FixedBlock(true).literal(72).end(), new FixedBlock(true).literal(105).end(), Uint8Array.of(0))], expected: ['Hi'] },
    { title: 'RFC7692-7.2.3.4 the empty block that is cut short has BFINAL', messages: [join(new FixedBlock().literal(72).end(`100`)), hello], expected: ['H', 'Hello'] },
    { title: 'RFC7692-7.2.3.4 no empty block behind one with BFINAL', messages: [new FixedBlock(true).literal(72).end(), hello], expected: ['H', 'unfinished'] },
    { title: 'RFC7692-7.2.2 a message that ends inside a stored block', messages: [stored('ab', 9), hello], expected: ['ab', 'unfinished'] },
    { title: 'RFC7692-7.2.2 a message that ends inside the codes of a block', messages: [hello.slice(0, 2), hello], expected: ['H', 'unfinished'] },
    { title: 'RFC7692-7.2.2 a message that ends with its last block', messages: [stored('ab'), hello], expected: ['ab', 'unfinished'] },
    { title: 'RFC7692-7.2.2 a block of the reserved type', messages: [join(stored('ab'), Uint8Array.of(0x06))], expected: ['ab', 'bad data'] },
    { title: 'RFC7692-7.2.2 a stored block whose lengths differ', messages: [Uint8Array.of(0, 1, 0, 0xff, 0xff, 97, 0)], expected: ['', 'bad data'] },
    { title: 'RFC6455-10.4 too much before what is bad', room: 4, messages: [join(stored('abcde'), Uint8Array.of(0x06))], expected: ['abcd', 'too big'] },
    { title: 'RFC6455-10.4 what is bad before too much', room: 4, messages: [join(stored('abcd'), Uint8Array.of(0x06))], expected: ['abcd', 'bad data'] },
    { title: 'RFC6455-10.4 nothing may come, and nothing does', room: 0, messages: [Uint8Array.of(0)], expected: [''] },
    { title: 'RFC6455-10.4 a match across the limit, and a reference beyond the window behind it', bits: 8, room: 100, messages: [far(257)], expected: [x(100), 'too big'] },
  ];
  test.each(table)('$title', ({ messages, expected, bits = 15, reset = false, room }) => {
    // The last message in every way, with those before it whole; and each of those in every way.
    for (const [i, message] of messages.entries()) {
      for (const cuts of allCuts(message.length)) {
        const outcome = inflate(new MessageInflater(bits, reset), messages.map((payload, k) => ({ payload, cuts: k === i ? cuts : [] })), room);
        expect(outcome, `message ${i} cut at ${cuts.join(', ')}`).toEqual(expected);
      }
    }
  });
});

test('RFC7692-7.2.2 an empty last piece ends a message', () => {
  const inflater = new MessageInflater(15, false);
  expect(inflater.push(Uint8Array.of(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00), false, 100).problem).toBeUndefined();
  expect(inflater.push(nothing, true, 100)).toEqual({ bytes: nothing, problem: undefined });
  expect(inflate(inflater, [{ payload: Uint8Array.of(0xf2, 0x00, 0x11, 0x00, 0x00), cuts: [] }])).toEqual(['Hello']);
  // A message without any octet: an empty stored block has to have its header.
  expect(inflater.push(nothing, true, 100).problem).toBe('unfinished');
});

describe('properties', () => {
  /** Texts that repeat themselves, near and far. */
  const plain = fc.array(fc.tuple(fc.uint8Array({ maxLength: 12 }), fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 6 }).map((parts) => join(Uint8Array.of(0), ...parts.flatMap(([part, times]) => Array.from({ length: times }, () => part))));
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 2 });
  const damaged = fc.tuple(fc.array(plain, { minLength: 1, maxLength: 3 }), damage, fc.integer({ min: 9, max: 15 })).map(([messages, at, bits]) => {
    const deflater = new MessageDeflater(bits, false);
    const payloads = messages.map((message) => deflater.message(message).slice());
    const last = payloads.at(-1)!;
    for (const [where, octet] of at) last[where % last.length] = octet;
    return payloads;
  });

  test('damaged or not, and with whatever window: the outcome is the same however it is cut', () => {
    let refused = 0;
    fc.assert(
      fc.property(damaged, fc.integer({ min: 8, max: 15 }), fc.boolean(), fc.integer({ min: 1, max: 2000 }), fc.nat(), (payloads, bits, reset, room, seed) => {
        const random = seededRandom(seed);
        const once = (cutsOf: (length: number) => Cuts): string[] => inflate(new MessageInflater(bits, reset), payloads.map((payload) => ({ payload, cuts: cutsOf(payload.length) })), room);
        const whole = once(() => []);
        if (whole.length > 1 && problems.includes(whole.at(-1)!)) refused += 1;
        expect(once((length) => Array.from({ length: length - 1 }, (_, i) => i + 1))).toEqual(whole);
        for (let i = 0; i < 4; i += 1) expect(once((length) => randomCuts(length, random))).toEqual(whole);
      }),
      { numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  /** What Node's zlib makes of a message; `all`: it did not stop behind a block with BFINAL. */
  const zlib = (payload: Uint8Array): { readonly text: string; readonly all: boolean } | undefined => {
    const whole = join(payload, Uint8Array.of(0, 0, 0xff, 0xff));
    try {
      const { buffer, engine } = inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH, info: true }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      return { text: buffer.toString('latin1'), all: engine.bytesWritten === whole.length };
    } catch {
      return undefined;
    }
  };

  test('Node’s zlib reads the same, and refuses nothing that is not refused here', () => {
    let read = 0;
    fc.assert(
      fc.property(damaged.map((payloads) => payloads[0]!), (payload) => {
        const [ours, problem] = inflate(new MessageInflater(15, false), [{ payload, cuts: [] }]) as [string, InflateProblem?];
        const theirs = zlib(payload);
        if (theirs === undefined) expect(['bad data', 'unfinished']).toContain(problem);
        else if (!theirs.all) expect(ours.startsWith(theirs.text)).toBe(true);
        else if (problem === undefined) expect(ours).toBe(theirs.text);
        // It takes what was put back for data, where a message ends inside a block.
        else expect([problem, theirs.text.startsWith(ours)]).toEqual(['unfinished', true]);
        if (problem === undefined) read += 1;
      }),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test('RFC7692-7.1.2.1 what is compressed for a window is read with that window, also with the smallest', () => {
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 4 }), fc.integer({ min: 8, max: 15 }), fc.boolean(), (messages, bits, reset) => {
        const deflater = new MessageDeflater(bits, reset);
        const outcome = inflate(new MessageInflater(bits, reset), messages.map((message) => ({ payload: deflater.message(message).slice(), cuts: [] })));
        expect(outcome).toEqual(messages.map((message) => Buffer.from(message).toString('latin1')));
      }),
      { numRuns: 200 },
    );
  });
});
