/**
 * The few globals that every JavaScript host has and that are pure enough for inner folders.
 * Inner projects compile with `lib: ["ES2024"]` and include this file; anything not listed does not exist for them.
 */
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBufferView | ArrayBufferLike, options?: { stream?: boolean }): string;
}
