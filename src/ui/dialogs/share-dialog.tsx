import '../styles/share.css';
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { answeredExchanges, savedExchanges } from '../../playground/export/saved-exchanges.ts';
import { nodeProject, projectName } from '../../playground/export/node-project.ts';
import { toHar } from '../../playground/export/har.ts';
import { toPcap } from '../../playground/export/pcap.ts';
import { runsInNode, toVitest } from '../../playground/export/vitest-file.ts';
import { zipFiles } from '../../playground/export/zip.ts';
import { fits, linkLimits, linkTone } from '../../playground/link-length.ts';
import { embedCode } from '../embed-code.ts';
import { later } from '../messages-later.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { saveFile } from '../parts/save-file.ts';
import { whyNot } from './why-not.ts';

const m = later.share;

/** The link, how long it is and where it goes through; and the same as files. */
export function ShareDialog(props: { readonly onClose: () => void }): JSX.Element {
  const { session, snippet, state } = useModel();
  const url = useSignal('');
  const problem = useSignal('');
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
  const title = snippet.value.title ?? t.common.untitled;
  return (
    <Dialog title={m.title} onClose={props.onClose}>
      <p class="explain">{m.explain}</p>
      {problem.value === '' ? (
        <>
          <label class="stacked">
            <span>{m.link}</span>
            <input class="field mono" readOnly value={url.value} placeholder={m.making} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <Length length={url.value.length} />
        </>
      ) : <p class="failure" role="alert">{m.failed(problem.value)}</p>}
      <label class="check"><input type="checkbox" checked={recorded.value} disabled={!hasTrace} onChange={(event) => { recorded.value = event.currentTarget.checked; }} /><span>{m.recorded}</span><span class="note">{hasTrace ? m.recordedHint : m.nothingSent}</span></label>
      {problem.value === '' && (
        <div class="dialog-actions">
          <CopyButton class="primary" label={m.copyLink} text={() => url.value} />
          <CopyButton label={m.copyMarkdown} text={() => m.markdown(title, url.value)} />
          <CopyButton label={m.copyEmbed} text={() => embedCode({ address: url.value, title: later.embed.frameTitle(title), height: 480 })} />
        </div>
      )}
      <Files />
    </Dialog>
  );
}

/** How long the link is, and a word for each place that may be too narrow for it. */
function Length({ length }: { readonly length: number }): JSX.Element {
  return (
    <div class="length" data-tone={linkTone(length)}>
      <meter min={0} max={8000} low={2000} high={4000} optimum={0} value={Math.min(length, 8000)} aria-label={m.length(length)} />
      <span>{m.length(length)}</span>
      <ul aria-label={m.limits}>
        {linkLimits.map((limit) => <li key={limit.place} data-fits={fits(limit, length) ? '' : undefined}>{fits(limit, length) ? m.fits(m.places[limit.place], limit.chars) : m.tooLong(m.places[limit.place], limit.chars)}</li>)}
      </ul>
      {!fits(linkLimits[2]!, length) && <span class="note">{m.advice}</span>}
    </div>
  );
}

/** The snippet and what was sent, as files for other programs. */
function Files(): JSX.Element {
  const { session, state, snippet, engine } = useModel();
  const name = projectName(snippet.value);
  const { trace } = state.value;
  const inNode = runsInNode(snippet.value);
  const answered = answeredExchanges(state.value).length > 0;
  const sent = trace.connections.size > 0;
  const problem = useSignal('');
  const har = (): void => saveFile(`${name}.har`, toHar(trace, { epochMs: performance.timeOrigin, version: engine }), 'application/json');
  const saveRecording = (): Promise<void> => session.recording().then(
    (recording) => saveFile(`${name}.recording.json`, JSON.stringify(recording), 'application/json'),
    (error: unknown) => { problem.value = whyNot(error); },
  );
  const project = async (): Promise<void> => {
    const link = await session.link().then((fragment) => location.href.replace(/#.*$/s, '') + fragment, () => undefined);
    const files = nodeProject(snippet.value, savedExchanges(state.value), { version: engine, ...(link !== undefined && { link }) });
    saveFile(`${name}.zip`, zipFiles(name, files) as Uint8Array<ArrayBuffer>, 'application/zip');
  };
  return (
    <section class="files" aria-label={m.files}>
      <h3>{m.files}</h3>
      <ul>
        <File label={m.project} hint={inNode ? m.projectHint : m.notPython} enabled={inNode} onSave={() => void project()} />
        <File label={m.vitest} hint={!inNode ? m.notPython : answered ? m.vitestHint : m.nothingSent} enabled={inNode && answered}
          onSave={() => saveFile(`${name}.test.ts`, toVitest(snippet.value, answeredExchanges(state.value)), 'text/typescript')} />
        <File label={m.recording} hint={sent ? m.recordingHint : m.nothingSent} enabled={sent} onSave={() => void saveRecording()} />
        <File label={m.har} hint={sent ? m.harHint : m.nothingSent} enabled={sent} onSave={har} />
        <File label={m.pcap} hint={sent ? m.pcapHint : m.nothingSent} enabled={sent} onSave={() => saveFile(`${name}.pcap`, toPcap(trace.events, { epochMs: performance.timeOrigin }), 'application/vnd.tcpdump.pcap')} />
      </ul>
      {problem.value !== '' && <p class="failure" role="alert">{problem.value}</p>}
    </section>
  );
}

function File(props: { readonly label: string; readonly hint: string; readonly enabled: boolean; readonly onSave: () => void }): JSX.Element {
  const id = `save-${props.label.replace(/\W+/g, '-')}`;
  return (
    <li>
      <button type="button" class="button" disabled={!props.enabled} aria-describedby={id} onClick={props.onSave}>{props.label}</button>
      <span class="note" id={id}>{props.hint}</span>
    </li>
  );
}
