/** Gets Monaco, which is large, when it is wanted. */
import type { MonacoEditor } from './monaco.ts';

/** The module, once it is there. */
export type MonacoModule = { readonly MonacoEditor: typeof MonacoEditor };

let loading: Promise<MonacoModule> | undefined;

/**
 * Loads Monaco, once; later calls get the same promise. After a failure (a lost connection, a new version on the server) the next
 * call tries again.
 */
export function loadMonaco(): Promise<MonacoModule> {
  loading ??= import('./monaco.ts').catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
