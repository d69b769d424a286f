/** What is pasted into somebody's page; see `docs/embedding.md`. */

/** How it is to look there. */
export interface EmbedOptions {
  /** Address of the whole page with the snippet in its fragment. */
  readonly address: string;
  readonly title: string;
  /** CSS pixels. */
  readonly height: number;
  /** Panel that is shown first. */
  readonly panel?: string;
  readonly loading?: 'lazy' | 'visible' | 'click';
  readonly readOnly?: boolean;
}

const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** Where the embedding page gets the frame and the element. */
const beside = (address: string, name: string): URL => new URL(name, address);

/** An `<iframe>`: for pages that allow no script. */
export function embedCode({ address, title, height }: EmbedOptions): string {
  const frame = beside(address, 'embed.html');
  frame.hash = address.replace(/^[^#]*#?/s, '');
  return `<iframe src="${attribute(frame.href)}" title="${attribute(title)}" width="100%" height="${height}" loading="lazy" style="border:0"></iframe>`;
}

/** The element with the script that makes it known: lazy, follows the theme of the page around it. */
export function elementCode({ address, title, height, panel, loading, readOnly }: EmbedOptions): string {
  const attributes = [
    `src="${attribute(address)}"`, `title="${attribute(title)}"`, `height="${height}"`,
    ...(panel === undefined ? [] : [`panel="${attribute(panel)}"`]),
    ...(loading === undefined || loading === 'lazy' ? [] : [`loading="${loading}"`]),
    ...(readOnly ? ['read-only'] : []),
  ];
  return [`<script src="${attribute(beside(address, 'embed.js').href)}" async></script>`, `<porthole-playground ${attributes.join(' ')}></porthole-playground>`].join('\n');
}
