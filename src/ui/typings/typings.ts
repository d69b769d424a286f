/** The declarations in `porthole/` (written by scripts/typings.ts), as text for Monaco. */
const texts = import.meta.glob<string>('./porthole/**/*.d.ts', { query: '?raw', import: 'default', eager: true });

/** Address of the file, as the language service sees it, and its text. `porthole/wsgi` is found as `/node_modules/porthole/wsgi.d.ts`. */
export const typings: readonly { readonly filePath: string; readonly content: string }[] = Object.entries(texts).map(([path, content]) => ({
  filePath: `file:///node_modules/${path.slice('./'.length)}`,
  content,
}));
