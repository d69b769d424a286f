/** Longest time that something waits for the page to be idle. ms. */
const idleMs = 2500;

/** Calls back when the page has nothing better to do. Returns the way to take it back. */
export function whenIdle(callback: () => void): () => void {
  if ('requestIdleCallback' in window) {
    const handle = window.requestIdleCallback(callback, { timeout: idleMs });
    return () => window.cancelIdleCallback(handle);
  }
  // Safari has no idle callbacks yet.
  const handle = setTimeout(callback, 300);
  return () => clearTimeout(handle);
}
