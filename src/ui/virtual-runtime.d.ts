/** Made by `scripts/vite/runtime-plugin.ts`. */
declare module 'virtual:porthole-runtime' {
  /** Address of the text of the process runtime. */
  export const runtimeUrl: string;
  /** Addresses of the texts of the libraries, by specifier (`rpc/libraries.ts`). */
  export const libraryUrls: Readonly<Record<string, string>>;
}
