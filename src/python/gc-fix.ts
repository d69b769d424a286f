/**
 * Mends Pyodide 314.0.x from outside (pyodide/pyodide#6464; fixed upstream by #6466, which no release of 314 has): CPython's
 * incremental collector walks `tstate->current_frame` of tasks that JSPI has suspended, whose entry frames lie on a stack that
 * another task may have overwritten; then memory is read out of bounds. What upstream does is done here by wrapping the two
 * functions that WebAssembly imports for switching: the pointer is 0 for as long as a task is suspended.
 */

/** Offset of `current_frame` in CPython 3.14's `PyThreadState` (wasm32). Private: holds for the version in `version.ts` only. Octets. */
const currentFrame = 52;

interface Suspended { readonly threadState: number; currentFrame?: number; token?: unknown }
/** Anything else than an object with a thread state: an error value of Pyodide's. */
type SaveState = (() => unknown) & { sig?: string };
type RestoreState = ((state: Suspended) => unknown) & { sig?: string };

const isSuspended = (state: unknown): state is Suspended => typeof state === 'object' && state !== null && 'threadState' in state;

/** Told of every switch of stacks: which one is running cannot be known otherwise. */
export interface StackListener {
  /** The stack that runs is being suspended. What is returned is its token. */
  suspended(): unknown;
  /** The stack with this token goes on. */
  resumed(token: unknown): void;
}

/** Load Pyodide with the two imports wrapped. Rejects where there is nothing to wrap: then this is another Pyodide. */
export async function withGcFix<T>(load: () => Promise<T>, listener?: StackListener): Promise<T> {
  const { instantiate, instantiateStreaming } = WebAssembly;
  let memory: WebAssembly.Memory | undefined;
  let wrapped = false;
  const words = (): Int32Array => new Int32Array(memory!.buffer);
  const wrap = (imports: WebAssembly.Imports | undefined): WebAssembly.Imports | undefined => {
    const { env } = (imports ?? {}) as { env?: Record<string, WebAssembly.ImportValue> };
    const save = env?.['saveState'] as SaveState | undefined;
    const restore = env?.['restoreState'] as RestoreState | undefined;
    // A side module (a compiled package) has neither, or the main module's, wrapped already.
    if (env === undefined || save === undefined || restore === undefined || wrapped) return imports;
    wrapped = true;
    env['saveState'] = Object.assign(() => {
      const state = save();
      if (isSuspended(state)) {
        const heap = words();
        const at = (state.threadState + currentFrame) >> 2;
        state.currentFrame = heap[at]!;
        heap[at] = 0;
        state.token = listener?.suspended();
      }
      return state;
    }, { sig: save.sig }) as unknown as WebAssembly.ImportValue;
    env['restoreState'] = Object.assign((state: Suspended) => {
      words()[(state.threadState + currentFrame) >> 2] = state.currentFrame ?? 0;
      listener?.resumed(state.token);
      return restore(state);
    }, { sig: restore.sig }) as unknown as WebAssembly.ImportValue;
    return imports;
  };
  const remember = <R extends WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource>(result: R): R => {
    const { exports } = 'instance' in result ? result.instance : (result as WebAssembly.Instance);
    if (exports['memory'] instanceof WebAssembly.Memory) memory ??= exports['memory'];
    return result;
  };
  WebAssembly.instantiate = (async (source: BufferSource, imports?: WebAssembly.Imports) => remember(await instantiate.call(WebAssembly, source, wrap(imports)))) as unknown as typeof instantiate;
  WebAssembly.instantiateStreaming = async (source, imports) => remember(await instantiateStreaming.call(WebAssembly, source, wrap(imports)));
  try {
    const loaded = await load();
    if (!wrapped || memory === undefined) throw new Error('Pyodide has no saveState to be mended: see src/python/gc-fix.ts.');
    return loaded;
  } finally {
    Object.assign(WebAssembly, { instantiate, instantiateStreaming });
  }
}
