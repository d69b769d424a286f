/** The parsers that `bench-core.ts` compares with, behind one shape. */
import { createRequire } from 'node:module';
import { Llhttp } from './llhttp.ts';

/** Something that reads one message from its octets, over and over. */
export type Reader = (bytes: readonly Uint8Array[]) => void;
/** Told how much was read, so that no reading can be left out. */
export type Count = (amount: number) => void;

const require = createRequire(import.meta.url);

/** Parsers take only Buffers; each is made once, as node:http gets them. */
function buffers(): (piece: Uint8Array) => Buffer {
  const made = new Map<Uint8Array, Buffer>();
  return (piece) => {
    let buffer = made.get(piece);
    if (buffer === undefined) made.set(piece, (buffer = Buffer.from(piece)));
    return buffer;
  };
}

/** A parser with the interface of Node's binding: numbered callbacks, every string made. */
interface BindingLike {
  execute(bytes: Buffer): unknown;
  [callback: number]: ((...args: never[]) => unknown) | undefined;
}

function listen(parser: BindingLike, at: { readonly headers: number; readonly complete: number; readonly body: number; readonly end: number }, count: Count, bodyLength: (...args: never[]) => number): Reader {
  // Names and values are read one by one, as ours are.
  const read = (strings: readonly string[], more: number): void => {
    let sum = more;
    for (let i = 0; i < strings.length; i += 1) sum += strings[i]!.length;
    count(sum);
  };
  parser[at.headers] = (headers: string[]): void => read(headers, 0);
  parser[at.complete] = (_major: number, _minor: number, headers: string[] | undefined, _method: number, url: string | undefined): number => {
    read(headers ?? [], url?.length ?? 0);
    return 0;
  };
  parser[at.body] = (...args: never[]): void => count(bodyLength(...args));
  parser[at.end] = (): void => count(1);
  const bufferOf = buffers();
  return (pieces) => {
    for (const piece of pieces) {
      const result = parser.execute(bufferOf(piece));
      if (typeof result !== 'number') throw result;
    }
  };
}

/** Node's own parser: llhttp by its C++ binding. */
export function llhttpReader(count: Count): Reader {
  const parser = new Llhttp();
  parser.initialize(Llhttp.REQUEST, {}, 65_536);
  const at = { headers: Llhttp.kOnHeaders, complete: Llhttp.kOnHeadersComplete, body: Llhttp.kOnBody, end: Llhttp.kOnMessageComplete };
  return listen(parser as unknown as BindingLike, at, count, (bytes: Uint8Array) => bytes.length);
}

/** http-parser-js: the same interface in JavaScript. */
export function httpParserJsReader(count: Count): Reader {
  interface Class { new (type: string): BindingLike; readonly REQUEST: string; readonly kOnHeaders: number; readonly kOnHeadersComplete: number; readonly kOnBody: number; readonly kOnMessageComplete: number }
  const { HTTPParser } = require('http-parser-js') as { readonly HTTPParser: Class };
  const at = { headers: HTTPParser.kOnHeaders, complete: HTTPParser.kOnHeadersComplete, body: HTTPParser.kOnBody, end: HTTPParser.kOnMessageComplete };
  return listen(new HTTPParser(HTTPParser.REQUEST), at, count, (_buffer: Buffer, _offset: number, length: number) => length);
}

interface LlhttpExports {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  llhttp_alloc(type: number): number;
  llhttp_execute(parser: number, at: number, length: number): number;
}

/** llhttp compiled to WebAssembly, as undici ships it. Each callback makes the string that it is told of. */
export async function llhttpWasmReader(count: Count): Promise<Reader> {
  const { TYPE } = require('undici/lib/llhttp/constants.js') as { readonly TYPE: { readonly REQUEST: number } };
  const code = require('undici/lib/llhttp/llhttp_simd-wasm.js') as Uint8Array<ArrayBuffer>;
  let octets = Buffer.alloc(0);
  const text = (_parser: number, at: number, length: number): number => {
    count(octets.toString('latin1', at, at + length).length);
    return 0;
  };
  const nothing = (): number => 0;
  const { instance } = await WebAssembly.instantiate(code, {
    env: {
      wasm_on_url: text, wasm_on_status: text, wasm_on_header_field: text, wasm_on_header_value: text, wasm_on_message_begin: nothing, wasm_on_headers_complete: nothing,
      wasm_on_body: (_parser: number, _at: number, length: number): number => {
        count(length);
        return 0;
      },
      wasm_on_message_complete: (): number => {
        count(1);
        return 0;
      },
    },
  });
  const llhttp = instance.exports as unknown as LlhttpExports;
  const parser = llhttp.llhttp_alloc(TYPE.REQUEST);
  const room = 65_536;
  const at = llhttp.malloc(room);
  octets = Buffer.from(llhttp.memory.buffer);
  return (pieces) => {
    for (const piece of pieces) {
      if (piece.length > room) throw new RangeError(`a piece of ${piece.length} octets`);
      octets.set(piece, at);
      const error = llhttp.llhttp_execute(parser, at, piece.length);
      if (error !== 0) throw new Error(`llhttp (wasm): error ${error}`);
    }
  };
}
