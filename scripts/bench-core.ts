/**
 * What reading a request costs, beside Node's own parser (llhttp by its binding), http-parser-js and llhttp as WebAssembly, on the same octets in the same process.
 *
 *     usage: npm run bench:core -- [--rounds N] [--json]
 *
 * Rounds are interleaved, so that noise of the machine hits both alike; the median of the rounds' ratios is reported. Absolute numbers are for
 * orientation only. What is measured of ours is the receiving half of a connection: octets in, request and end out, states moved, next cycle begun.
 *
 * - spans: no string is made but the method.
 * - strings: method, target and every field's name and value are read, as a gateway does. (llhttp's binding always makes them.)
 * - traced: as strings, and every token is recorded in a ring of numbers: where a head's parts are, and each fact.
 * - recorded (no goal): the same with the recorder of src/trace, which stamps each event with time and order.
 * - again (no goal): as strings, of a client that says the same each time. Everywhere else no request has the fields of one before it, since those would not be read (`line-memory.ts`).
 */
import { Recorder } from '../src/trace/recorder.ts';
import type { Stream, Token, TraceInput } from '../src/trace/events.ts';
import { tokenFact } from '../src/trace/facts.ts';
import { type Section, sectionColumns } from '../src/trace/section.ts';
import { noTrace, type Tracer } from '../src/trace/tracer.ts';
import { Exchange } from '../src/core/http1/exchange.ts';
import { END, RESPONSE } from '../src/core/http1/machine.ts';
import { Receiver } from '../src/core/http1/receiver.ts';
import { strict } from '../src/core/http1/leniency.ts';
import { defaultLimits } from '../src/core/http1/limits.ts';
import type { Request } from '../src/core/http1/events.ts';
import { httpParserJsReader, llhttpReader, llhttpWasmReader, type Reader } from './bench-peers.ts';
import { countOf, readOptions } from './options.ts';

const octets = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

const small = octets('GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n');
const browserFields = [
  'Host: localhost:8080', 'Connection: keep-alive', 'Cache-Control: max-age=0', 'Upgrade-Insecure-Requests: 1',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document', 'Accept-Encoding: gzip, deflate, br, zstd', 'Accept-Language: en-GB,en;q=0.9',
];
const typical = octets(`GET /index.html?lang=en HTTP/1.1\r\n${browserFields.map((field) => `${field}\r\n`).join('')}\r\n`);
const cookie = Array.from({ length: 40 }, (_, i) => `cookie_${i}=${'0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_'.repeat(2).slice(i, i + 90)}`).join('; ');
const large = octets(`GET /index.html?lang=en HTTP/1.1\r\n${[...browserFields, ...splitCookie(cookie)].map((field) => `${field}\r\n`).join('')}\r\n`);

/** Browsers send one Cookie field; 4 kB of them. */
function splitCookie(text: string): string[] {
  return [`Cookie: ${text}`];
}

function chunkedBody(chunk: number): { readonly head: Uint8Array; readonly body: Uint8Array; readonly content: number } {
  const count = Math.floor(60_000 / (chunk + 8));
  const one = `${chunk.toString(16)}\r\n${'x'.repeat(chunk)}\r\n`;
  return { head: octets('POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'), body: octets(`${one.repeat(count)}0\r\n\r\n`), content: count * chunk };
}

let sink = 0;

const count = (amount: number): void => { sink += amount; };

function ourReader(strings: boolean, tracer: Tracer): Reader {
  const exchange = new Exchange('server', tracer, 1);
  const receiver = new Receiver(exchange, defaultLimits, strict, false);
  return (pieces) => {
    for (const piece of pieces) {
      receiver.take(piece);
      for (;;) {
        const event = receiver.next();
        if (event.type === 'request') {
          if (strings) readStrings(event);
          else sink += event.headers.length;
        } else if (event.type === 'data') sink += event.bytes.length;
        else if (event.type === 'end') {
          sink += 1;
          // Writing the answer is not measured; that it was given is told to the state machine.
          exchange.moveOurs(RESPONSE);
          exchange.moveOurs(END);
          exchange.next();
          receiver.nextCycle();
          break;
        } else break;
      }
    }
  };
}

