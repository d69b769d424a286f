/** Made by `scripts/vite/python-plugin.ts`. */
declare module 'virtual:porthole-python' {
  /** Address and size (octets) of each file that a Python is started from, by name (`rpc/python-assets.ts`). */
  export const pythonUrls: Readonly<Record<string, { readonly url: string; readonly size: number }>>;
  /** Address of Pyodide's lock file: the packages that it has compiled. */
  export const lockUrl: string;
  /** Address that their files are below. */
  export const packagesUrl: string;
  /** `info` of Pyodide's lock file, JSON. */
  export const lockInfo: string;
}
