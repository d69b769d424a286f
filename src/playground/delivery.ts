/** How a saved request goes out: its {@link SnippetDelivery} worked out to what the machine is asked to do. Offsets are octets. */
import { latin1Bytes } from '../client/latin1.ts';
import type { Outgoing } from '../machine/types.ts';
import { snippetLimits } from '../snippet/limits.ts';
import type { SavedRequest, SnippetCut, SnippetDelivery } from '../snippet/schema.ts';

/** What is sent on one connection, in order; each waits for the answer to the one before. */
export type Turn = readonly Sending[];

/** One call of the machine. */
export interface Sending {
  /** Latin-1, as it goes out. */
  readonly raw: string;
  readonly outgoing: Omit<Outgoing, 'connection'>;
}

/** Where the bytes are cut, with the pause at each cut: of at most so many octets, ascending. */
export function segmentCuts(delivery: SnippetDelivery | undefined, length: number): Required<SnippetCut>[] {
  const { cuts = [], everyBytes, pauseMs = 0, stopAfter = length } = delivery ?? {};
  const end = Math.min(length, stopAfter);
  const found: Required<SnippetCut>[] = [];
  if (everyBytes !== undefined) {
    // Also where a page asks for more cuts than it may name: a large body in single octets is nobody's wish.
    const step = Math.max(everyBytes, Math.ceil(end / maxSegments));
    for (let at = step; at < end; at += step) found.push({ at, pauseMs });
    return found;
  }
  for (const cut of cuts) {
    if (cut.at < end) found.push({ at: cut.at, pauseMs: cut.pauseMs ?? pauseMs });
  }
  return found;
}

/** Segments that one request is cut into, at most. */
export const maxSegments = 5000;

/**
 * What to ask of the machine: connections beside each other, and on each what goes out in turn. `others` go out with the request, after it; each is cut as
 * it says itself, and everything else is as the request says.
 */
export function turnsOf(request: SavedRequest, others: readonly SavedRequest[] = []): Turn[] {
  const { copies = 1, copiesHow = 'in-turn', ending } = request.delivery ?? {};
  const set = [request, ...others];
  const all = Array.from({ length: copies }, () => set).flat();
  switch (copiesHow) {
    case 'pipelined':
      return [[sendingOf(all, ending)]];
    case 'parallel': {
      const sendings = set.map((one) => sendingOf([one], ending));
      return Array.from({ length: copies }, () => sendings.map((one) => [one])).flat();
    }
    case 'in-turn': {
      const between = set.map((one) => sendingOf([one], undefined));
      const last = sendingOf([set.at(-1)!], ending);
      return [[...Array.from({ length: copies }, () => between).flat().slice(0, -1), last]];
    }
  }
}

/** These requests in one go: one stream of bytes, in which there is no cut between two of them. */
function sendingOf(requests: readonly SavedRequest[], ending: SnippetDelivery['ending']): Sending {
  const parts: string[] = [];
  const cuts: Required<SnippetCut>[] = [];
  let length = 0;
  for (const { raw, delivery } of requests) {
    const sent = raw.slice(0, delivery?.stopAfter);
    for (const { at, pauseMs } of segmentCuts(delivery, sent.length)) cuts.push({ at: length + at, pauseMs });
    parts.push(sent);
    length += sent.length;
  }
  const whole = parts.join('');
  return {
    raw: whole,
    outgoing: {
      bytes: latin1Bytes(whole),
      ...(cuts.length > 0 && { cuts: cuts.map(({ at }) => at) }),
      ...(cuts.some(({ pauseMs }) => pauseMs > 0) && { pauses: cuts.map(({ pauseMs }) => pauseMs) }),
      ...(ending === 'close' && { endAfter: true }),
      ...(ending === 'reset' && { resetAfter: true }),
    },
  };
}

/** Without what says the same as its absence; undefined where nothing is left. Unknown members stay. */
export function tidy(delivery: SnippetDelivery): SnippetDelivery | undefined {
  const { cuts, everyBytes, pauseMs, with: others, copies, copiesHow, reuse, stopAfter, ending, ...rest } = delivery;
  const kept: SnippetDelivery = {
    ...(cuts && cuts.length > 0 && { cuts }),
    ...(everyBytes !== undefined && { everyBytes }),
    ...(pauseMs !== undefined && pauseMs > 0 && { pauseMs }),
    ...(others && others.length > 0 && { with: others }),
    ...(copies !== undefined && copies > 1 && { copies }),
    ...(copiesHow !== undefined && copiesHow !== 'in-turn' && { copiesHow }),
    ...(reuse && { reuse }),
    ...(stopAfter !== undefined && { stopAfter }),
    ...(ending && { ending }),
    ...rest,
  };
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/** Put a cut at an octet, or take away the one that is there. At either end there is nothing to cut. */
export function toggleCut(cuts: readonly SnippetCut[], at: number, length: number): readonly SnippetCut[] {
  if (cuts.some((cut) => cut.at === at)) return cuts.filter((cut) => cut.at !== at);
  if (at <= 0 || at >= length || cuts.length >= snippetLimits.cuts) return cuts;
  return [...cuts, { at }].toSorted((a, b) => a.at - b.at);
}

/** Move the cut at `from`: not to where another is, nor past either end. Its pause goes with it. */
export function moveCut(cuts: readonly SnippetCut[], from: number, to: number, length: number): readonly SnippetCut[] {
  const at = Math.min(Math.max(to, 1), length - 1);
  if (at === from || cuts.some((cut) => cut.at === at)) return cuts;
  return cuts.map((cut) => (cut.at === from ? { ...cut, at } : cut)).toSorted((a, b) => a.at - b.at);
}

/** The cuts after the bytes have changed: what stands behind the change moves with its octet; cuts within it are gone. */
export function followEdit(cuts: readonly SnippetCut[], before: string, after: string): readonly SnippetCut[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return cuts.flatMap((cut) => {
    if (cut.at <= head) return cut.at < after.length ? [cut] : [];
    if (cut.at < before.length - tail) return [];
    const at = cut.at + after.length - before.length;
    // Two octets may have become neighbours that were none.
    return at > head && at < after.length ? [{ ...cut, at }] : [];
  });
}
