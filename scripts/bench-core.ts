/**
 * What reading a request costs, beside Node's own parser (llhttp by its binding) on the same octets in the same process.
 *
 *     usage: npx tsx scripts/bench-core.ts [--rounds N] [--json]
 *
 * Rounds are interleaved, so that noise of the machine hits both alike; the median of the rounds' ratios is reported. Absolute numbers are for
 * orientation only. What is measured of ours is the receiving half of a connection: octets in, request and end out, states moved, next cycle begun.
 *
 * - spans: no string is made but the method.
 * - strings: method, target and every field's name and value are read, as a gateway does. (llhttp's binding always makes them.)
 * - traced: as strings, and every token is recorded in a ring of numbers.
 * - recorded (no goal): the same with the recorder of src/trace, which stamps each event with time and order.
 */
import { Recorder } from '../src/trace/recorder.ts';
import type { Stream, Token, TraceInput } from '../src/trace/events.ts';
import { tokenNames } from '../src/trace/rows.ts';
import { noTrace, type Tracer } from '../src/trace/tracer.ts';
import { END, Exchange, RESPONSE } from '../src/core/http1/exchange.ts';
import { Receiver } from '../src/core/http1/receiver.ts';
import { strict } from '../src/core/http1/leniency.ts';
import { defaultLimits } from '../src/core/http1/limits.ts';
import type { Request } from '../src/core/http1/events.ts';
import { Llhttp } from './llhttp.ts';

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

/** Something that reads one message from its octets, over and over. */
type Reader = (bytes: readonly Uint8Array[]) => void;

function llhttpReader(): Reader {
  const parser = new Llhttp();
  parser.initialize(Llhttp.REQUEST, {}, 65_536);
  parser[Llhttp.kOnHeaders] = (headers: string[]): void => { sink += headers.length; };
  parser[Llhttp.kOnHeadersComplete] = (_major: number, _minor: number, headers: string[] | undefined, _method: number, url: string | undefined): number => {
    sink += (headers?.length ?? 0) + (url?.length ?? 0);
    return 0;
  };
  parser[Llhttp.kOnBody] = (bytes: Uint8Array): void => { sink += bytes.length; };
  parser[Llhttp.kOnMessageComplete] = (): void => { sink += 1; };
  // It takes only Buffers that it can see the memory of; made once, as node:http gets them.
  const buffers = new Map<Uint8Array, Buffer>();
  return (pieces) => {
    for (const piece of pieces) {
      let buffer = buffers.get(piece);
      if (buffer === undefined) buffers.set(piece, (buffer = Buffer.from(piece)));
      const result = parser.execute(buffer);
      if (typeof result !== 'number') throw result;
    }
  };
}

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

/** A number for a token: the frequent ones by comparison, which is quicker than any table with names for keys. */
function codeOf(token: Token): number {
  switch (token) {
    case 'separator': return 0;
    case 'line-end': return 1;
    case 'field-name': return 2;
    case 'field-value': return 3;
    default: return 4 + tokenNames.indexOf(token);
  }
}

