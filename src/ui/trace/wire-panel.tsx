import '../styles/trace.css';
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { unitAt, type Linked, type Selection } from '../../playground/select.ts';
import type { ConnectionIndex } from '../../playground/trace-log.ts';
import { rawText } from '../../playground/response.ts';
import { segmentStarts } from '../../playground/wire.ts';
import { traceTexts } from '../messages-trace.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { Segmented } from '../parts/segmented.tsx';
import { WireView } from './wire-view.ts';

/** In the order of a message. The legend names those that occur. */
const legend = [
  'method', 'target', 'version', 'status', 'reason', 'field-name', 'field-value', 'chunk-size', 'chunk-extension', 'body', 'trailer-name', 'trailer-value',
  'ws-header', 'ws-mask', 'ws-payload', 'line-end', 'ignored', 'refused',
] as const;

/** The bytes of the connection in focus. */
export function WirePanel(): JSX.Element {
  const { state, connection, calmVersion, focus, step, selection, selected, hovered, dispatch, prefs } = useModel();
  const grid = useRef<HTMLDivElement>(null);
  const view = useRef<WireView | null>(null);
  const width = useSignal(800);

  useLayoutEffect(() => {
    const container = grid.current;
    if (!container) return undefined;
    const wire = new WireView({
      container,
      unitAt: (id, stream, offset) => unitAt(state.peek().trace, id, stream, offset),
      onHover: (selection) => dispatch({ type: 'hover', selection }),
      onSelect: (selection) => dispatch({ type: 'select', selection }),
    });
    view.current = wire;
    const observer = new ResizeObserver(() => { width.value = container.clientWidth; });
    observer.observe(container);
    width.value = container.clientWidth;
    return () => {
      observer.disconnect();
      wire.dispose();
      view.current = null;
    };
  }, []);

  useSignalEffect(() => {
    // Not for each batch of a flood: the rows of a long connection are many to make.
    void [calmVersion.value, focus.value, step.value];
    view.current?.show(connection.peek(), prefs.wireLayout.value, width.value);
  });
  useSignalEffect(() => view.current?.light(selected.value, hovered.value));
  // Once for each selection: what is linked to it is worked out again whenever the trace grows, and the visitor may have scrolled on.
  const revealed = useRef<Selection | null>(null);
  useSignalEffect(() => {
    const linked = selected.value;
    const first = linked?.c2s[0] ?? linked?.s2c[0];
    if (!linked || !first || revealed.current === selection.peek()) return;
    revealed.current = selection.peek();
    if (document.activeElement !== grid.current) view.current?.reveal(linked.c2s[0] ? 'c2s' : 's2c', first[0]);
  });

  const kinds = useComputed(() => legend.filter((token) => connection.value?.c2s.kinds.has(token) || connection.value?.s2c.kinds.has(token)));
  const segmented = useComputed(() => (['c2s', 's2c'] as const).some((stream) => connection.value && segmentStarts(connection.value, stream).size > 1));

  return (
    <div class="wire">
      <div class="view-bar">
        <Segmented name="wire-layout" label={traceTexts.wire.layout} value={prefs.wireLayout.value} onChange={(value) => { prefs.wireLayout.value = value; }}
          options={[{ value: 'hex', label: traceTexts.wire.hex }, { value: 'text', label: traceTexts.wire.text }]} />
        <ul class="legend" aria-label={traceTexts.wire.legend}>
          {kinds.value.map((token) => <li key={token}><span data-token={token}>{traceTexts.wire.tokens[token]}</span></li>)}
          {segmented.value && <li><span class="legend-border">{traceTexts.wire.border}</span></li>}
        </ul>
      </div>
      <div class="wire-grid" ref={grid} role="grid" aria-label={traceTexts.wire.grid} tabIndex={0} />
      <WireInfo />
    </div>
  );
}

/** How much of a token's text the info line shows. */
const excerptBytes = 60;

/** One line about what is pointed at, else about what is selected. Its height never changes. */
function WireInfo(): JSX.Element {
  const { selected, hovered, connection } = useModel();
  const info = useComputed(() => describeLinked(hovered.value ?? selected.value, connection.value));
  const { value } = info;
  return (
    <p class="info-line" aria-live="polite">
      {value ? (
        <>
          <span class="info-token" data-token={value.token}>{value.name}</span>
          <span>{value.where}</span>
          <code>{value.text}</code>
          {value.keys !== '' && <span class="info-keys">{value.keys}</span>}
        </>
      ) : traceTexts.wire.hint}
    </p>
  );
}

interface Info { readonly token: string; readonly name: string; readonly where: string; readonly text: string; readonly keys: string }

function describeLinked(linked: Linked | undefined, connection: ConnectionIndex | undefined): Info | undefined {
  const stream = linked?.c2s[0] ? 'c2s' : 's2c';
  const span = linked?.[stream][0];
  if (!linked || !span || !connection || connection.id !== linked.connection) return undefined;
  const index = connection[stream];
  const last = linked[stream].at(-1) ?? span;
  const tokens = index.tokensIn(span[0], last[1]);
  const [token] = tokens;
  const refused = index.isRefused(span[0]);
  const only = tokens.length === 1 && token ? token.token : undefined;
  const bytes = index.slice(span[0], Math.min(span[1], span[0] + excerptBytes));
  const text = rawText(bytes).replaceAll('\r', '\\r').replaceAll('\n', '\\n');
  const keys = [...linked.keys];
  const shown = keys.slice(0, 4);
  if (keys.length > shown.length) shown.push(traceTexts.wire.more(keys.length - shown.length));
  return {
    token: refused ? 'refused' : (only ?? ''),
    name: refused ? traceTexts.wire.tokens.refused : only ? traceTexts.wire.tokens[only] : tokens.length === 0 ? traceTexts.wire.unparsed : t.common.list([...new Set(tokens.map((one) => traceTexts.wire.tokens[one.token]))].slice(0, 3)),
    where: traceTexts.wire.at(span[0], last[1]),
    text,
    keys: keys.length > 0 ? traceTexts.wire.becomes(shown) : '',
  };
}
