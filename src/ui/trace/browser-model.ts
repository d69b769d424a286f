import { signal, type Signal } from '@preact/signals';
import { Browser } from '../../playground/browser.ts';
import type { Model } from '../model.ts';

/** The browser of a page, and a number that goes up whenever it changes. */
export interface BrowserModel { readonly browser: Browser; readonly version: Signal<number> }

const made = new WeakMap<Model, BrowserModel>();

/** The one browser of this page; made when it is first asked for. */
export function browserOf(model: Model): BrowserModel {
  let found = made.get(model);
  if (!found) {
    const version = signal(0);
    const browser = new Browser({
      send: (raw) => model.session.visit(raw),
      show: ({ connection, exchange }) => model.dispatch({ type: 'focus', focus: { connection, exchange } }),
      changed: () => { version.value = version.peek() + 1; },
    });
    made.set(model, (found = { browser, version }));
    let { trace } = model.session.store.state;
    model.session.store.subscribe((state) => {
      if (state.trace === trace) return;
      trace = state.trace;
      browser.forget();
    });
  }
  return found;
}
