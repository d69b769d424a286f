/**
 * `<porthole-playground>`: a playground inside somebody's page. Attributes and messages are documented in `docs/embedding.md`.
 * This goes into other people's pages: no dependency, and under 5 kB.
 */
import { themeAround, watchTheme } from './host-theme.ts';
import { readLightDom } from './light-dom.ts';
import { protocolVersion, readFrameMessage, sealed, type EmbedPanel, type HostMessage } from './protocol.ts';

/** Distance (CSS pixels) at which a lazy playground is fetched before it is scrolled into view. */
const lazyMargin = 400;

/** CSS pixels: without a `height`, and the limits of what a frame may ask for. */
const usualHeight = 480;
const leastHeight = 160;
const mostHeight = 4000;

const css = `:host{display:block}:host([hidden]){display:none}
div{position:relative;overflow:auto}
iframe{position:absolute;width:100%;height:100%;border:0;opacity:0}
.ready{overflow:hidden}.ready iframe{opacity:1}.ready slot{display:none}
button{position:sticky;float:right;top:8px;margin:8px;padding:8px 14px;font:inherit;color:#fff;background:#0b57d0;border:0;border-radius:6px}`;

/** In Node (where documentation sites render their pages) the class can be made, not used. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** The element. Define it with `definePlayground`. */
export class PortholePlayground extends Base {
  /** Folder of the playground for elements that name none. */
  static defaultBase = '';

  #box: HTMLElement | undefined;
  #frame: HTMLIFrameElement | undefined;
  #address: URL | undefined;
  /** What the frame was told last; '' before it has answered. */
  #told = '';
  /** Ends everything that was begun when the element was put into the page. */
  #gone = new AbortController();

  connectedCallback(): void {
    this.#gone = new AbortController();
    // A script without `defer` meets the element before its children.
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => this.#start(), { signal: this.#gone.signal });
    else this.#start();
  }

  disconnectedCallback(): void {
    this.#gone.abort();
    this.#frame?.remove();
    this.#frame = this.#address = undefined;
    this.#told = '';
  }

  /** Fetch the playground now, whatever `loading` says. */
  load(): void {
    if (this.#frame || !this.#box) return;
    const frame = (this.#frame = document.createElement('iframe'));
    frame.allow = 'clipboard-write';
    frame.referrerPolicy = 'no-referrer';
    frame.onload = () => { this.#box!.className = 'ready'; };
    this.#update();
    this.#box.replaceChildren(document.createElement('slot'), frame);
  }

  // ── showing ────────────────────────────────────────────────────────────────────────────────────────────────────

  #start(): void {
    const { signal } = this.#gone;
    if (!this.#box) {
      const root = this.attachShadow({ mode: 'open' });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      // Not a <style>: the page's policy may forbid it.
      root.adoptedStyleSheets = [sheet];
      root.append((this.#box = document.createElement('div')));
    }
    this.#box.className = '';
    this.#box.replaceChildren(document.createElement('slot'));
    this.#setHeight();

    const changed = (): void => {
      if (this.#say('height') !== 'auto') this.#setHeight();
      if (this.#frame) this.#update();
    };
    const observer = new MutationObserver(changed);
    observer.observe(this, { attributes: true, childList: true, subtree: true, characterData: true });
    signal.addEventListener('abort', () => observer.disconnect());
    watchTheme(changed, signal);
    addEventListener('message', (event) => this.#receive(event), { signal });
    this.#whenWanted();
  }

  /** An observer that was left behind does no harm: what is loaded is not loaded again. */
  #whenWanted(): void {
    const loading = this.#say('loading');
    if (loading === 'click') {
      const button = document.createElement('button');
      button.part.add('button');
      button.textContent = this.#say('label') ?? 'Open the playground';
      button.onclick = () => {
        this.load();
        this.#frame?.focus();
      };
      this.#box!.prepend(button);
      return;
    }
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      this.load();
    }, { rootMargin: `${loading === 'visible' ? 0 : lazyMargin}px` });
    seen.observe(this);
  }

  #say(name: string): string | undefined {
    return this.getAttribute(name) ?? undefined;
  }

  #setHeight(height = Number.parseFloat(this.#say('height')!) || usualHeight): void {
    this.#box!.style.height = `${Math.min(Math.max(height, leastHeight), mostHeight)}px`;
  }

  /** Point the frame at what the attributes say, and tell it what else is to be told. */
  #update(): void {
    const frame = this.#frame!;
    const message = this.#message('update');
    try {
      const src = this.#say('src');
      const base = src ?? this.#say('base') ?? PortholePlayground.defaultBase;
      if (base === '') throw new TypeError('src or base must name a playground');
      const whole = new URL(base, document.baseURI);
      const link = this.#say('link');
      const example = this.#say('example');
      const address = new URL('embed.html?host', whole);
      // With a source the frame waits to be told.
      if (!message.source) address.hash = link?.replace(/^.*#/s, '') ?? (example === undefined ? whole.hash : `ex=${example}`);
      frame.title = this.title || 'Porthole playground';
      if (address.href !== this.#address?.href) {
        this.#address = address;
        frame.src = address.href;
      }
      if (this.#told && this.#told !== JSON.stringify(message)) this.#post(message);
    } catch (error) {
      this.#complain(String(error));
    }
  }

  // ── talking ────────────────────────────────────────────────────────────────────────────────────────────────────

  #message(type: HostMessage['type']): HostMessage {
    const theme = this.#say('theme');
    // Beside a link, a plain <pre> is what is shown without JavaScript.
    const linked = this.#say('link') ?? this.#say('example') ?? this.#say('src')?.includes('#');
    return {
      type,
      version: protocolVersion,
      settings: {
        theme: theme === 'light' || theme === 'dark' ? theme : themeAround(this),
        panel: this.#say('panel') as EmbedPanel,
        readOnly: this.hasAttribute('read-only'),
      },
      source: readLightDom(this, !linked),
    };
  }

  #post(message: HostMessage): void {
    this.#told = JSON.stringify({ ...message, type: 'update' });
    // To the origin that was asked for, and to no other that the frame may have gone to.
    this.#frame!.contentWindow!.postMessage(sealed(message), this.#address!.origin);
  }

  #receive({ source, origin, data }: MessageEvent): void {
    if (!source || source !== this.#frame?.contentWindow || origin !== this.#address?.origin) return;
    const message = readFrameMessage(data);
    if (message?.type === 'hello' && message.versions.includes(protocolVersion)) this.#post(this.#message('ping'));
    if (message?.type === 'pong') this.#tell('ready', { engine: message.engine });
    if (message?.type === 'height' && this.#say('height') === 'auto') this.#setHeight(message.height);
    if (message?.type === 'problem') this.#complain(message.message);
  }

  #complain(message: string): void {
    console.warn('<porthole-playground>', message);
    this.#tell('problem', { message });
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(`porthole-${name}`, { detail }));
  }
}

/**
 * Make `<porthole-playground>` known to the page; once is enough, more does no harm. Without a page (in Node) nothing happens.
 *
 * @param base Folder of the playground, for elements that have neither `src` nor `base`.
 */
export function definePlayground(base = ''): void {
  if (base !== '') PortholePlayground.defaultBase = base;
  if (globalThis.customElements && !customElements.get('porthole-playground')) customElements.define('porthole-playground', PortholePlayground);
}
