/**
 * Descriptors: how many this process may have open at once.
 */
import { readFileSync } from 'node:fs';

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
