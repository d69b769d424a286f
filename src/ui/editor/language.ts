/** The languages that the editor colours. The names are Monaco's. */
export type Language = 'typescript' | 'javascript' | 'python' | 'html' | 'json' | 'plaintext';

const byExtension: Readonly<Record<string, Language>> = {
  ts: 'typescript', mts: 'typescript', js: 'javascript', mjs: 'javascript', py: 'python', html: 'html', htm: 'html', json: 'json',
};

/** The language of a file, by its extension. */
export function languageOf(path: string): Language {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(byExtension, extension) ? byExtension[extension]! : 'plaintext';
}
