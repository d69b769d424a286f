/**
 * Memory of request bodies. A typed array's octets lie outside V8's heap, and V8 meets much of such memory with full collections of
 * the heap, one for every 40 MB or so, however small and short-lived the arrays are. A collection of the young generation, which is where
 * the arrays of answered requests are, gives the same memory back for a tenth of the cost; V8 only does not think of one in time.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What V8 gives to whoever starts it with `--expose-gc`. */
type Collect = (options: { readonly type: 'minor' }) => void;

/** So much may have come in bodies before the young generation is collected. V8 begins a full collection at about 32 MB. Unit: octets. */
const patienceBytes = 12_582_912;

/** glibc gives free memory at the end of its heap back to the system from twice this size on, once it has seen a block of this size go. Unit: octets. */
const largeBytes = 16_777_216;

let taken = 0;
let scheduled = false;
let collect: Collect | undefined;

/** So many octets of a body have arrived, and lie in memory. */
export function bodyMemory(octets: number): void {
  taken += octets;
  if (taken < patienceBytes || scheduled) return;
  scheduled = true;
  // After this poll: by then most of what arrived in it has been answered.
  setImmediate(collectYoung);
}

function collectYoung(): void {
  scheduled = false;
  taken = 0;
  if (collect === undefined) {
    collect = collector();
    // The memory of bodies is wanted again at once. To have it back from the system page by page takes longer than to fill it; at first, glibc gives back all but 128 kB. A large
    // block, which dies with this collection, tells it that memory comes and goes by the megabyte here (mallopt(3), M_MMAP_THRESHOLD). Nobody writes into it, so it is none yet.
    Buffer.allocUnsafeSlow(largeBytes);
  }
  collect({ type: 'minor' });
}

/** Found when it is needed, since a context of its own has to be made for it. A platform that has none does without. */
function collector(): Collect {
  // Whoever has set the flag himself shall keep it.
  const given = (globalThis as { gc?: unknown }).gc;
  if (typeof given === 'function') return given as Collect;
  try {
    // Seen by contexts that are made while it is set, and by no application.
    setFlagsFromString('--expose-gc');
    const found: unknown = runInNewContext('globalThis.gc');
    setFlagsFromString('--no-expose-gc');
    if (typeof found === 'function') return found as Collect;
  } catch {
    // Not V8, or not this easily.
  }
  return () => {};
}
