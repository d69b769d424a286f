/**
 * Descriptors: how many this process may have open at once, and how far it is.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';

/**
 * The soft limit (RLIMIT_NOFILE, `ulimit -n`), which Node raises to the hard one when it starts. Infinity where there is none, or where the
 * platform does not tell.
 */
export function descriptorLimit(): number {
  const soft = fromProc() ?? fromReport();
  return typeof soft === 'number' ? soft : Infinity;
}

function fromProc(): number | 'unlimited' | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(text)?.[1];
  return soft === undefined || soft === 'unlimited' ? soft : Number(soft);
}

/** Slower, and before Node 22.12 it looks up the names of all peers. */
function fromReport(): unknown {
  const report = process.report.getReport() as { readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } } };
  return report.userLimits?.open_files?.soft;
}

/** The descriptor that comes after the next `count` ones; Infinity: there are not so many. */
export function nextFree(count: number): number {
  let descriptor: number;
  try {
    descriptor = openSync(devNull, 'r');
  } catch {
    return Infinity;
  }
  try {
    return count === 0 ? descriptor : nextFree(count - 1);
  } finally {
    closeSync(descriptor);
  }
}
