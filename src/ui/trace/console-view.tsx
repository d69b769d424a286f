import '../styles/trace.css';
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { consoleLines, type ConsoleLine } from '../../playground/console.ts';
import { eventId } from '../../playground/trace-log.ts';
import { traceTexts } from '../messages-trace.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { Segmented } from '../parts/segmented.tsx';
import { SiteLink } from './site-link.tsx';

/** Lines drawn at once; earlier ones on request. */
const page = 300;

const belongs: Readonly<Record<'all' | 'app' | 'access' | 'server', (line: ConsoleLine) => boolean>> = {
  all: () => true,
  app: (line) => line.source === 'stdout' || line.source === 'stderr' || line.source === 'wsgi.errors' || line.source === 'app',
  access: (line) => line.source === 'access',
  server: (line) => line.source === 'server' || line.source === 'process',
};

/** Processes do not write: what happened to them is said for them. */
const wording = (line: ConsoleLine): string => (line.source === 'process' && line.event.type in traceTexts.events.processes ? traceTexts.console.process(line.event.type as keyof typeof traceTexts.events.processes, line.text) : line.text);

/** What the app, the server and the arbiter wrote. Each line leads to its event. */
export function ConsoleView(): JSX.Element {
  const { state, calmVersion, step, whole, dispatch } = useModel();
  const filter = useSignal<keyof typeof belongs>('all');
  const search = useSignal('');
  const pages = useSignal(1);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const trace = useComputed(() => state.value.trace);
  const all = useComputed(() => {
    void calmVersion.value;
    return consoleLines(trace.value, undefined, step.value === null ? undefined : whole.value?.events[step.value]?.clock);
  });
  const lines = useComputed(() => {
    const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    return all.value.filter((line) => belongs[filter.value](line) && words.every((word) => `${line.process} ${line.source} ${wording(line)}`.toLowerCase().includes(word)));
  });
  const several = useComputed(() => new Set(all.value.map((line) => line.process).filter((process) => process.startsWith('worker'))).size > 1);
  useSignalEffect(() => {
    void lines.value;
    window.requestAnimationFrame(() => {
      if (atEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
    });
  });
  const hidden = Math.max(0, lines.value.length - page * pages.value);
  return (
    <div class="console">
      <div class="view-bar">
        <Segmented name="console-filter" label={traceTexts.console.filter} value={filter.value} onChange={(value) => { filter.value = value; }}
          options={[{ value: 'all', label: traceTexts.console.all }, { value: 'app', label: traceTexts.console.sources.app }, { value: 'access', label: traceTexts.console.sources.access }, { value: 'server', label: traceTexts.console.sources.server }]} />
        <input class="field search" type="search" aria-label={traceTexts.console.search} placeholder={traceTexts.console.search} value={search.value} onInput={(event) => { search.value = event.currentTarget.value; }} />
      </div>
      <div class="console-scroll" ref={scroller} role="log" aria-label={traceTexts.console.name} tabIndex={0}
        onScroll={(event) => { const box = event.currentTarget; atEnd.current = box.scrollTop + box.clientHeight >= box.scrollHeight - 8; }}
        onPointerLeave={() => dispatch({ type: 'hover', selection: null })}>
        {lines.value.length === 0 && <p class="empty">{all.value.length === 0 ? traceTexts.console.none : traceTexts.console.noMatch}</p>}
        {hidden > 0 && <button type="button" class="button quiet small" onClick={() => { pages.value += 1; }}>{traceTexts.console.earlier(hidden)}</button>}
        {lines.value.slice(hidden).map((line) => <Line key={eventId(line.event)} line={line} withProcess={several.value} />)}
      </div>
    </div>
  );
}

function Line({ line, withProcess }: { readonly line: ConsoleLine; readonly withProcess: boolean }): JSX.Element {
  const { selected, dispatch } = useModel();
  const selection = { kind: 'event', id: eventId(line.event) } as const;
  const at = t.common.ms(line.event.at);
  return (
    <div class={`console-line${selected.value?.events.has(line.event) ? ' linked' : ''}`} data-source={line.source} data-level={line.level}
      onPointerEnter={() => dispatch({ type: 'hover', selection })} onClick={() => dispatch({ type: 'select', selection })}>
      <button type="button" class="console-at" title={traceTexts.console.inTimeline} onClick={(event) => {
        event.stopPropagation();
        dispatch({ type: 'select', selection });
        dispatch({ type: 'view/trace-tab', tab: 'timeline' });
      }}>{at}</button>
      <span class="source">{withProcess ? `${line.process} ${line.source}` : line.source}</span>
      <span class="text">{wording(line).replace(/\n$/, '')}</span>
      {line.site && <SiteLink site={line.site} />}
    </div>
  );
}
