/** The embedded side: `embed.html` joins the page around it, and is told what to show. */
import { encodeSnippet } from '../snippet/link.ts';
import { readHostMessage } from './host-message.ts';
import { protocolVersion, sealed, type EmbedSettings, type EmbedSource, type FrameMessage } from './protocol.ts';
import { snippetOf } from './source.ts';

/** The page around us. */
export interface FrameHost {
  /** As they are now. */
  readonly settings: EmbedSettings;
  /** Called with the settings now, and whenever they change. */
  onSettings(listener: (settings: EmbedSettings) => void): void;
  /** Say how high we would like to be, in CSS pixels. The host decides; the same height is not said twice. */
  reportHeight(height: number): void;
}

/** How the frame is joined. */
export interface JoinOptions {
  /** Version of Porthole. */
  readonly engine: string;
  /** How long to wait for the host's first word. ms, default 3000. */
  readonly patienceMs?: number;
}

/**
 * Join the host that the address promises (`?host`). Resolves when it has said what to show; that then stands in the
 * address as a link, so open the session after this. Later sources change the fragment, as following a link does.
 * Resolves with undefined where there is no host: in a tab of its own, in an `<iframe>` without a script, or if none answers.
 */
export async function joinHost(page: Window & typeof globalThis, options: JoinOptions): Promise<FrameHost | undefined> {
  if (page.parent === page || !/^\?host\b/.test(page.location.search)) return undefined;
  const host = new JoinedHost(page, options);
  return (await host.join()) ? host : undefined;
}

class JoinedHost implements FrameHost {
  readonly #page: Window & typeof globalThis;
  readonly #options: JoinOptions;
  readonly #listeners: ((settings: EmbedSettings) => void)[] = [];
  /** Where our messages may go: the origin of whoever pinged first. */
  #origin: string | undefined;
  #settings: EmbedSettings = { theme: 'light', readOnly: false };
  #height = 0;
  /** The last source, as a link. */
  #shown = '';
  /** One source after the other, in their order. */
  #showing: Promise<void> = Promise.resolve();

  constructor(page: Window & typeof globalThis, options: JoinOptions) {
    this.#page = page;
    this.#options = options;
  }

  get settings(): EmbedSettings {
    return this.#settings;
  }

  onSettings(listener: (settings: EmbedSettings) => void): void {
    this.#listeners.push(listener);
    listener(this.#settings);
  }

  reportHeight(height: number): void {
    const whole = Math.ceil(height);
    if (whole === this.#height || !(whole > 0)) return;
    this.#height = whole;
    this.#post({ type: 'height', height: whole });
  }

  join(): Promise<boolean> {
    return new Promise((resolve) => {
      const patience = this.#page.setTimeout(() => resolve(false), this.#options.patienceMs ?? 3000);
      this.#page.addEventListener('message', (event) => {
        if (event.source !== this.#page.parent || (this.#origin !== undefined && event.origin !== this.#origin)) return;
        const message = readHostMessage(event.data);
        if (!message) return;
        // Nothing but a ping begins a conversation.
        if (message.type !== 'ping' && this.#origin === undefined) return;
        this.#origin ??= event.origin;
        const { settings, source } = message;
        this.#tell(settings);
        if (message.type === 'ping') this.#post({ type: 'pong', version: protocolVersion, engine: this.#options.engine });
        if (source) this.#showing = this.#showing.then(() => this.#show(source));
        void this.#showing.then(() => {
          this.#page.clearTimeout(patience);
          resolve(true);
        });
      });
      // To whoever it may be: this says nothing that a visitor of the site could not know.
      this.#page.parent.postMessage(sealed({ type: 'hello', versions: [protocolVersion] }), '*');
    });
  }

  #tell(settings: EmbedSettings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    for (const listener of this.#listeners) listener(settings);
  }

  /** As a link, which is checked as any other: somebody else's code is shown, and waits for Run. */
  async #show(source: EmbedSource): Promise<void> {
    try {
      const fragment = await encodeSnippet(snippetOf(source));
      // An update that changes only how we look says the same again; what the visitor has typed since then stays.
      if (fragment === this.#shown) return;
      this.#shown = fragment;
      const old = this.#page.location.href;
      this.#page.history.replaceState(null, '', fragment);
      // `replaceState` leaves no step in the host's history, and says nothing.
      this.#page.dispatchEvent(new this.#page.HashChangeEvent('hashchange', { oldURL: old, newURL: this.#page.location.href }));
    } catch (error) {
      this.#post({ type: 'problem', message: error instanceof Error ? error.message : String(error) });
    }
  }

  #post(message: FrameMessage): void {
    // Pages from files and in sandboxes have the origin "null", which cannot be named.
    if (this.#origin !== undefined) this.#page.parent.postMessage(sealed(message), this.#origin === 'null' ? '*' : this.#origin);
  }
}

/** Height at which `lines` of code can be read without scrolling, within reason; `lineHeight` in CSS pixels. */
export const heightForCode = (lines: number, lineHeight: number): number => Math.min(Math.max(120 + lines * lineHeight, 360), 760);
