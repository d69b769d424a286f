import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { SubmittedForm } from '../../playground/page-request.ts';
import { t } from '../messages.ts';

/** What the page in the frame asks for. */
export type Asked = { readonly type: 'link'; readonly href: string } | ({ readonly type: 'submit' } & SubmittedForm);

/** Longer strings, and more entries, are not what a person clicked on or typed. */
const limits = { chars: 1_000_000, entries: 1000 };

/**
 * An application's HTML in a frame of its own. See `docs/adr/0017-preview-frame.md`: its origin is opaque, its policy lets it load
 * nothing and run one script, which is ours and tells which links and forms were used.
 */
export function PreviewFrame(props: { readonly html: string; readonly onAsked: (asked: Asked) => void }): JSX.Element {
  const frame = useRef<HTMLIFrameElement>(null);
  const { onAsked } = props;
  const source = useMemo(() => documentFor(props.html), [props.html]);
  useEffect(() => {
    const onMessage = (event: MessageEvent): void => {
      if (event.source === null || event.source !== frame.current?.contentWindow) return;
      const asked = readAsked(event.data);
      if (asked) onAsked(asked);
    };
    window.addEventListener('message', onMessage);
    return () => window.removeEventListener('message', onMessage);
  }, [onAsked]);
  return <iframe class="preview" ref={frame} title={t.response.previewName} sandbox="allow-scripts allow-forms" referrerpolicy="no-referrer" srcdoc={source} />;
}

/** The document, behind our policy and our script. */
function documentFor(html: string): string {
  const script = new URL('preview.js', document.baseURI).href;
  // The policy stands first, so that nothing of the app's comes before it. The page's own policy holds as well.
  const policy = `default-src 'none'; script-src ${script}; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'`;
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><script src="${script}"></script>${withoutScripts(html)}`;
}

/**
 * What would run, load or navigate by itself is taken out. The policies forbid it anyway, and would complain on the console; so would
 * that of the page if event handlers were parsed here, which is why they lose their names first. A template is as inert as HTML
 * gets, but has no `<body>`; so the three elements that it would drop go by other names meanwhile.
 */
function withoutScripts(html: string): string {
  const template = document.createElement('template');
  template.innerHTML = html
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])on(?=\w+\s*=)/gi, '$1data-on'))
    .replace(/<(\/?)(html|head|body)(?=[\s>/])/gi, '<$1porthole-$2');
  for (const element of template.content.querySelectorAll('script, iframe, frame, object, embed, link, meta[http-equiv], base')) element.remove();
  for (const element of template.content.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      if (name.startsWith('on') || /^\s*javascript:/i.test(value)) element.removeAttribute(name);
      // Only pictures that are in the page itself can be shown.
      else if ((name === 'src' || name === 'srcset' || name === 'background' || name === 'poster') && !/^\s*data:/i.test(value)) element.removeAttribute(name);
    }
  }
  return template.innerHTML.replace(/<(\/?)porthole-(html|head|body)(?=[\s>/])/gi, '<$1$2');
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= limits.chars;

/** A message of the frame, if it is one that our script sends. Whatever runs there is not trusted. */
export function readAsked(data: unknown): Asked | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, href, action, method, enctype, entries } = data as Record<string, unknown>;
  if (type === 'link') return isText(href) ? { type, href } : undefined;
  if (type !== 'submit' || !isText(action) || !isText(method) || !isText(enctype) || !Array.isArray(entries) || entries.length > limits.entries) return undefined;
  const pairs: [string, string][] = [];
  for (const entry of entries as readonly unknown[]) {
    if (!Array.isArray(entry) || !isText(entry[0]) || !isText(entry[1])) return undefined;
    pairs.push([entry[0], entry[1]]);
  }
  return { type, action, method, enctype, entries: pairs };
}
