/** Light or dark, as the page around the element is at the moment. */

const prefersDark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

/**
 * `color-scheme` as it holds at the element, which is what documentation sites set when their theme is switched; where
 * that leaves both open, what the visitor prefers.
 */
export function themeAround(element: Element): 'light' | 'dark' {
  const { colorScheme } = getComputedStyle(element);
  const dark = colorScheme.includes('dark');
  return (dark === colorScheme.includes('light') ? prefersDark().matches : dark) ? 'dark' : 'light';
}

/** Calls back whenever {@link themeAround} may have changed, until the signal says stop. */
export function watchTheme(changed: () => void, signal: AbortSignal): void {
  prefersDark().addEventListener('change', changed, { signal });
  // Themes are switched by a class or an attribute of html or body.
  const observer = new MutationObserver(changed);
  for (const root of [document.documentElement, document.body]) observer.observe(root, { attributes: true });
  signal.addEventListener('abort', () => observer.disconnect());
}
