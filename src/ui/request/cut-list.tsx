import type { JSX } from 'preact';
import { moveCut, toggleCut } from '../../playground/delivery.ts';
import type { Inspection } from '../../playground/inspect.ts';
import type { SnippetCut } from '../../snippet/schema.ts';
import { Icon } from '../icons.tsx';
import { later } from '../messages-later.ts';
import { parser } from './parser.ts';

const m = later.delivery;

/** For so many segments it is said what the parser makes of what it has by then. */
const explained = 24;

function says(result: Inspection): string {
  switch (result.kind) {
    case 'ok': return m.after.ok(result.requests);
    case 'empty': return m.after.empty;
    case 'incomplete': return m.after[result.missing];
    case 'refused': return m.after.refused(result.error.status);
  }
}

/** The cuts as numbers, with their pauses, and what the parser has understood at each. */
export function CutList(props: { readonly raw: string; readonly cuts: readonly SnippetCut[]; readonly pauseMs: number; readonly onChange: (cuts: readonly SnippetCut[]) => void }): JSX.Element {
  const { raw, cuts, pauseMs, onChange } = props;
  const inspect = parser.value.value;
  const set = (cut: SnippetCut, value: number): void => onChange(cuts.map((other) => (other === cut ? (Number.isNaN(value) ? { at: cut.at } : { ...cut, pauseMs: Math.min(60_000, Math.max(0, value)) }) : other)));
  const headEnd = raw.indexOf('\r\n\r\n');
  const lineEnd = raw.indexOf('\n');
  const presets = [
    [m.presets.line, lineEnd + 1],
    [m.presets.crlf, headEnd < 0 ? 0 : headEnd + 3],
    [m.presets.head, headEnd < 0 ? 0 : headEnd + 4],
    [m.presets.half, raw.length >> 1],
  ] as const;
  const free = presets.filter(([, at]) => at > 0 && at < raw.length && !cuts.some((cut) => cut.at === at));
  return (
    <div class="cut-list">
      {cuts.length > 0 && (
        <ol aria-label={m.segments}>
          {cuts.map((cut, index) => (
            <li key={index}>
              <span class="mono">{m.segment(index + 1, cuts[index - 1]?.at ?? 0, cut.at)}</span>
              {index < explained && inspect && <span class="note">{says(inspect(raw.slice(0, cut.at)))}</span>}
              <span class="count">
                <input class="field" type="number" aria-label={m.at} min={1} max={raw.length - 1} value={cut.at} onChange={(event) => {
                  const to = event.currentTarget.valueAsNumber;
                  if (!Number.isNaN(to)) onChange(moveCut(cuts, cut.at, Math.round(to), raw.length));
                }} />
                <span aria-hidden="true">{m.pauseAround[0]}</span>
                <input class="field" type="number" aria-label={m.pause} min={0} max={60_000} placeholder={String(pauseMs)} value={cut.pauseMs ?? ''} onInput={(event) => set(cut, event.currentTarget.valueAsNumber)} />
                <span aria-hidden="true">{m.pauseAround[1]}</span>
              </span>
              <button type="button" class="button quiet square" aria-label={m.remove(cut.at)} title={m.remove(cut.at)} onClick={() => onChange(toggleCut(cuts, cut.at, raw.length))}><Icon name="close" /></button>
            </li>
          ))}
        </ol>
      )}
      {free.length > 0 && (
        <div class="delivery-row">
          <span>{m.addAt}</span>
          {free.map(([label, at]) => <button key={label} type="button" class="button small" onClick={() => onChange(toggleCut(cuts, at, raw.length))}>{label}</button>)}
        </div>
      )}
    </div>
  );
}
