import '../styles/delivery.css';
import type { JSX } from 'preact';
import { segmentCuts } from '../../playground/delivery.ts';
import { shownRequest } from '../../playground/requests.ts';
import type { SnippetDelivery } from '../../snippet/schema.ts';
import { later } from '../messages-later.ts';
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
        {how === 'every' && <Count label={m.everyBytes} unit={m.bytesUnit(delivery.everyBytes ?? 1)} min={1} value={delivery.everyBytes} onChange={(value) => { if (value !== undefined) set({ everyBytes: value }); }} />}
        <Count label={m.everyPause} unit={m.msUnit} min={0} max={60_000} lead={m.pauseShort} value={delivery.pauseMs} placeholder="0" onChange={(value) => set({ pauseMs: value })} />
        <span class="note delivery-count">{m.segmentCount(cuts.length + 1)}</span>
      </div>
      {raw.length <= drawnOctets
        ? <CutStrip raw={raw} cuts={cuts} end={Math.min(raw.length, delivery.stopAfter ?? raw.length)} editable={how === 'cuts'} onChange={(next) => set({ cuts: next })} own={delivery.cuts ?? []} />
        : <p class="note">{m.bytesMany(raw.length)}</p>}
      {how === 'cuts' && <CutList raw={raw} cuts={delivery.cuts ?? []} pauseMs={delivery.pauseMs ?? 0} onChange={(next) => set({ cuts: next })} />}
      <div class="delivery-row">
        <Count label={m.stopAfter} unit={m.bytesUnit(delivery.stopAfter ?? 2)} min={1} lead={m.stopAfter} value={delivery.stopAfter} placeholder={m.stopAfterHint} onChange={(value) => set({ stopAfter: value })} />
        <label>{m.ending} <select class="select" value={delivery.ending ?? 'keep'} onChange={(event) => set({ ending: event.currentTarget.value === 'keep' ? undefined : event.currentTarget.value })}>
          {(['keep', 'close', 'reset'] as const).map((ending) => <option key={ending} value={ending}>{m.endings[ending]}</option>)}
        </select></label>
      </div>
      <div class="delivery-row">
        <Count label={m.copies} unit={m.copiesUnit(delivery.copies ?? 1)} min={1} max={1000} lead={m.copies} value={delivery.copies} placeholder="1" onChange={(value) => set({ copies: value })} />
        <select class="select" aria-label={m.copiesHow} disabled={(delivery.copies ?? 1) === 1} value={delivery.copiesHow ?? 'in-turn'} onChange={(event) => set({ copiesHow: event.currentTarget.value })}>
          {(['in-turn', 'pipelined', 'parallel'] as const).map((way) => <option key={way} value={way}>{m.hows[way]}</option>)}
        </select>
      </div>
      <label class="delivery-row"><input type="checkbox" checked={delivery.reuse ?? false} disabled={delivery.copiesHow === 'parallel'} onChange={(event) => set({ reuse: event.currentTarget.checked })} /><span>{m.reuse}</span></label>
      {shownRequest(snippet.value).delivery && <div><button type="button" class="button quiet small" onClick={() => dispatch({ type: 'request/deliver', delivery: {} })}>{m.clear}</button></div>}
    </div>
  );
}

/** A number with its unit; empty means "not said". */
function Count(props: {
  readonly label: string; readonly unit: string; readonly lead?: string; readonly placeholder?: string;
  readonly min: number; readonly max?: number; readonly value: number | undefined; readonly onChange: (value: number | undefined) => void;
}): JSX.Element {
  const { min, max = 1_048_576 } = props;
  return (
    <span class="count">
      {props.lead !== undefined && <span aria-hidden="true">{props.lead}</span>}
      <input class="field" type="number" aria-label={props.label} min={min} max={max} placeholder={props.placeholder} value={props.value ?? ''} onInput={(event) => {
        const { value, valueAsNumber } = event.currentTarget;
        if (value === '') props.onChange(undefined);
        // What is out of range on the way to another number is left alone.
        else if (valueAsNumber >= min && valueAsNumber <= max) props.onChange(Math.round(valueAsNumber));
      }} />
      <span aria-hidden="true">{props.unit}</span>
    </span>
  );
}
