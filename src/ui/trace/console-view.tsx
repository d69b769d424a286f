import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { consoleLines, type ConsoleLine } from '../../playground/console.ts';
import { eventId } from '../../playground/trace-log.ts';
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
const wording = (line: ConsoleLine): string => (line.source === 'process' && line.event.type in t.events.processes ? t.console.process(line.event.type as keyof typeof t.events.processes, line.text) : line.text);

/** What the app and the server wrote. */
export function ConsoleView(): JSX.Element {
  const { state, traceVersion, dispatch, selected } = useModel();
  const filter = useSignal<'all' | 'app' | 'access' | 'server'>('all');
  const pages = useSignal(1);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const trace = useComputed(() => state.value.trace);
  const lines = useComputed(() => {
    void traceVersion.value;
    return consoleLines(trace.value).filter(belongs[filter.value]);
  });
  useSignalEffect(() => {
    void lines.value;
    window.requestAnimationFrame(() => {
      if (atEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
    });
  });
  const isLinked = (line: ConsoleLine): boolean => selected.value?.events.has(line.event) ?? false;
  const hidden = Math.max(0, lines.value.length - page * pages.value);
  return (
    <div class="console">
      <div class="view-bar">
        <Segmented name="console-filter" label={t.console.filter} value={filter.value} onChange={(value) => { filter.value = value; }}
          options={[{ value: 'all', label: t.console.all }, { value: 'app', label: t.console.sources.app }, { value: 'access', label: t.console.sources.access }, { value: 'server', label: t.console.sources.server }]} />
      </div>
      <div class="console-scroll" ref={scroller} role="log" aria-label={t.console.name} tabIndex={0}
        onScroll={(event) => { const box = event.currentTarget; atEnd.current = box.scrollTop + box.clientHeight >= box.scrollHeight - 8; }}>
        {lines.value.length === 0 && <p class="empty">{t.console.none}</p>}
        {hidden > 0 && <button type="button" class="button quiet small" onClick={() => { pages.value += 1; }}>{t.console.earlier(hidden)}</button>}
        {lines.value.slice(hidden).map((line) => (
          <div key={eventId(line.event)} class={`console-line${isLinked(line) ? ' linked' : ''}`} data-source={line.source} data-level={line.level} onClick={() => dispatch({ type: 'select', selection: { kind: 'event', id: eventId(line.event) } })}>
            <span class="source">{line.source}</span>
            <span class="text">{wording(line).replace(/\n$/, '')}</span>
            {line.site && <SiteLink site={line.site} />}
          </div>
        ))}
      </div>
    </div>
  );
}
