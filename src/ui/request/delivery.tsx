import '../styles/delivery.css';
import type { JSX } from 'preact';
import { segmentCuts } from '../../playground/delivery.ts';
import { companions, requestsOf, shownIndex, shownRequest } from '../../playground/requests.ts';
import type { SnippetDelivery } from '../../snippet/schema.ts';
import { later } from '../messages-later.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { Segmented } from '../parts/segmented.tsx';
import { CutList } from './cut-list.tsx';
import { CutStrip, drawnOctets } from './cut-strip.tsx';

const m = later.delivery;

/** How the request goes out: where its bytes are cut into segments, how often, on which connection, and how it ends. */
export function Delivery(): JSX.Element {
  const { snippet, dispatch } = useModel();
  const { raw, delivery = {} } = shownRequest(snippet.value);
  const set = (members: Partial<Record<keyof SnippetDelivery, unknown>>): void => dispatch({ type: 'request/deliver', delivery: { ...delivery, ...members } as SnippetDelivery });
  const cuts = segmentCuts(delivery, raw.length);
  const how = delivery.everyBytes === undefined ? 'cuts' : 'every';
  return (
    <div class="delivery">
      <div class="delivery-row">
        <Segmented name="delivery-how" label={m.how} value={how} onChange={(value) => set({ everyBytes: value === 'every' ? 1 : undefined })}
          options={[{ value: 'cuts', label: m.cutHere }, { value: 'every', label: m.cutEvery }]} />
        {how === 'every' && <Count label={m.everyBytes} around={m.everyAround(delivery.everyBytes ?? 1)} min={1} value={delivery.everyBytes} onChange={(value) => { if (value !== undefined) set({ everyBytes: value }); }} />}
        <Count label={m.everyPause} around={m.pauseAround} min={0} max={60_000} value={delivery.pauseMs} placeholder="0" onChange={(value) => set({ pauseMs: value })} />
        <span class="note delivery-count">{m.segmentCount(cuts.length + 1)}</span>
      </div>
      {raw.length <= drawnOctets
        ? <CutStrip raw={raw} cuts={cuts} end={Math.min(raw.length, delivery.stopAfter ?? raw.length)} editable={how === 'cuts'} onChange={(next) => set({ cuts: next })} own={delivery.cuts ?? []} />
        : <p class="note">{m.bytesMany(raw.length)}</p>}
      {how === 'cuts' && <CutList raw={raw} cuts={delivery.cuts ?? []} pauseMs={delivery.pauseMs ?? 0} onChange={(next) => set({ cuts: next })} />}
      <div class="delivery-row">
        <Count label={m.stopAfter} around={m.stopAround(delivery.stopAfter ?? 2)} min={1} value={delivery.stopAfter} placeholder={m.stopAfterHint} onChange={(value) => set({ stopAfter: value })} />
        <label>{m.ending} <select class="select" value={delivery.ending ?? 'keep'} onChange={(event) => set({ ending: event.currentTarget.value === 'keep' ? undefined : event.currentTarget.value })}>
          {(['keep', 'close', 'reset'] as const).map((ending) => <option key={ending} value={ending}>{m.endings[ending]}</option>)}
        </select></label>
      </div>
      <div class="delivery-row">
        <Count label={m.copies} around={m.copiesAround(delivery.copies ?? 1)} min={1} max={1000} value={delivery.copies} placeholder="1" onChange={(value) => set({ copies: value })} />
        <select class="select" aria-label={m.copiesHow} disabled={(delivery.copies ?? 1) === 1 && companions(snippet.value).length === 0} value={delivery.copiesHow ?? 'in-turn'} onChange={(event) => set({ copiesHow: event.currentTarget.value })}>
          {(['in-turn', 'pipelined', 'parallel'] as const).map((way) => <option key={way} value={way}>{m.hows[way]}</option>)}
        </select>
      </div>
      <Companions chosen={delivery.with ?? []} onChange={(chosen) => set({ with: chosen })} />
      <label class="delivery-row"><input type="checkbox" checked={delivery.reuse ?? false} disabled={delivery.copiesHow === 'parallel'} onChange={(event) => set({ reuse: event.currentTarget.checked })} /><span>{m.reuse}</span></label>
      {shownRequest(snippet.value).delivery && <div><button type="button" class="button quiet small" onClick={() => dispatch({ type: 'request/deliver', delivery: {} })}>{m.clear}</button></div>}
    </div>
  );
}

/** Which of the other saved requests go out with this one. */
function Companions(props: { readonly chosen: readonly number[]; readonly onChange: (chosen: readonly number[]) => void }): JSX.Element | null {
  const { snippet } = useModel();
  const { chosen, onChange } = props;
  const requests = requestsOf(snippet.value);
  const shown = shownIndex(snippet.value);
  if (requests.length < 2) return null;
  return (
    <fieldset class="companions">
      <legend>{m.companions}</legend>
      {requests.map((request, index) => index !== shown && (
        <label key={index} class="delivery-row">
          <input type="checkbox" checked={chosen.includes(index)} onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, index].toSorted((a, b) => a - b) : chosen.filter((one) => one !== index))} />
          <span class="mono">{request.name === '' ? t.common.untitled : request.name}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A number in the words around it, which a language may put before or after it; empty means "not said". */
function Count(props: {
  readonly label: string; readonly around: readonly [before: string, after: string]; readonly placeholder?: string;
  readonly min: number; readonly max?: number; readonly value: number | undefined; readonly onChange: (value: number | undefined) => void;
}): JSX.Element {
  const { min, max = 1_048_576, around: [before, after] } = props;
  return (
    <span class="count">
      {before !== '' && <span aria-hidden="true">{before}</span>}
      <input class="field" type="number" aria-label={props.label} min={min} max={max} placeholder={props.placeholder} value={props.value ?? ''} onInput={(event) => {
        const { value, valueAsNumber } = event.currentTarget;
        if (value === '') props.onChange(undefined);
        // What is out of range on the way to another number is left alone.
        else if (valueAsNumber >= min && valueAsNumber <= max) props.onChange(Math.round(valueAsNumber));
      }} />
      {after !== '' && <span aria-hidden="true">{after}</span>}
    </span>
  );
}
