import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { embedUrl } from '../../snippet/link.ts';
import { later } from '../messages-later.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Dialog } from '../parts/dialog.tsx';

const m = later.embed;

const quote = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** An iframe to paste into documentation. */
export function EmbedDialog(props: { readonly onClose: () => void }): JSX.Element {
  const { snippet } = useModel();
  const url = useSignal('');
  const problem = useSignal('');
  const height = useSignal(480);
  useSignalEffect(() => {
    embedUrl(snippet.value, location.href).then((made) => { url.value = made; }, (error: unknown) => { problem.value = error instanceof Error ? error.message : String(error); });
  });
  const code = `<iframe src="${quote(url.value)}" title="${quote(m.frameTitle(snippet.value.title ?? t.common.untitled))}" width="100%" height="${height.value}" loading="lazy" style="border:0"></iframe>`;
  return (
    <Dialog title={m.title} onClose={props.onClose}>
      <p class="explain">{m.explain}</p>
      {problem.value !== '' ? <p class="failure">{later.share.failed} {problem.value}</p> : (
        <>
          <label class="inline"><span>{m.height}</span><input class="field" type="number" min={200} max={2000} step={20} value={height.value} onInput={(event) => { height.value = event.currentTarget.valueAsNumber || 480; }} /></label>
          <label class="stacked"><span>{m.code}</span><textarea class="field mono" readOnly rows={6} value={code} onFocus={(event) => event.currentTarget.select()} /></label>
          <div class="dialog-actions"><CopyButton class="primary" label={m.copy} text={() => code} /></div>
        </>
      )}
    </Dialog>
  );
}
