import '../styles/trace.css';
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { stopAt, stopsOf } from '../../playground/replay.ts';
import { describe } from '../describe.ts';
import { Icon } from '../icons.tsx';
import { traceTexts } from '../messages-trace.ts';
import { useModel, type Model } from '../model.ts';
import { walk } from './steps.ts';

const m = traceTexts.steps;

/** Where a key that is typed is text. */
const typing = 'input:not([type="range"], [type="radio"], [type="checkbox"]), textarea, select, [contenteditable]';

/** `,` and `.` step back and forward wherever nothing is typed, as in players of films. */
function stepByKey(model: Model, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== ',' && event.key !== '.')) return;
  if (event.target instanceof HTMLElement && event.target.matches(typing)) return;
  event.preventDefault();
  walk(model, event.key === ',' ? 'back' : 'forward');
}

/** Walks through the trace of the connection in focus: every view shows the world as of the step. */
export function Scrubber(): JSX.Element {
  const model = useModel();
  const { whole, calmVersion, focus, step, state, dispatch } = model;
  const filter = useComputed(() => state.value.filter);
  const stops = useComputed(() => {
    void [calmVersion.value, focus.value];
    return stopsOf(whole.peek(), filter.value);
  });
  const count = stops.value.length;
  const at = step.value === null ? count : stopAt(stops.value, step.value) + 1;
  const event = step.value === null ? undefined : whole.value?.events[step.value];
  const what = event ? describe(event).title : count === 0 ? m.none : m.whole;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const panel = box.current?.closest<HTMLElement>('.trace');
    const onKey = (key: KeyboardEvent): void => stepByKey(model, key);
    panel?.addEventListener('keydown', onKey);
    return () => panel?.removeEventListener('keydown', onKey);
  }, []);
  const go = (index: number): void => dispatch({ type: 'step', step: stops.value[index] ?? null });
  return (
    <div class="scrubber" ref={box} role="group" aria-label={m.region} data-stepping={step.value === null ? undefined : ''}>
      <button type="button" class="button quiet square" aria-label={m.first} title={m.first} disabled={count === 0} onClick={() => walk(model, 'first')}><Icon name="toStart" /></button>
      <button type="button" class="button quiet square" aria-label={m.back} title={m.back} aria-keyshortcuts="," disabled={count === 0 || at === 1} onClick={() => walk(model, 'back')}><Icon name="stepBack" /></button>
      <input class="scrub" type="range" aria-label={m.slider} aria-valuetext={event ? m.value(at, count, what) : what} min={1} max={count + 1} step={1} disabled={count === 0}
        value={step.value === null ? count + 1 : at} style={{ '--done': `${count === 0 ? 0 : ((step.value === null ? count : at - 1) / count) * 100}%` }}
        onInput={(input) => go(input.currentTarget.valueAsNumber - 1)} />
      <button type="button" class="button quiet square" aria-label={m.forward} title={m.forward} aria-keyshortcuts="." disabled={count === 0 || step.value === null} onClick={() => walk(model, 'forward')}><Icon name="stepForward" /></button>
      <button type="button" class="button quiet square" aria-label={m.last} title={m.last} disabled={step.value === null} onClick={() => walk(model, 'last')}><Icon name="toEnd" /></button>
      <output class="scrub-what" title={what}>
        {event && <span class="scrub-at">{m.of(at, count)}</span>}
        <span class="scrub-title">{what}</span>
        {!event && count > 0 && <span class="note">{m.wholeHint}</span>}
      </output>
    </div>
  );
}
