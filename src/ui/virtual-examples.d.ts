/** Made by `scripts/vite/examples-plugin.ts`. */
declare module 'virtual:porthole-examples' {
  /** The Example menu, in its order. */
  export const menu: readonly {
    readonly name: string;
    readonly title: string;
    readonly group: string;
  }[];
  /** Ways to get an example and its lesson, by name; the first comes with the page. */
  export const load: Readonly<Record<string, () => Promise<{
    readonly snippet: import('../snippet/schema.ts').Snippet;
    readonly lesson: string;
  }>>>;
}
