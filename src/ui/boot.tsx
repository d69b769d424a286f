import { computed, effect, signal } from '@preact/signals';
import { render } from 'preact';
import type { FrameHost } from '../embed/frame.ts';
import type { Machine } from '../machine/types.ts';
import { builtInExamples, catalogue } from './catalogue.ts';
import { Session } from '../playground/session.ts';
import { App } from './app.tsx';
import { framedEntry, historyEntry } from './history-entry.ts';
import { createModel, ModelProvider, type Model } from './model.ts';
import { fetchTheRest } from './parts/later.tsx';
import { layoutFor, media } from './parts/media.ts';
import { painted } from './parts/painted.ts';
import { draftStorage, loadPrefs, safeStorage } from './prefs.ts';

/** Whether there is a service worker: in a build, not on the dev server. */
declare const __PORTHOLE_OFFLINE__: boolean;

/** What the page is started with. */
export interface BootOptions {
  readonly root: HTMLElement;
  /** Gets the machine's code, which is not part of the first paint. */
  readonly machine: () => Promise<Machine>;
  readonly engine: string;
  /** Inside somebody else's page: nothing is kept, the address stays as it is. Default false. */
  readonly embedded?: boolean;
}

/** Do as the embedding page asks, and tell it how much room the code would like. */
function followHost(model: Model, host: FrameHost, heightForCode: (lines: number, lineHeight: number) => number): void {
  const readOnly = signal(false);
  effect(() => model.editor.value?.setReadOnly(readOnly.value));
  host.onSettings(({ readOnly: wanted, theme, panel }) => {
    readOnly.value = wanted;
    model.prefs.theme.value = theme;
    if (panel === undefined) return;
    const inTrace = panel !== 'code' && panel !== 'request';
    if (inTrace) model.dispatch({ type: 'view/trace-tab', tab: panel });
    model.area.value = inTrace ? 'trace' : panel;
  });
  const { store } = model.session;
  const tell = (): void => host.reportHeight(heightForCode(Math.max(...Object.values(store.state.work.snippet.files).map((text) => text.split('\n').length)), codeLineHeight));
  store.subscribe(tell);
  tell();
}

/** Pixels of a line in the editor. */
const codeLineHeight = 20;

/**
 * Start the page. In this order: decide what to show (a link, a draft or an example), paint it, then start the app if its
 * code is the visitor's own or ours. The editor proper comes when the page is idle.
 */
export async function boot(options: BootOptions): Promise<Model> {
  const embedded = options.embedded ?? false;
  const storage = embedded ? new Map<string, string>() : safeStorage();
  const prefs = loadPrefs(storage);

  const dark = media('(prefers-color-scheme: dark)');
  const theme = computed((): 'light' | 'dark' => (prefs.theme.value === 'system' ? (dark.value ? 'dark' : 'light') : prefs.theme.value));
  theme.subscribe((value) => { document.documentElement.dataset['theme'] = value; });

  // The embedding page is asked what to show before anything is. Its protocol is not part of the first paint of the page itself.
  const frame = embedded ? await import('../embed/frame.ts') : undefined;
  const host = await frame?.joinHost(window, { engine: options.engine });
  const session = await Session.open({
    examples: builtInExamples,
    machine: options.machine,
    storage: draftStorage(storage),
    address: embedded ? framedEntry : historyEntry(),
    timers: { after: (ms, callback) => setTimeout(callback, ms), cancel: (handle) => clearTimeout(handle as number) },
    // A page in the background has no frames; what it was told must not pile up until it is looked at again.
    nextFrame: (callback) => (document.visibilityState === 'visible' ? void requestAnimationFrame(callback) : void setTimeout(callback, 250)),
    wallMs: () => Math.round(performance.timeOrigin + performance.now()),
    newId: () => Array.from(crypto.getRandomValues(new Uint8Array(9)), (octet) => octet.toString(36)).join(''),
    engine: options.engine,
  });
  // The lesson of the example that a draft came from has its place from the first paint on.
  const { origin } = session.store.state.work;
  if (origin.kind === 'example') await builtInExamples.load(origin.name).catch(() => undefined);
  const model = createModel({ session, examples: catalogue, prefs, engine: options.engine, embedded, layout: layoutFor(embedded), theme });

  render(<ModelProvider value={model}><App /></ModelProvider>, options.root);

  if (frame && host) followHost(model, host, frame.heightForCode);
  window.addEventListener('hashchange', () => void session.followAddress());
  // The last chance to keep what was typed: `visibilitychange` also comes where `pagehide` does not (phones).
  window.addEventListener('pagehide', () => session.flush());
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') session.flush(); });

  void painted.then(() => {
    void fetchTheRest();
    // Not in somebody else's page: what is kept there is theirs to say.
    if (!embedded && __PORTHOLE_OFFLINE__) void import('./offline.ts').then(({ keepOffline }) => keepOffline());
    if (session.store.state.work.trusted && !session.store.state.playback) void session.run();
  });
  return model;
}
