import '../styles/share.css';
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { elementCode, embedCode, type EmbedOptions } from '../embed-code.ts';
import { later } from '../messages-later.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { whyNot } from './why-not.ts';

const m = later.embed;
const panels = ['code', 'request', 'response', 'wire', 'timeline', 'environ', 'states', 'console'] as const;
const loadings = ['lazy', 'visible', 'click'] as const;

/** Code to paste into documentation: the element, or a plain frame. */
export function EmbedDialog(props: { readonly onClose: () => void }): JSX.Element {
  const { session, snippet, state } = useModel();
  const url = useSignal('');
  const problem = useSignal('');
  const how = useSignal<'element' | 'frame'>('element');
  const height = useSignal(480);
  const panel = useSignal<(typeof panels)[number] | ''>('');
  const loading = useSignal<(typeof loadings)[number]>('lazy');
  const readOnly = useSignal(false);
  const recorded = useSignal(false);
  const hasTrace = state.value.trace.events.length > 0;
  useSignalEffect(() => {
    void snippet.value;
    session.link({ recorded: recorded.value }).then(
      (fragment) => {
        url.value = location.href.replace(/#.*$/s, '') + fragment;
        problem.value = '';
      },
      (error: unknown) => { problem.value = whyNot(error); },
    );
  });
  const options: EmbedOptions = {
    address: url.value || location.href, title: m.frameTitle(snippet.value.title ?? t.common.untitled), height: height.value,
    ...(panel.value !== '' && { panel: panel.value }), loading: loading.value, readOnly: readOnly.value,
  };
  const code = how.value === 'element' ? elementCode(options) : embedCode(options);
  return (
    <Dialog title={m.title} onClose={props.onClose}>
      <p class="explain">{m.explain}</p>
      <Segmented name="embed-how" label={m.how} value={how.value} onChange={(value) => { how.value = value; }} options={[{ value: 'element', label: m.element }, { value: 'frame', label: m.frame }]} />
      <p class="note">{how.value === 'element' ? m.elementHint : m.frameHint}</p>
      <div class="embed-options">
        <label><span>{m.height}</span><input class="field" type="number" min={200} max={2000} step={20} value={height.value} onInput={(event) => { height.value = event.currentTarget.valueAsNumber || 480; }} /></label>
        {how.value === 'element' && (
          <>
            <label><span>{m.panel}</span><select class="select" value={panel.value} onChange={(event) => { panel.value = event.currentTarget.value as typeof panel.value; }}>
              <option value="">{m.panelAny}</option>
              {panels.map((name) => <option key={name} value={name}>{m.panels[name]}</option>)}
            </select></label>
            <label><span>{m.loading}</span><select class="select" value={loading.value} onChange={(event) => { loading.value = event.currentTarget.value as typeof loading.value; }}>
              {loadings.map((name) => <option key={name} value={name}>{m.loadings[name]}</option>)}
            </select></label>
            <label class="check"><input type="checkbox" checked={readOnly.value} onChange={(event) => { readOnly.value = event.currentTarget.checked; }} /><span>{m.readOnly}</span></label>
          </>
        )}
      </div>
      <label class="check"><input type="checkbox" checked={recorded.value} disabled={!hasTrace} onChange={(event) => { recorded.value = event.currentTarget.checked; }} /><span>{later.share.recorded}</span><span class="note">{hasTrace ? later.share.recordedHint : later.share.nothingSent}</span></label>
      {problem.value !== '' ? <p class="failure" role="alert">{later.share.failed(problem.value)}</p> : (
        <>
          <label class="stacked"><span>{m.code}</span><textarea class="field mono" readOnly rows={6} value={code} onFocus={(event) => event.currentTarget.select()} /></label>
          <div class="dialog-actions"><CopyButton class="primary" label={m.copy} text={() => code} /></div>
        </>
      )}
    </Dialog>
  );
}
