/** Other processes, as Linux's /proc tells of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers of all processes. `proc`: where the /proc is. */
export const processes = (proc = '/proc'): number[] => readdirSync(proc).filter((name) => /^\d+$/.test(name)).map(Number);

/** A file of a process; '' where it has ended meanwhile. */
export function fileOf(pid: number, name: string, proc = '/proc'): string {
  try {
    return readFileSync(join(proc, String(pid), name), 'utf8');
  } catch {
    return '';
  }
}

/** Who has started a process; -1 where it has ended. */
export const parentOf = (pid: number, proc?: string): number => Number(/^PPid:\s+(\d+)/m.exec(fileOf(pid, 'status', proc))?.[1] ?? -1);
