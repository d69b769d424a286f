import { useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { EditorPanel } from './code/editor-panel.tsx';
import { Header } from './header/header.tsx';
import { pageKey, type PageKey } from './keys.ts';
import { t } from './messages.ts';
import { useModel, type Model } from './model.ts';
import { Notices, TrustNotice } from './parts/notices.tsx';
import { Splitter } from './parts/splitter.tsx';
import { SendButton } from './request/send-button.tsx';
import { RequestPanel } from './request/request-panel.tsx';
import { TracePanel } from './trace/trace-panel.tsx';
import { Dialogs } from './dialogs/dialogs.tsx';

/** The page: header, what asks for attention, and three areas with movable borders. */
export function App(): JSX.Element {
  const model = useModel();
  const { prefs, area, snippet, layout, embedded } = model;

  useSignalEffect(() => {
    document.title = t.pageTitle(snippet.value.title ?? '');
  });
  useSignalEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const key = pageKey(event);
      // The browser is asked and not the model, which hears of a closed dialog a task later.
      if (key === undefined || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      event.stopPropagation();
      press(model, key);
    };
    // Captured: the editor has its own idea of Ctrl+Enter.
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  });

  const style = { '--split-main': `${prefs.splitMain.value}%`, '--split-side': `${prefs.splitSide.value}%` };
  return (
    <div class="app" data-area={area.value} data-layout={layout.value} data-embedded={embedded ? '' : undefined} style={style}>
      <SkipLink area="code" label={t.skip.editor} />
      <SkipLink area="trace" label={t.skip.trace} />
      <Header />
      <TrustNotice />
      <main class="areas">
        <EditorPanel />
        <Splitter value={prefs.splitMain} initial={44} orientation="vertical" label={t.splitters.main} controls="area-code" />
        <div class="side">
          <RequestPanel />
          <Splitter value={prefs.splitSide} initial={40} orientation="horizontal" label={t.splitters.side} controls="area-request" />
          <TracePanel />
        </div>
      </main>
      <AreaSwitch />
      <Notices />
      <Dialogs />
    </div>
  );
}

const areas = ['code', 'request', 'trace'] as const;

/** Do what a key asks for. */
function press(model: Model, key: PageKey): void {
  const { session, dialog, area, embedded } = model;
  switch (key) {
    case 'send': return void session.send();
    case 'palette': return void (dialog.value = 'palette');
    case 'help': return void (dialog.value = 'keys');
    case 'share': return embedded ? undefined : void (dialog.value = 'share');
    case 'next-area':
    case 'previous-area': {
      const here = areas.findIndex((name) => document.activeElement?.closest(`#area-${name}`));
      const next = areas[(here + (key === 'next-area' ? 1 : here < 0 ? 0 : -1) + areas.length) % areas.length] ?? 'code';
      area.value = next;
      const focus = (): boolean => {
        const shown = document.getElementById(`area-${next}`);
        shown?.focus();
        return document.activeElement === shown;
      };
      // At once, so that the next press counts from there; on a narrow screen it is drawn first.
      if (!focus()) requestAnimationFrame(focus);
    }
  }
}

/** Takes the keyboard past what is in between. The fragment of the address is the snippet's, so this must not change it. */
function SkipLink(props: { readonly area: 'code' | 'trace'; readonly label: string }): JSX.Element {
  const { area } = useModel();
  const id = `area-${props.area}`;
  return (
    <a class="skip" href={`#${id}`} onClick={(event) => {
      event.preventDefault();
      area.value = props.area;
      document.getElementById(id)?.focus();
    }}>{props.label}</a>
  );
}

/** On a narrow screen one area is shown at a time; this chooses it, and Send is here, whatever is shown. */
function AreaSwitch(): JSX.Element {
  const { area, layout } = useModel();
  const names = { code: t.header.areaCode, request: t.header.areaRequest, trace: t.header.areaTrace } as const;
  return (
    <div class="area-switch">
      <nav aria-label={t.header.areas}>
        {areas.map((name) => (
          <button key={name} type="button" aria-current={area.value === name ? 'true' : undefined} onClick={() => { area.value = name; }}>{names[name]}</button>
        ))}
      </nav>
      {layout.value === 'narrow' && <SendButton />}
    </div>
  );
}
