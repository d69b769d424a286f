import { strToU8, zipSync } from 'fflate';
import type { ProjectFiles } from './node-project.ts';

/**
 * The files as a ZIP archive, below a folder of that name. The same files give the same octets: all are dated 1980-01-01,
 * in local time, which is what ZIP writes down, so that the time zone does not show either.
 */
export function zipFiles(folder: string, files: ProjectFiles): Uint8Array {
  const entries = [...files].map(([path, content]) => [`${folder}/${path}`, typeof content === 'string' ? strToU8(content) : content] as const);
  return zipSync(Object.fromEntries(entries), { level: 9, mtime: '1980-01-01T00:00:00' });
}
