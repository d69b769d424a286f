/** What stands between `<porthole-playground>` and `</porthole-playground>`, as a source. */
import type { EmbedSource } from './protocol.ts';

/**
 * Files are elements with `data-file`: `<script type="text/x-porthole">`, or `<pre>` where the code is to be read without
 * JavaScript too. With `loose`, a page that names none gives its first `<pre>` (what Markdown makes of a code block).
 * Undefined: there is no source.
 */
export function readLightDom(host: Element, loose: boolean): EmbedSource | undefined {
  const all = (selector: string): HTMLElement[] => [...host.querySelectorAll<HTMLElement>(selector)];
  const attribute = (name: string): string | undefined => host.getAttribute(name) ?? undefined;
  const named = all('[data-file]');
  const files = named.length > 0 || !loose ? named : all('pre:not([data-request])').slice(0, 1);
  if (files.length === 0) return undefined;
  return {
    files: Object.fromEntries(files.map((file) => [file.dataset['file'] ?? attribute('file') ?? 'app.ts', file.textContent ?? ''])),
    requests: all('[type="text/x-http"],[data-request]').map(({ dataset, textContent }) => ({ name: dataset['name'] ?? dataset['request'] ?? '', text: textContent ?? '' })),
    entry: attribute('entry')!,
    interface: attribute('interface')!,
    title: attribute('title')!,
    recording: host.querySelector('[data-recording]')?.textContent ?? undefined,
  };
}
