import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { later } from '../messages-later.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Dialog } from '../parts/dialog.tsx';

const m = later.share;

/** Lengths at which tools give up, measured: Discord 2,000 characters, Slack about 4,000, servers and proxies 8,000. */
const steps = [
  { upTo: 2000, tone: 'good', says: m.fits },
  { upTo: 4000, tone: 'fair', says: m.fitsMost },
  { upTo: 8000, tone: 'fair', says: m.fitsFew },
  { upTo: Infinity, tone: 'poor', says: m.tooLong },
] as const;

/** The link, how long it is, and where it will go through. */
export function ShareDialog(props: { readonly onClose: () => void }): JSX.Element {
  const { session, snippet } = useModel();
  const url = useSignal('');
  const problem = useSignal('');
  useSignalEffect(() => {
    void snippet.value;
    session.link().then(
      (fragment) => { url.value = location.href.replace(/#.*$/s, '') + fragment; },
      (error: unknown) => { problem.value = error instanceof Error ? error.message : String(error); },
    );
  });
  const { length } = url.value;
  const step = steps.find((candidate) => length < candidate.upTo) ?? steps[3];
  return (
    <Dialog title={m.title} onClose={props.onClose}>
      <p class="explain">{m.explain}</p>
      {problem.value !== '' ? (
        <p class="failure">{m.failed} {problem.value}</p>
      ) : (
        <>
          <label class="stacked">
            <span>{m.link}</span>
            <input class="field mono" readOnly value={url.value} placeholder={m.making} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <div class="length" data-tone={step.tone}>
            <meter min={0} max={8000} low={2000} high={4000} optimum={0} value={Math.min(length, 8000)} aria-label={m.length(length)} />
            <span>{m.length(length)}: {step.says}</span>
          </div>
          <div class="dialog-actions">
            <CopyButton class="primary" label={m.copyLink} text={() => url.value} />
            <CopyButton label={m.copyMarkdown} text={() => m.markdown(snippet.value.title ?? t.common.untitled, url.value)} />
          </div>
        </>
      )}
    </Dialog>
  );
}
