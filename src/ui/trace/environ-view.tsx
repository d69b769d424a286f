import '../styles/trace.css';
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { keyFacts } from '../../playground/context-keys.ts';
import { requestError } from '../../playground/exchanges.ts';
import type { ContextEntry } from '../../trace/events.ts';
import { traceTexts } from '../messages-trace.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { Segmented } from '../parts/segmented.tsx';
import { BothView } from './both-view.tsx';
import { keyTexts } from './key-texts.ts';
import { useKeys } from './use-keys.ts';

const m = traceTexts.environ;

/** The dictionary that the application was called with: what each entry is, and where it came from; or the same request both ways. */
export function EnvironView(): JSX.Element {
  const { exchange, prefs } = useModel();
  const search = useSignal('');
  const entries = useComputed(() => exchange.value?.context?.entries ?? []);
  const shown = useComputed(() => {
    const wanted = search.value.toLowerCase();
    return entries.value.filter((entry) => wanted === '' || entry.key.toLowerCase().includes(wanted) || entry.value.toLowerCase().includes(wanted));
  });
  const now = exchange.value;
  if (!now?.context || entries.value.length === 0) return <p class="empty">{now && requestError(now) ? m.noneRefused : m.none}</p>;
  const both = prefs.contextLayout.value === 'both';
  return (
    <div class="environ">
      <div class="view-bar">
        <Segmented name="context-layout" label={m.layout} value={prefs.contextLayout.value} onChange={(value) => { prefs.contextLayout.value = value; }}
          options={[{ value: 'one', label: now.context.type === 'gateway.scope' ? t.trace.scope : t.trace.environ }, { value: 'both', label: m.both }]} />
        {!both && (
          <>
            <input class="field search" type="search" aria-label={m.search} placeholder={m.search} value={search.value} onInput={(event) => { search.value = event.currentTarget.value; }} />
            <div class="toggles">
              <label><input type="checkbox" checked={prefs.explainKeys.value} onChange={(event) => { prefs.explainKeys.value = event.currentTarget.checked; }} /><span>{m.explain}</span></label>
            </div>
            <span class="note count">{m.shown(shown.value.length, entries.value.length)}</span>
          </>
        )}
      </div>
      {both ? <BothView /> : <Table entries={shown.value} type={now.context.type} explain={prefs.explainKeys.value} />}
    </div>
  );
}

function Table(props: { readonly entries: readonly ContextEntry[]; readonly type: 'gateway.environ' | 'gateway.scope'; readonly explain: boolean }): JSX.Element {
  const { dispatch } = useModel();
  const keys = useKeys();
  return (
    <div class="table-scroll" onPointerLeave={() => dispatch({ type: 'hover', selection: null })}>
      <table class="context">
        <thead><tr><th scope="col">{m.key}</th><th scope="col">{m.value}</th><th scope="col">{m.kind}</th><th scope="col">{m.origin}</th></tr></thead>
        <tbody>
          {props.entries.map((entry) => (
            <tr key={entry.key} class={keys.classOf(entry.key)} onPointerEnter={() => keys.hover(entry.key)} onClick={() => keys.pick(entry.key)}>
              <th scope="row"><button type="button" class="key" aria-pressed={keys.current === entry.key} onClick={(event) => { event.stopPropagation(); keys.pick(entry.key); }}>{entry.key}</button></th>
              <td class="value">
                <span class="entry-value">{entry.value === '' ? <span class="note">{m.empty}</span> : entry.value}</span>
                {props.explain && <Meaning type={props.type} name={entry.key} />}
              </td>
              <td class="kind">{entry.kind}</td>
              <td class="origin" data-from={entry.origin.from}>{origin(entry)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What the key is, in a sentence, and the clause that says so. */
function Meaning(props: { readonly type: 'gateway.environ' | 'gateway.scope'; readonly name: string }): JSX.Element {
  const { topic, clause, rule } = keyFacts(props.type, props.name);
  return <span class="meaning">{keyTexts.keys[topic]} {clause !== '' && <span class="clause" title={rule}>{clause}</span>}</span>;
}

function origin(entry: ContextEntry): string {
  switch (entry.origin.from) {
    case 'bytes': {
      const { spans } = entry.origin;
      const first = spans[0];
      const last = spans.at(-1);
      if (!first || !last) return m.fromGateway;
      return first[0] === last[1] ? m.fromEmpty(first[0]) : m.fromBytes(first[0], last[1], spans.length);
    }
    case 'setting': return m.fromSetting(entry.origin.name);
    case 'gateway': return m.fromGateway;
  }
}