function readStrings({ method, target, headers }: Request): void {
  sink += method.length + target.length;
  for (let i = 0; i < headers.length; i += 1) sink += headers.name(i).length + headers.value(i).length;
}

/** The least that a recorder of one connection can do: a fact is four numbers in a ring, and so is a field line; an event is kept until the ring comes round. */
class NumberRing implements Tracer {
  readonly enabled = true;
  readonly clock = 0;
  readonly #facts = new Int32Array(4 * 4096);
  readonly #events: unknown[] = new Array<unknown>(256).fill(undefined);
  #at = 0;
  #next = 0;
  fact(code: number, _connection: number, exchange: number, a: number, b: number): void {
    const at = this.#at;
    const facts = this.#facts;
    facts[at] = code;
    facts[at + 1] = exchange;
    facts[at + 2] = a;
    facts[at + 3] = b;
    this.#at = (at + 4) & (4 * 4096 - 1);
  }
  section({ code, offset, a, b, c, tail, spans, first, count }: Section, connection: number, exchange: number): void {
    this.fact(code, connection, exchange, offset, a);
    this.fact(count, connection, b, c, tail);
    let at = this.#at;
    const facts = this.#facts;
    for (let i = 0, s = first; i < count; i += 1, s += sectionColumns) {
      facts[at] = spans[s]!;
      facts[at + 1] = spans[s + 1]!;
      facts[at + 2] = spans[s + 2]!;
      facts[at + 3] = spans[s + 3]!;
      at = (at + 4) & (4 * 4096 - 1);
    }
    this.#at = at;
  }
  token(token: Token, connection: number, exchange: number, stream: Stream, start: number, end: number): void {
    this.fact(tokenFact(token, stream), connection, exchange, start, end);
  }
  emit(event: TraceInput): void {
    this.#events[this.#next] = event;
    this.#next = (this.#next + 1) & 255;
  }
  witness(): void {}
}

/** The recorder that is used, never drained: it drops its oldest rows, which is what it does when nobody looks. */
function recorder(): Tracer {
  return new Recorder({ process: 'bench', clock: { now: () => performance.now(), wallMs: () => Date.now() }, budgetBytes: 1 << 20 });
}

/** A message, in pieces; and others that differ in the last letter of the host. More of them than a connection remembers. */
const variantsOf = (message: Uint8Array): (readonly Uint8Array[])[] => [...'abcdefghijklmnopqrstuvwxyzABCDEF'].map((letter) => [octets(Buffer.from(message).toString('latin1').replace('localhost', `localhos${letter}`))]);

/** Nanoseconds of processor time per message: what other processes take does not count, nor hide. The messages are given in turn. */
function time(reader: Reader, messages: readonly (readonly Uint8Array[])[], repeats: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < repeats; i += 1) reader(messages[i % messages.length]!);
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1e3) / repeats;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

interface Row { readonly name: string; readonly llhttp: number; readonly ratios: Readonly<Record<string, number>>; readonly ns: Readonly<Record<string, number>> }

/** `makers`: the ways to read, by name. Their ratios are to `llhttp`, which must be among them. */
function measure(name: string, makers: Readonly<Record<string, () => Reader>>, messages: readonly (readonly Uint8Array[])[], repeats: number, rounds: number): Row {
  const readers = Object.entries(makers).map(([key, make]) => [key, make()] as const);
  for (const [, reader] of readers) time(reader, messages, repeats);
  const ns: Record<string, number[]> = {};
  const ratios: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    const now: Record<string, number> = {};
    for (const [key, reader] of readers) (ns[key] ??= []).push((now[key] = time(reader, messages, repeats)));
    for (const [key] of readers) (ratios[key] ??= []).push(now[key]! / now['llhttp']!);
  }
  return {
    name,
    llhttp: median(ns['llhttp']!),
    ratios: Object.fromEntries(Object.entries(ratios).map(([key, values]) => [key, median(values)])),
    ns: Object.fromEntries(Object.entries(ns).map(([key, values]) => [key, median(values)])),
  };
}

