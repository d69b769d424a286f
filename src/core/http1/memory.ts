/** Memory that is about to be written over. */

const native = (globalThis as { Buffer?: { allocUnsafeSlow?(size: number): Uint8Array<ArrayBuffer> } }).Buffer;

/**
 * An array of its own whose octets may be anything: write all of them before anybody else sees it. Where the platform can leave
 * memory uncleared (Node, Bun, Deno) that is half the cost of a large one; elsewhere it is zeros.
 */
export function uncleared(size: number): Uint8Array<ArrayBuffer> {
  if (native?.allocUnsafeSlow === undefined || size < 1024) return new Uint8Array(size);
  // Not the platform's own class, whose `slice` and `toString` are others than those of the array that it poses as.
  return new Uint8Array(native.allocUnsafeSlow(size).buffer);
}
