import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { bothWays, type Pair } from '../../playground/both-ways.ts';
import { joinSpans } from '../../playground/select.ts';
import type { ContextEntry } from '../../trace/events.ts';
import { traceTexts } from '../messages-trace.ts';
import { useModel } from '../model.ts';
import { keyTexts } from './key-texts.ts';
import { useKeys, type Keys } from './use-keys.ts';

const m = traceTexts.environ;

/** The same request as `environ` and as `scope`, side by side, with a line between what says the same. */
export function BothView(): JSX.Element {
  const { whole, exchange, snippet, dispatch } = useModel();
  const both = useComputed(() => (whole.value && exchange.value ? bothWays(whole.value, exchange.value, snippet.value.server) : undefined));
  const keys = useKeys();
  if (!both.value) return <p class="empty">{m.bothNone}</p>;
  const { called, pairs } = both.value;
  return (
    <div class="table-scroll" onPointerLeave={() => dispatch({ type: 'hover', selection: null })}>
      <table class="both-ways">
        <thead>
          <tr>
            <th scope="col">{m.side('environ', called === 'environ')}</th>
            <th class="between" aria-label={m.between} />
            <th scope="col">{m.side('scope', called === 'scope')}</th>
          </tr>
        </thead>
        {pairs.map((pair, index) => <PairRows key={index} pair={pair} called={called} keys={keys} />)}
      </table>
    </div>
  );
}

function PairRows({ pair, called, keys }: { readonly pair: Pair; readonly called: 'environ' | 'scope'; readonly keys: Keys }): JSX.Element {
  const { environ, scope, note } = pair;
  const lost = environ.length === 0 ? 'environ' : scope.length === 0 ? 'scope' : '';
  return (
    <tbody data-lost={lost === '' ? undefined : lost} class={[...new Set((called === 'environ' ? environ : scope).map((entry) => keys.classOf(entry.key)))].join(' ')}>
      <tr>
        <td><Side entries={environ} real={called === 'environ'} keys={keys} /></td>
        <td class="between"><span class="link-line" aria-hidden="true" /></td>
        <td><Side entries={scope} real={called === 'scope'} keys={keys} /></td>
      </tr>
      <tr class="pair-note"><td colSpan={3}>{keyTexts.pairs[note]}</td></tr>
    </tbody>
  );
}

/** Entries of one side. Those that the app was called with are keys of the trace; the others point at their bytes. */
function Side({ entries, real, keys }: { readonly entries: readonly ContextEntry[]; readonly real: boolean; readonly keys: Keys }): JSX.Element {
  const { exchange, selection, dispatch } = useModel();
  if (entries.length === 0) return <span class="note absent">{m.absent}</span>;
  return (
    <>
      {entries.map((entry) => {
        const spans = entry.origin.from === 'bytes' ? joinSpans(entry.origin.spans) : [];
        const span = spans[0] && ([spans[0][0], spans.at(-1)![1]] as const);
        const bytes = span && exchange.value ? ({ kind: 'bytes', connection: exchange.value.connection, stream: 'c2s', span } as const) : null;
        const pick = (): void => (real ? keys.pick(entry.key) : dispatch({ type: 'select', selection: bytes }));
        const hover = (): void => (real ? keys.hover(entry.key) : dispatch({ type: 'hover', selection: bytes }));
        const chosen = real ? keys.current === entry.key : selection.value?.kind === 'bytes' && span !== undefined && selection.value.span[0] === span[0] && selection.value.span[1] === span[1];
        return (
          <div key={entry.key} class="pair-entry" onPointerEnter={hover}>
            <button type="button" class="key" disabled={!real && !bytes} aria-pressed={chosen} onClick={pick}>{entry.key}</button>
            <span class="pair-value">{entry.value === '' ? <span class="note">{m.empty}</span> : entry.value}</span>
            <span class="kind">{entry.kind}</span>
          </div>
        );
      })}
    </>
  );
}
