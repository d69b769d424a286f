import type { SnippetPackage } from '../snippet/schema.ts';

/** Lines for `requirements.txt` that bring the very same files again, here and with pip. */
export const requirementsText = (packages: readonly SnippetPackage[]): string => packages.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join('');
