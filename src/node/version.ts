/**
 * The version of the running package, from its package.json: two folders up in the sources, one in the package.
 */
import { readFileSync } from 'node:fs';

function read(): string {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { name?: string; version?: string };
      if (name === 'porthole' && found !== undefined) return found;
    } catch {
      // Not here.
    }
  }
  return 'unknown';
}

/** For example `0.1.0`. */
export const version = read();
