import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { isStale, isUp } from '../../playground/state.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';

/** While it starts, the machine's first step is what the state says already. */
const saysNoMore = (text: string): boolean => /^\w+…$/.test(text);

/** One line that says how the server is, by colour, word and shape. */
export function ServerStatus(): JSX.Element {
  const { machine, state } = useModel();
  const stale = useComputed(() => isUp(state.value) && isStale(state.value));
  const played = useComputed(() => state.value.playback !== null && !isUp(state.value));
  const { state: now, text, processes } = machine.value;
  return (
    <div class="server-status" role="status" aria-label={t.status.name} data-state={now} data-stale={stale.value ? '' : undefined}>
      <span class="status-dot" aria-hidden="true" />
      <span class="status-word">{played.value ? t.status.recorded : t.status[now]}</span>
      {played.value && <span class="status-text">{t.status.recordedHint}</span>}
      {text !== '' && now !== 'stopped' && (now !== 'starting' || !saysNoMore(text)) && <span class="status-text" title={text}>{text}</span>}
      {processes.length > 1 && <span class="status-text">{t.status.processes(processes.length)}</span>}
      {stale.value && <span class="status-stale" title={t.status.staleHint}>{t.status.stale}</span>}
    </div>
  );
}
