/** Icons: 16 by 16, one stroke, drawn in the text colour. All are decoration; the button beside them has the name. */
import type { JSX } from 'preact';

const paths = {
  play: 'M5 3.2v9.6l8-4.8z',
  stop: 'M4 4h8v8H4z',
  send: 'M2.5 8h10M8.7 4.2 12.5 8l-3.8 3.8',
  share: 'M6.6 9.4a2.6 2.6 0 0 0 3.7 0l2.4-2.4a2.6 2.6 0 0 0-3.7-3.7L8 4.3M9.4 6.6a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l1-1',
  embed: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5',
  plus: 'M8 3.5v9M3.5 8h9',
  close: 'm4.5 4.5 7 7M11.5 4.5l-7 7',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  moon: 'M13 9.6A5.4 5.4 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6z',
  gear: 'M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4M8 1.8l.6 1.7 1.5.6 1.6-.8 1 1-.8 1.6.6 1.5 1.7.6-1.7.6-.6 1.5.8 1.6-1 1-1.6-.8-1.5.6-.6 1.7-.6-1.7-1.5-.6-1.6.8-1-1 .8-1.6-.6-1.5L1.8 8l1.7-.6.6-1.5-.8-1.6 1-1 1.6.8 1.5-.6z',
  history: 'M3 8a5 5 0 1 1 1.6 3.7M3 12.2V9.4h2.8M8 5.2V8l2 1.4',
  copy: 'M5.5 5.5h7v7h-7zM3.5 10.5v-7h7',
  trash: 'M3.5 4.5h9M6.5 4.5V3h3v1.5M5 4.5l.5 8.5h5l.5-8.5',
  pencil: 'm3 13 .6-2.6L10.8 3.2l2 2L5.6 12.4z',
  warning: 'M8 2.5 14 13H2zM8 6.5v3M8 11.2v.3',
  check: 'm3.5 8.5 3 3 6-7',
  chevron: 'm4.5 6.5 3.5 3.5 3.5-3.5',
  toStart: 'M4 3.5v9M12 3.8v8.4L6 8z',
  stepBack: 'M11 3.8v8.4L5 8z',
  stepForward: 'M5 3.8v8.4L11 8z',
  toEnd: 'M12 3.5v9M4 3.8v8.4L10 8z',
  back: 'M13 8H3.5M7.3 4.2 3.5 8l3.8 3.8',
  reload: 'M12.5 8a4.5 4.5 0 1 1-1.4-3.2M12.5 2.5v2.8H9.7',
  more: 'M2.4 8a1 1 0 1 0 2 0 1 1 0 1 0-2 0M7 8a1 1 0 1 0 2 0 1 1 0 1 0-2 0M11.6 8a1 1 0 1 0 2 0 1 1 0 1 0-2 0',
  flask: 'M6.2 2.5h3.6M7 2.5v4L3.2 13h9.6L9 6.5v-4M5 10h6',
  import: 'M8 2.5v7M5 7l3 3 3-3M3 12.5h10',
  command: 'M3 4.5 6.5 8 3 11.5M8 12h5',
  undo: 'M5.5 3.5 3 6l2.5 2.5M3 6h6a3.5 3.5 0 0 1 0 7H6.5',
} as const;

export type IconName = keyof typeof paths;

const filled: ReadonlySet<IconName> = new Set(['play', 'stop', 'more']);

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" data-filled={filled.has(name) ? '' : undefined}>
      <path d={paths[name]} />
    </svg>
  );
}

/** The porthole: a ring in a ring, and the line of the water. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">
      <circle class="logo-ring" cx="12" cy="12" r="10.25" />
      <circle class="logo-glass" cx="12" cy="12" r="6.75" />
      <path class="logo-sea" d="M5.5 13.2c1.1-.9 2.1-.9 3.2 0s2.2.9 3.3 0 2.2-.9 3.3 0 2.1.9 3.2 0A6.75 6.75 0 0 1 12 18.75a6.75 6.75 0 0 1-6.5-5.55z" />
    </svg>
  );
}
