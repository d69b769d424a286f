import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Layout } from '../model.ts';

/** Does a media query match, now and from now on? */
export function media(query: string): ReadonlySignal<boolean> {
  const list = window.matchMedia(query);
  const matches = signal(list.matches);
  list.addEventListener('change', () => { matches.value = list.matches; });
  return matches;
}

/** The arrangement for this window. An embed is rarely tall enough for areas above each other. */
export function layoutFor(embedded: boolean): ReadonlySignal<Layout> {
  const narrow = media(embedded ? '(max-width: 900px)' : '(max-width: 640px)');
  const stacked = media('(max-width: 900px)');
  return computed(() => (narrow.value ? 'narrow' : stacked.value ? 'stacked' : 'wide'));
}
