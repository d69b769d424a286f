import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import type { SendRecord } from '../../playground/state.ts';
import { Icon } from '../icons.tsx';
import { traceTexts } from '../messages-trace.ts';
import { useModel } from '../model.ts';
import { browserOf } from './browser-model.ts';

const m = traceTexts.browser;

/** Address bar, way back and cookies, above what the server answered. */
export function BrowserBar(props: { readonly send: SendRecord }): JSX.Element {
  const model = useModel();
  const { browser, version } = browserOf(model);
  const typed = useSignal<string | null>(null);
  const send = useComputed(() => props.send);
  useSignalEffect(() => {
    const { raw, result } = send.value;
    if (result) browser.see(raw, result);
  });
  void version.value;
  const address = browser.page?.request.url.href ?? '';
  const cookies = browser.cookies.list();
  const { problem } = browser;
  return (
    <div class="browser">
      <form class="browser-bar" aria-label={m.region} onSubmit={(event) => {
        event.preventDefault();
        const wanted = typed.value ?? address;
        typed.value = null;
        void browser.open(wanted);
      }}>
        <button type="button" class="button quiet square" aria-label={m.back} title={m.back} disabled={!browser.back} onClick={() => browser.goBack()}><Icon name="back" /></button>
        <button type="button" class="button quiet square" aria-label={m.forward} title={m.forward} disabled={!browser.forward} onClick={() => browser.goForward()}><Icon name="send" /></button>
        <button type="button" class="button quiet square" aria-label={m.reload} title={m.reload} disabled={!browser.page || browser.busy} onClick={() => void browser.reload()}><Icon name="reload" /></button>
        <input class="field mono address" type="text" inputMode="url" aria-label={m.address} spellcheck={false} autocomplete="off" value={typed.value ?? address}
          onInput={(event) => { typed.value = event.currentTarget.value; }}
          onKeyDown={(event) => { if (event.key === 'Escape') typed.value = null; }} />
        <details class="cookies">
          <summary class="button quiet small">{m.cookies(cookies.length)}</summary>
          <div class="cookie-jar">
            {cookies.length === 0 ? <p class="note">{m.noCookies}</p> : (
              <>
                <ul>
                  {cookies.map((cookie) => (
                    <li key={`${cookie.domain} ${cookie.path} ${cookie.name}`}>
                      <code>{cookie.name}={cookie.value}</code>
                      <span class="note">{m.cookie(cookie.domain, cookie.path, cookie.expires, cookie.httpOnly)}</span>
                    </li>
                  ))}
                </ul>
                <button type="button" class="button small" onClick={() => browser.clearCookies()}>{m.clearCookies}</button>
              </>
            )}
          </div>
        </details>
      </form>
      <p class="browser-problem" role="status" hidden={!problem}>{problem && m.problem[problem.why](problem.href)}</p>
    </div>
  );
}