/** The least that a recorder can do: a token is four numbers in a ring, an event is kept until the ring comes round. */
class TokenRing implements Tracer {
  readonly enabled = true;
  readonly clock = 0;
  readonly #tokens = new Int32Array(4 * 4096);
  readonly #events: unknown[] = new Array<unknown>(256).fill(undefined);
  #at = 0;
  #next = 0;
  token(token: Token, _connection: number, exchange: number, stream: Stream, start: number, end: number): void {
    const at = this.#at;
    const tokens = this.#tokens;
    tokens[at] = codeOf(token) * 2 + (stream === 's2c' ? 1 : 0);
    tokens[at + 1] = exchange;
    tokens[at + 2] = start;
    tokens[at + 3] = end;
    this.#at = (at + 4) & (4 * 4096 - 1);
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

/** Nanoseconds of processor time per message: what other processes take does not count, nor hide. */
function time(reader: Reader, pieces: readonly Uint8Array[], repeats: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < repeats; i += 1) reader(pieces);
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1e3) / repeats;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

interface Row { readonly name: string; readonly llhttp: number; readonly ratios: Readonly<Record<string, number>>; readonly ns: Readonly<Record<string, number>> }

function measure(name: string, pieces: readonly Uint8Array[], repeats: number, rounds: number): Row {
  const readers: Record<string, Reader> = { llhttp: llhttpReader(), spans: ourReader(false, noTrace), strings: ourReader(true, noTrace), traced: ourReader(true, new TokenRing()), recorded: ourReader(true, recorder()) };
  for (const reader of Object.values(readers)) time(reader, pieces, repeats);
  const ns: Record<string, number[]> = {};
  const ratios: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    const now: Record<string, number> = {};
    for (const [key, reader] of Object.entries(readers)) (ns[key] ??= []).push((now[key] = time(reader, pieces, repeats)));
    for (const key of Object.keys(readers)) (ratios[key] ??= []).push(now[key]! / now['llhttp']!);
  }
  return {
    name,
    llhttp: median(ns['llhttp']!),
    ratios: Object.fromEntries(Object.entries(ratios).map(([key, values]) => [key, median(values)])),
    ns: Object.fromEntries(Object.entries(ns).map(([key, values]) => [key, median(values)])),
  };
}

const args = process.argv.slice(2);
let rounds = 15;
let json = false;
for (let i = 0; i < args.length; i += 1) {
  if (args[i] === '--json') json = true;
  else if (args[i] === '--rounds' && /^\d+$/.test(args[i + 1] ?? '')) rounds = Number(args[(i += 1)]);
  else {
    console.error('usage: npx tsx scripts/bench-core.ts [--rounds N] [--json]');
    process.exit(2);
  }
}

const goals: Readonly<Record<string, number>> = { spans: 0.35, strings: 0.6, traced: 0.75 };
const heads = [measure(`smallest, ${small.length} B`, [small], 20_000, rounds), measure(`browser, ${typical.length} B`, [typical], 10_000, rounds), measure(`cookies, ${large.length} B`, [large], 4000, rounds)];
const bodies = [64, 1024, 16_384].map((size) => {
  const { head, body, content } = chunkedBody(size);
  return { size, content, row: measure(`chunks of ${size} B`, [head, body], 300, rounds) };
});

if (json) console.log(JSON.stringify({ heads, bodies }));
else {
  console.log(`node ${process.version}; ns per request; ratio to llhttp's binding, median of ${rounds} interleaved rounds`);
  console.log(`${'request'.padEnd(18)}${'llhttp'.padStart(8)}${Object.keys(goals).map((key) => `${key.padStart(9)} ratio (goal)`).join('')}  recorded`);
  for (const { name, ns, ratios } of heads) {
    console.log(`${name.padEnd(18)}${ns['llhttp']!.toFixed(0).padStart(8)}${Object.entries(goals).map(([key, goal]) => `${ns[key]!.toFixed(0).padStart(9)} ${ratios[key]!.toFixed(2).padStart(5)} (${goal.toFixed(2)})`).join('')}${ratios['recorded']!.toFixed(2).padStart(10)}${Object.entries(goals).every(([key, goal]) => ratios[key]! <= goal) ? '' : '  *'}`);
  }
  console.log(`\n${'chunked body'.padEnd(18)}${'llhttp MB/s'.padStart(12)}${'ours'.padStart(8)}${'traced'.padStart(8)}`);
  for (const { content, row: { name, ns } } of bodies) {
    const rate = (key: string): string => ((content / ns[key]!) * 1000).toFixed(0);
    console.log(`${name.padEnd(18)}${rate('llhttp').padStart(12)}${rate('spans').padStart(8)}${rate('traced').padStart(8)}`);
  }
  if (sink === 0) console.log('nothing was read');
}
