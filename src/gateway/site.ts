import type { SourceSite } from '../trace/events.ts';

/**
 * Which file names on a stack are the application's. The runner and the Node loader say so once; by default every frame that is
 * neither the platform's nor ours counts.
 */
export type IsAppFile = (file: string) => string | undefined;

// V8: "    at name (file:1:2)" or "    at file:1:2"; Firefox: "name@file:1:2".
const v8Frame = /^\s*at (?:async )?(?:(.*?) \()?((?:\w+:|\/|[^\s():]+[./])[^()]*?):(\d+):(\d+)\)?$/;
const geckoFrame = /^(.*?)@(.*?):(\d+):(\d+)$/;

/** The frames of a stack, innermost first. */
export function parseStack(stack: string): SourceSite[] {
  const sites: SourceSite[] = [];
  for (const line of stack.split('\n')) {
    const found = v8Frame.exec(line) ?? geckoFrame.exec(line);
    if (!found) continue;
    const [, name, file = '', row, column] = found;
    sites.push({ file, line: Number(row), column: Number(column), ...(name ? { name } : {}) });
  }
  return sites;
}

/** The innermost frame that is the application's; undefined where there is none (a generator's frame is not on the stack while it is asked for its next item). */
export function appSite(error: { readonly stack?: string | undefined }, isAppFile: IsAppFile): SourceSite | undefined {
  for (const site of parseStack(error.stack ?? '')) {
    const file = isAppFile(site.file);
    if (file !== undefined) return { ...site, file };
  }
  return undefined;
}

/** Where we are called from, as the application's line. Costs some microseconds: call it only while tracing. */
export const callSite = (isAppFile: IsAppFile): SourceSite | undefined => appSite(new Error(), isAppFile);
