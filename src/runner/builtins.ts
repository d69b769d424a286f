/**
 * What a snippet can import besides its own files. The same specifiers lead to the package when the snippet is run on
 * the command line, so only names that `src/api` exports may be here. Types need no entry: they are gone by now.
 */
import type { Builtins } from './link.ts';

/** Built-in modules by specifier. */
export const builtins: Builtins = {
  porthole: {},
  'porthole/wsgi': {},
  'porthole/asgi': {},
};
