import type { ComponentChildren, JSX } from 'preact';
import { useSignal, useSignalEffect } from '@preact/signals';
import type { Notice, Undo } from '../../playground/state.ts';
import { Icon } from '../icons.tsx';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { newVersion } from '../new-version.ts';

/** A line across the page that asks for attention. Errors are announced at once, the rest when it suits. */
function Banner(props: { readonly tone: 'info' | 'warning' | 'error'; readonly children: ComponentChildren; readonly actions?: ComponentChildren }): JSX.Element {
  return (
    <div class="banner" data-tone={props.tone} role={props.tone === 'info' ? 'note' : 'alert'}>
      <Icon name={props.tone === 'info' ? 'play' : 'warning'} />
      <div class="banner-text">{props.children}</div>
      {props.actions && <div class="banner-actions">{props.actions}</div>}
    </div>
  );
}

const n = t.notice;

function noticeText(notice: Notice): JSX.Element {
  switch (notice.kind) {
    case 'wait-for-run': return <>{n.waitForRun}</>;
    case 'bad-link': return notice.code === 'unknown-example' ? <>{n.unknownExample(notice.message)} {n.badLinkKept}</> : <><strong>{n.badLink}</strong> {notice.message} {notice.advice} {n.badLinkKept}</>;
    case 'machine-failed': return <><strong>{n.machineFailed}</strong> {notice.detail} {n.machineFailedAdvice}</>;
    case 'bad-recording': return <><strong>{n.badRecording}</strong> {notice.detail}</>;
    case 'storage-full': return <>{n.storageFull}</>;
    case 'file-name': return <>{notice.problem.why === 'taken' ? n.nameTaken(notice.path) : n.namePath(notice.path, notice.problem.detail)}</>;
  }
}

/** Seconds that a process has been silent, counted here: the machine only says since when. */
function SilentBanner(): JSX.Element | null {
  const { machine, session } = useModel();
  const seconds = useSignal(0);
  useSignalEffect(() => {
    if (machine.value.state !== 'silent') return undefined;
    seconds.value = 1;
    const timer = window.setInterval(() => { seconds.value += 1; }, 1000);
    return () => window.clearInterval(timer);
  });
  if (machine.value.state !== 'silent') return null;
  const name = machine.value.processes.find((process) => process.state === 'silent')?.name ?? '';
  return (
    <Banner tone="warning" actions={<>
      <button type="button" class="button" onClick={() => void session.run()}>{n.restart}</button>
      <button type="button" class="button" onClick={() => void session.stop()}>{n.end}</button>
    </>}>
      {n.silent(name, seconds.value)}
    </Banner>
  );
}

/** Why the app could not be loaded, with the way to the place. */
function ProblemBanner(): JSX.Element | null {
  const { machine, editor, dispatch, area, session, snippet } = useModel();
  const { problem, state } = machine.value;
  if (!problem || state === 'running' || state === 'starting') return null;
  const { site } = problem;
  const show = (): void => {
    if (!site) return;
    area.value = 'code';
    dispatch({ type: 'file/open', path: site.file });
    editor.value?.reveal(site.file, site.line, site.column);
    editor.value?.focus();
  };
  return (
    <Banner tone="error" actions={<>
      {site && <button type="button" class="button" onClick={show}>{t.common.openSite(site.file, site.line)}</button>}
      {problem.name === 'PackageError' && snippet.value.packages && <button type="button" class="button" onClick={() => void session.updatePackages()}>{n.updatePackages}</button>}
    </>}>
      <strong>{n.problem}</strong> <span class="mono">{site && `${site.file}:${site.line}${site.column === undefined ? '' : `:${site.column}`}`}</span>{' '}
      <span>{problem.name}: {problem.message}</span> <span class="advice">{problem.advice}</span>
    </Banner>
  );
}

/** Foreign code waits for Run. In its place above the areas from the first paint on, until Run is pressed. */
export function TrustNotice(): JSX.Element {
  const { session, work } = useModel();
  return (
    <div>
      {!work.value.trusted && <Banner tone="info" actions={<button type="button" class="button primary" onClick={() => void session.run()}>{n.start}</button>}>{n.waitForRun}</Banner>}
    </div>
  );
}

/** Everything else that asks for attention now, and the way back from what was just done. */
export function Notices(): JSX.Element {
  const { state, dispatch } = useModel();
  const { notice } = state.value;
  return (
    <div class="notices">
      {notice && notice.kind !== 'wait-for-run' && (
        <Banner tone={notice.kind === 'file-name' ? 'warning' : 'error'} actions={<button type="button" class="button quiet" onClick={() => dispatch({ type: 'notice', notice: null })}>{t.common.dismiss}</button>}>
          {noticeText(notice)}
        </Banner>
      )}
      <SilentBanner />
      <ProblemBanner />
      <NewVersion />
      <UndoToast />
    </div>
  );
}

/** A newer Porthole is there. Drafts are kept over the reload. */
function NewVersion(): JSX.Element | null {
  const take = newVersion.value;
  if (!take) return null;
  return <div class="toast" role="status"><span>{n.newVersion}</span><button type="button" class="button quiet" onClick={take}>{n.takeNewVersion}</button></div>;
}

/** How long an offer to undo stays. ms. It also goes when it is used or overtaken; drafts remain in any case. */
const undoMs = 12_000;

function undoText(undo: Undo, title: string): string {
  switch (undo.what) {
    case 'work': return n.workReplaced(title);
    case 'file': return n.fileDeleted(undo.path);
    case 'request': return n.requestDeleted(undo.request.name);
  }
}

/** What was just done, and the way back. */
function UndoToast(): JSX.Element {
  const { state, session, dispatch, snippet } = useModel();
  const { undo } = state.value;
  useSignalEffect(() => {
    if (!state.value.undo) return undefined;
    const pending = state.value.undo;
    const timer = window.setTimeout(() => {
      if (state.peek().undo === pending) dispatch({ type: 'undo/dismiss' });
    }, undoMs);
    return () => window.clearTimeout(timer);
  });
  return (
    <div role="status" aria-live="polite">
      {undo && (
        <div class="toast">
          <span>{undoText(undo, snippet.value.title ?? t.common.untitled)}</span>
          <button type="button" class="button quiet" onClick={() => session.undo()}><Icon name="undo" /><span>{t.common.undo}</span></button>
          <button type="button" class="button quiet square" aria-label={t.common.dismiss} onClick={() => dispatch({ type: 'undo/dismiss' })}><Icon name="close" /></button>
        </div>
      )}
    </div>
  );
}
