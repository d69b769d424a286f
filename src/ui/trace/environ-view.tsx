import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { ContextEntry } from '../../trace/events.ts';
import { requestError } from '../../playground/exchanges.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';

const m = t.environ;

/** The dictionary that the application was called with, and where each entry came from. */
export function EnvironView(): JSX.Element {
  const { exchange, selected, hovered, selection, dispatch } = useModel();
  const search = useSignal('');
  const entries = useComputed(() => exchange.value?.context?.entries ?? []);
  const shown = useComputed(() => {
    const wanted = search.value.toLowerCase();
    return entries.value.filter((entry) => wanted === '' || entry.key.toLowerCase().includes(wanted) || entry.value.toLowerCase().includes(wanted));
  });
  const now = exchange.value;
  if (!now || entries.value.length === 0) return <p class="empty">{now && requestError(now) ? m.noneRefused : m.none}</p>;
  const at = { connection: now.connection, exchange: now.number };
  const selectedKey = selection.value?.kind === 'key' ? selection.value.key : '';
  return (
    <div class="environ">
      <div class="view-bar">
        <input class="field search" type="search" aria-label={m.search} placeholder={m.search} value={search.value} onInput={(event) => { search.value = event.currentTarget.value; }} />
        <span class="note count">{m.shown(shown.value.length, entries.value.length)}</span>
      </div>
      <div class="table-scroll" onPointerLeave={() => dispatch({ type: 'hover', selection: null })}>
        <table class="context">
          <thead><tr><th scope="col">{m.key}</th><th scope="col">{m.value}</th><th scope="col">{m.kind}</th><th scope="col">{m.origin}</th></tr></thead>
          <tbody>
            {shown.value.map((entry) => {
              const classes = [selected.value?.keys.has(entry.key) ? 'linked' : '', hovered.value?.keys.has(entry.key) ? 'hovered' : '', entry.key === selectedKey ? 'current' : ''].filter(Boolean).join(' ');
              const pick = (): void => dispatch({ type: 'select', selection: { kind: 'key', ...at, key: entry.key } });
              return (
                <tr key={entry.key} class={classes} onPointerEnter={() => dispatch({ type: 'hover', selection: { kind: 'key', ...at, key: entry.key } })} onClick={pick}>
                  <th scope="row"><button type="button" class="key" aria-pressed={entry.key === selectedKey} onClick={(event) => { event.stopPropagation(); pick(); }}>{entry.key}</button></th>
                  <td class="value">{entry.value === '' ? <span class="note">{m.empty}</span> : entry.value}</td>
                  <td class="kind">{entry.kind}</td>
                  <td class="origin" data-from={entry.origin.from}>{origin(entry)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
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
