import { editor } from 'monaco-editor/editor';

/** The theme that {@link applyTheme} defines and sets. */
const themeName = 'porthole';

/** Fallbacks where the page does not define a property: background, text, comments, strings, keywords, numbers, types, muted, accent. */
const fallbacks = {
  light: { bg: '#ffffff', fg: '#1f2328', comment: '#59636e', string: '#0a3069', keyword: '#a40e26', number: '#0550ae', type: '#953800', muted: '#6e7781', accent: '#2f6feb' },
  dark: { bg: '#0d1117', fg: '#e6edf3', comment: '#9198a1', string: '#a5d6ff', keyword: '#ff7b72', number: '#79c0ff', type: '#ffa657', muted: '#7d8590', accent: '#2f6feb' },
} as const;

type Colour = keyof (typeof fallbacks)['light'];

/** The page's custom property for each colour. */
const properties: Readonly<Record<Colour, string>> = {
  bg: '--bg', fg: '--fg', comment: '--code-comment', string: '--code-string', keyword: '--code-keyword', number: '--code-number', type: '--syntax-type', muted: '--muted', accent: '--accent',
};

/**
 * Make Monaco look as the page around `element` does: its colours are the page's custom properties, whatever notation they use.
 * To be called again when the page's colours change.
 */
export function applyTheme(element: HTMLElement, theme: 'light' | 'dark'): void {
  const toHex = colourReader(element.ownerDocument);
  const style = getComputedStyle(element);
  const colour = (name: Colour): string => toHex(resolve(element, style.getPropertyValue(properties[name]).trim())) ?? fallbacks[theme][name];
  const rule = (name: Colour) => colour(name).slice(1, 7);
  editor.defineTheme(themeName, {
    base: theme === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: '', foreground: rule('fg') },
      { token: 'comment', foreground: rule('comment') },
      { token: 'string', foreground: rule('string') },
      { token: 'keyword', foreground: rule('keyword') },
      { token: 'tag', foreground: rule('keyword') },
      { token: 'number', foreground: rule('number') },
      { token: 'type', foreground: rule('fg') },
      { token: 'identifier', foreground: rule('fg') },
      { token: 'delimiter', foreground: rule('fg') },
    ],
    colors: {
      'editor.background': colour('bg'),
      'editor.foreground': colour('fg'),
      'editorLineNumber.foreground': colour('muted'),
      'editorLineNumber.activeForeground': colour('fg'),
      'editor.selectionBackground': `${colour('accent').slice(0, 7)}4d`,
      'editor.lineHighlightBackground': '#00000000',
      'editor.lineHighlightBorder': '#00000000',
      'editorCursor.foreground': colour('fg'),
      focusBorder: colour('accent'),
    },
  });
  editor.setTheme(themeName);
}

/** `light-dark()` and `var()` in a custom property stay as written; as the colour of an element they are worked out. */
function resolve(element: HTMLElement, value: string): string {
  if (value === '') return '';
  const probe = element.ownerDocument.createElement('span');
  probe.style.color = value;
  element.append(probe);
  const worked = probe.style.color === '' ? '' : getComputedStyle(probe).color;
  probe.remove();
  return worked;
}

/** Turns any CSS colour into `#rrggbbaa`, the only notation that Monaco reads, by painting a pixel of it. */
function colourReader(document: Document): (css: string) => string | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (css) => {
    if (css === '' || !context) return undefined;
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    return `#${Array.from(context.getImageData(0, 0, 1, 1).data, (part) => part.toString(16).padStart(2, '0')).join('')}`;
  };
}
