/** TypeBox's declarations as text for Monaco: 200 kB that only an app of `porthole/frameworks/fastapilike` needs, so import this module when there is one. */
const texts = import.meta.glob<string>('../../../node_modules/@sinclair/typebox/build/esm/{index.d.mts,type/**/*.d.mts}', { query: '?raw', import: 'default', eager: true });

const folder = 'file:///node_modules/@sinclair/typebox';

/** As {@link typings}. */
export const typeboxTypings: readonly { readonly filePath: string; readonly content: string }[] = [
  // Monaco is given files, not packages: this is where the compiler looks for one without a package.json.
  { filePath: `${folder}/index.d.ts`, content: "export * from './esm/index.mjs';\n" },
  ...Object.entries(texts).map(([path, content]) => ({ filePath: `${folder}/${path.slice(path.indexOf('esm/'))}`, content })),
];
