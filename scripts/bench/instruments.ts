/**
 * What `bench-view.ts` measures with inside the page: how long frames take, and when something is there. Bundled, and put into the page before anything of its
 * own runs.
 */

/** Frames of a stretch of time. ms. */
export interface Frames {
  /** From one frame to the next, each. */
  readonly gaps: readonly number[];
  /** Long frames by the browser's own account: how long, and which scripts took most of it. */
  readonly long: readonly string[];
}

interface LongFrame extends PerformanceEntry {
  readonly scripts: readonly { readonly duration: number; readonly invoker: string; readonly sourceURL: string; readonly sourceCharPosition: number }[];
}

/** The recording under way. */
let recorded: { gaps: number[]; last: number; long: string[]; observer: PerformanceObserver } | undefined;


/** When the page last changed what it shows. */
let changed = 0;
addEventListener('DOMContentLoaded', () => new MutationObserver(() => { changed = performance.now(); }).observe(document.body, { childList: true, subtree: true, characterData: true }));

/** How long nothing has changed in what the page shows. ms. */
const quietMs = (): number => performance.now() - changed;

/** Begin to record frames. */
function startFrames(): void {
  const long: string[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as LongFrame[]) {
      const scripts = entry.scripts.toSorted((a, b) => b.duration - a.duration).slice(0, 3).map(({ duration, invoker, sourceURL, sourceCharPosition }) => `${duration.toFixed(0)} ${invoker} ${sourceURL.replace(/^.*\//, '')}:${sourceCharPosition}`);
      long.push(`${entry.duration.toFixed(0)} ms: ${scripts.join('; ')}`);
    }
  });
  observer.observe({ type: 'long-animation-frame' });
  const mine = (recorded = { gaps: [] as number[], last: 0, long, observer });
  const onFrame = (at: number): void => {
    if (recorded !== mine) return;
    if (mine.last > 0) mine.gaps.push(at - mine.last);
    mine.last = at;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
}

/** Stop, and tell. */
function stopFrames(): Frames {
  const { gaps, long, observer } = recorded!;
  observer.disconnect();
  recorded = undefined;
  return { gaps, long };
}

/** A task of its own, as soon as the main thread is free: after a frame has been painted, when asked for in the frame. */
const free = (): Promise<number> => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    resolve(performance.now());
  };
  port2.postMessage(0);
});

const nextFrame = (): Promise<number> => new Promise((resolve) => { requestAnimationFrame(() => resolve(performance.now())); });

/** Until what has just been done is painted, and what that set off for the next frame too. */
async function settled(): Promise<void> {
  await nextFrame();
  await nextFrame();
  await free();
}

/** Scroll an element by so many pixels in each of so many frames. */
async function scroll(selector: string, pixels: number, count: number): Promise<Frames & { readonly work: readonly number[] }> {
  const element = document.querySelector(selector)!;
  const work: number[] = [];
  startFrames();
  for (let at = 0; at < count; at += 1) {
    const from = await nextFrame();
    element.scrollTop += pixels;
    work.push((await free()) - from);
  }
  return { ...stopFrames(), work };
}

/** When the first element that matches is in the page. ms since the navigation began. */
function when(selector: string, act?: 'click'): Promise<number> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = document.querySelector<HTMLButtonElement>(selector);
      if (!found || found.disabled) return;
      observer.disconnect();
      if (act) found.click();
      resolve(performance.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    look();
  });
}

/** What the page is given. */
export interface Instruments {
  readonly startFrames: typeof startFrames;
  readonly stopFrames: typeof stopFrames;
  readonly settled: typeof settled;
  readonly scroll: typeof scroll;
  readonly when: typeof when;
  readonly quietMs: typeof quietMs;
}

(globalThis as { instruments?: Instruments }).instruments = { startFrames, stopFrames, settled, scroll, when, quietMs };
