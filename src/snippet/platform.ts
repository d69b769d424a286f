/**
 * The facilities of the host beyond ES2024 that this folder needs; browsers, Node, Deno and Bun all have them.
 * Named here by their shape, so that the folder compiles without the DOM and nothing else slips in.
 */
export interface ByteTransform {
  readonly readable: { getReader(): { read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>; cancel(reason?: unknown): Promise<void> } };
  readonly writable: { getWriter(): { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> } };
}

/** See {@link ByteTransform}. */
export const platform = globalThis as unknown as {
  readonly CompressionStream: new (format: 'deflate-raw') => ByteTransform;
  readonly DecompressionStream: new (format: 'deflate-raw') => ByteTransform;
  /** Base64 of a string whose characters are octets. */
  btoa(octets: string): string;
  /** Throws where `base64` is not base64. */
  atob(base64: string): string;
  readonly URL: new (address: string, base: string) => { readonly href: string };
};
