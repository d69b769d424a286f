/**
 * What a snippet can import besides its own files. The same specifiers lead to the package when the snippet is run on
 * the command line, and to `src/ui/typings` in the editor: the names here are the values that `src/api` exports under
 * them (`test/runner/builtins.test.ts` compares). Types need no entry: they are gone by now.
 */
import { fromFetch } from '../gateway/asgi/from-fetch.ts';
import { asgiFromWsgi } from '../gateway/asgi/from-wsgi.ts';
import { toFetch } from '../gateway/asgi/to-fetch.ts';
import { AsgiViolation, ClientDisconnected, WsgiViolation } from '../gateway/errors.ts';
import { dispatcher } from '../gateway/wsgi/middleware/dispatcher.ts';
import { proxyFix } from '../gateway/wsgi/middleware/proxy-fix.ts';
import { timing } from '../gateway/wsgi/middleware/timing.ts';
import { validate } from '../gateway/wsgi/validate.ts';
import { libraries } from '../rpc/libraries.ts';
import type { ProgramProcess } from '../host/program.ts';
import type { SocketModule } from '../net/bsd/module.ts';
import type { Builtins } from './link.ts';

/** Built-in modules by specifier. `socket` and `program`: those of this process. */
export const builtinsOf = (socket: SocketModule, program: ProgramProcess): Builtins => ({
  // Servers and networks are for programs around an app, not for the app: `porthole` has only types for it.
  porthole: {},
  'porthole/wsgi': { dispatcher, proxyFix, timing, validate, WsgiViolation },
  'porthole/asgi': { asgiFromWsgi, AsgiViolation, ClientDisconnected, fromFetch, toFetch },
  'porthole/socket': { ...socket },
  'porthole/process': { ...program },
});

/** With the libraries that came with the job. The others are there by name only, for whoever misspells one. */
export const withLibraries = (builtins: Builtins, loaded: Builtins): Builtins => ({ ...builtins, ...Object.fromEntries(libraries.map((name) => [name, {}])), ...loaded });