const { values } = readOptions('usage: npm run bench:core -- [--rounds N] [--json]', { options: { rounds: { type: 'string', default: '15' }, json: { type: 'boolean' } } });
const rounds = countOf(values.rounds, '--rounds');

const goals: Readonly<Record<string, number>> = { spans: 0.35, strings: 0.6, traced: 0.75 };
const llhttp = (): Reader => llhttpReader(count);
const ours = { llhttp, spans: () => ourReader(false, noTrace), strings: () => ourReader(true, noTrace), traced: () => ourReader(true, new NumberRing()) };
const messages = [
  { name: `smallest, ${small.length} B`, variants: variantsOf(small), repeats: 20_000 },
  { name: `browser, ${typical.length} B`, variants: variantsOf(typical), repeats: 10_000 },
  { name: `cookies, ${large.length} B`, variants: variantsOf(large), repeats: 4000 },
];
const heads = messages.map(({ name, variants, repeats }) => measure(name, ours, variants, repeats, rounds));
const again = messages.map(({ name, variants, repeats }) => measure(name, { llhttp, again: () => ourReader(true, noTrace) }, [variants[0]!], repeats, rounds));
const bodies = [64, 1024, 16_384].map((size) => {
  const { head, body, content } = chunkedBody(size);
  return { size, content, row: measure(`chunks of ${size} B`, ours, [[head, body]], 300, rounds) };
});
// A process has one kind of tracer, so this one is kept out of the others' machine code.
const recorded = messages.map(({ name, variants, repeats }) => measure(name, { llhttp, recorded: () => ourReader(true, recorder()) }, variants, repeats, rounds));

const wasm = await llhttpWasmReader(count);
const peers = messages.map(({ name, variants, repeats }) => measure(name, { llhttp, 'http-parser-js': () => httpParserJsReader(count), 'llhttp wasm': () => wasm }, variants, repeats, rounds));

if (values.json === true) console.log(JSON.stringify({ heads, again, bodies, recorded, peers }));
else {
  console.log(`node ${process.version}; ns per request; ratio to llhttp's binding, median of ${rounds} interleaved rounds`);
  console.log(`${'request'.padEnd(18)}${'llhttp'.padStart(8)}${Object.keys(goals).map((key) => `${key.padStart(9)} ratio (goal)`).join('')}  recorded  again`);
  for (const [i, { name, ns, ratios }] of heads.entries()) {
    console.log(`${name.padEnd(18)}${ns['llhttp']!.toFixed(0).padStart(8)}${Object.entries(goals).map(([key, goal]) => `${ns[key]!.toFixed(0).padStart(9)} ${ratios[key]!.toFixed(2).padStart(5)} (${goal.toFixed(2)})`).join('')}${recorded[i]!.ratios['recorded']!.toFixed(2).padStart(10)}${again[i]!.ratios['again']!.toFixed(2).padStart(7)}${Object.entries(goals).every(([key, goal]) => ratios[key]! <= goal) ? '' : '  *'}`);
  }
  console.log(`\n${'chunked body'.padEnd(18)}${'llhttp MB/s'.padStart(12)}${'ours'.padStart(8)}${'traced'.padStart(8)}`);
  for (const { content, row: { name, ns } } of bodies) {
    const rate = (key: string): string => ((content / ns[key]!) * 1000).toFixed(0);
    console.log(`${name.padEnd(18)}${rate('llhttp').padStart(12)}${rate('spans').padStart(8)}${rate('traced').padStart(8)}`);
  }
  console.log(`\n${'others, with strings'.padEnd(22)}${'http-parser-js'.padStart(20)}${'llhttp wasm'.padStart(20)}`);
  for (const { name, ns, ratios } of peers) console.log(`${name.padEnd(22)}${['http-parser-js', 'llhttp wasm'].map((key) => `${ns[key]!.toFixed(0)} ns, ${ratios[key]!.toFixed(2)}`.padStart(20)).join('')}`);
  if (sink === 0) console.log('nothing was read');
}
