import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { consoleLines } from '../../playground/console.ts';
import { exchangeSummaries, requestError } from '../../playground/exchanges.ts';
import { Icon } from '../icons.tsx';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { later } from '../parts/later.tsx';
import { TabList, TabPanel } from '../parts/tabs.tsx';

// None of them has anything to show before the first request.
const views = {
  response: later(async () => (await import('./response-view.tsx')).ResponseView),
  wire: later(async () => (await import('./wire-panel.tsx')).WirePanel),
  timeline: later(async () => (await import('./timeline-panel.tsx')).TimelinePanel),
  environ: later(async () => (await import('./environ-view.tsx')).EnvironView),
  states: later(async () => (await import('./states-view.tsx')).StatesView),
  console: later(async () => (await import('./console-view.tsx')).ConsoleView),
  terminals: later(async () => (await import('../terminals/terminals-view.tsx')).TerminalsView),
  compare: later(async () => (await import('../compare/compare-view.tsx')).CompareView),
  machine: later(async () => (await import('../machine/machine-view.tsx')).MachineView),
} as const;

const Scrubber = later(async () => (await import('./scrubber.tsx')).Scrubber);

/** What happened: views of one trace, and of the machine that tells it. */
export function TracePanel(): JSX.Element {
  const { snippet, state, calmVersion, exchange, machine, dispatch } = useModel();
  const tab = snippet.value.view.traceTab ?? 'response';
  const trace = useComputed(() => state.value.trace);
  const errors = useComputed(() => {
    void calmVersion.value;
    return consoleLines(trace.value, 500).filter((line) => line.level === 'error').length;
  });
  const asgi = (exchange.value?.context?.type ?? (machine.value.interface === 'asgi' ? 'gateway.scope' : 'gateway.environ')) === 'gateway.scope';
  const View = views[tab];
  return (
    <section class="panel trace" id="area-trace" aria-label={t.trace.region} tabIndex={-1}>
      <div class="panel-bar">
        <h2 class="panel-title">{t.trace.region}</h2>
        <TabList
          group="trace"
          label={t.trace.views}
          tabs={[
            { name: 'response', label: t.trace.response },
            { name: 'wire', label: t.trace.wire },
            { name: 'timeline', label: t.trace.timeline },
            { name: 'environ', label: asgi ? t.trace.scope : t.trace.environ },
            { name: 'states', label: t.trace.states },
            { name: 'console', label: t.trace.console, ...(errors.value > 0 ? { badge: errors.value } : {}) },
            ...(snippet.value.programs || tab === 'terminals' ? [{ name: 'terminals' as const, label: t.trace.terminals }] : []),
            ...((snippet.value.programs?.length ?? 0) > 1 || tab === 'compare' ? [{ name: 'compare' as const, label: t.trace.compare }] : []),
            { name: 'machine', label: t.trace.machine },
          ]}
          current={tab}
          onSelect={(name) => dispatch({ type: 'view/trace-tab', tab: name })}
        />
        <ExchangePicker />
        <button type="button" class="button quiet square" aria-label={t.trace.clear} title={t.trace.clear} onClick={() => dispatch({ type: 'trace/clear' })}><Icon name="trash" /></button>
      </div>
      <News />
      <TabPanel group="trace" name={tab} class={`trace-body trace-${tab}`}><View /></TabPanel>
      <div class="scrubber-slot"><Scrubber /></div>
    </section>
  );
}

/** What came of the last request in a sentence, for those who do not see it. */
function News(): JSX.Element {
  const { state } = useModel();
  const text = useComputed(() => {
    const { sends, trace } = state.value;
    const last = sends.at(-1);
    if (!last) return '';
    if (!last.result) return t.request.sending;
    const { connection, exchange, response, failure, raw } = last.result;
    if (!response) return failure ? t.response.failure[failure.kind] : t.response.none;
    const error = requestError(trace.exchange(connection, exchange));
    return error ? t.response.answeredRefused(response.status, response.reason, error.message) : t.response.answered(response.status, response.reason, raw.length);
  });
  return <p class="visually-hidden" role="status" aria-label={t.response.news}>{text.value}</p>;
}

/** Requests to choose from: the newest. More would take the browser longer to lay out than a frame has. */
const offered = 300;

/** Which request the views show, of those that the trace knows. */
function ExchangePicker(): JSX.Element {
  const { state, calmVersion, focus, dispatch } = useModel();
  const trace = useComputed(() => state.value.trace);
  const summaries = useComputed(() => {
    void calmVersion.value;
    return exchangeSummaries(trace.value, offered);
  });
  const current = focus.value ? `${focus.value.connection}.${focus.value.exchange}` : '';
  return (
    <select
      class="select exchange-picker"
      aria-label={t.trace.exchange}
      value={current}
      disabled={summaries.value.length === 0}
      onChange={(event) => {
        const [connection = 0, number = 0] = event.currentTarget.value.split('.').map(Number);
        dispatch({ type: 'focus', focus: { connection, exchange: number } });
      }}
    >
      {!summaries.value.some((one) => `${one.connection}.${one.exchange}` === current) && <option value={current}>{t.trace.exchangeNone}</option>}
      {summaries.value.map((one) => {
        const value = `${one.connection}.${one.exchange}`;
        return <option key={value} value={value}>{t.trace.exchangeItem(one.connection, one.exchange, one.request, one.status, one.failed)}</option>;
      })}
    </select>
  );
}
