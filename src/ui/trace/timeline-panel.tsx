import '../styles/trace.css';
import { useComputed, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { lanes, type TimelineFilter } from '../../playground/timeline-filter.ts';
import { Timeline } from '../../playground/timeline.ts';
import type { Selection } from '../../playground/select.ts';
import { traceTexts } from '../messages-trace.ts';
import { useModel } from '../model.ts';
import { EventDetail } from './event-detail.tsx';
import { openSite } from './site-link.tsx';
import { TimelineView } from './timeline-view.ts';

/** The sequence of everything that happened. */
export function TimelinePanel(): JSX.Element {
  const model = useModel();
  const { state, calmVersion, focus, selection, selected, hovered, step, dispatch } = model;
  const grid = useRef<HTMLDivElement>(null);
  const view = useRef<TimelineView | null>(null);
  const filter = useComputed(() => state.value.filter);
  const trace = useComputed(() => state.value.trace);
  const timeline = useRef(new Timeline());
  const rows = useComputed(() => {
    void calmVersion.value;
    return timeline.current.rows(trace.value, filter.value, filter.value.scope === 'all' ? null : focus.value);
  });
  const types = useComputed(() => {
    void calmVersion.value;
    return [...trace.value.types].filter(([, count]) => count > 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
  });
  const shown = useComputed(() => rows.value.reduce((sum, row) => sum + (row.kind === 'event' ? 1 : 0), 0));

  useLayoutEffect(() => {
    const container = grid.current;
    if (!container) return undefined;
    view.current = new TimelineView({
      container,
      onHover: (pointed) => dispatch({ type: 'hover', selection: pointed }),
      onSelect: (pointed) => dispatch({ type: 'select', selection: pointed }),
      onSite: (file, line) => openSite(model, file, line),
      onFold: (key, folded) => {
        const keys = new Set(filter.peek().folded);
        if (folded) keys.add(key);
        else keys.delete(key);
        dispatch({ type: 'filter', filter: { folded: keys } });
      },
    });
    return () => {
      view.current?.dispose();
      view.current = null;
    };
  }, []);
  useSignalEffect(() => view.current?.show(rows.value));
  // A request was sent (or chosen): begin where it begins.
  useSignalEffect(() => {
    const at = focus.value?.connection;
    if (at !== undefined && !selection.peek()) view.current?.toConnection(at);
  });
  const current = useComputed(() => (selection.value?.kind === 'event' ? trace.value.get(selection.value.id) : undefined));
  useSignalEffect(() => view.current?.light(selected.value, hovered.value, current.value, step.value === null || !focus.value ? undefined : { connection: focus.value.connection, step: step.value }));
  // Once for each selection: what is linked to it is worked out again whenever the trace grows, and the visitor may have scrolled on.
  const revealed = useRef<Selection | null>(null);
  useSignalEffect(() => {
    const linked = selected.value;
    if (current.value) view.current?.reveal(current.value);
    else if (linked && revealed.current !== selection.peek() && document.activeElement !== grid.current) view.current?.revealLinked(linked);
    if (linked) revealed.current = selection.peek();
  });

  return (
    <div class="timeline">
      <div class="view-bar">
        <fieldset class="toggles">
          <legend class="visually-hidden">{traceTexts.timeline.filterLanes}</legend>
          {lanes.map((lane) => (
            <label key={lane} data-lane={lane}>
              <input type="checkbox" checked={filter.value.lanes[lane]} onChange={(event) => dispatch({ type: 'filter', filter: { lanes: { ...filter.value.lanes, [lane]: event.currentTarget.checked } } })} />
              <span>{traceTexts.timeline.lanes[lane]}</span>
            </label>
          ))}
        </fieldset>
        <fieldset class="toggles">
          <legend class="visually-hidden">{traceTexts.timeline.filterMore}</legend>
          {(['tokens', 'states'] as const).map((name) => (
            <label key={name}>
              <input type="checkbox" checked={filter.value[name]} onChange={(event) => dispatch({ type: 'filter', filter: { [name]: event.currentTarget.checked } })} />
              <span>{traceTexts.timeline[name]}</span>
            </label>
          ))}
        </fieldset>
        <select class="select" aria-label={traceTexts.timeline.scope} value={filter.value.scope} onChange={(event) => dispatch({ type: 'filter', filter: { scope: event.currentTarget.value as TimelineFilter['scope'] } })}>
          {(['all', 'connection', 'request'] as const).map((scope) => <option key={scope} value={scope}>{traceTexts.timeline.scopes[scope]}</option>)}
        </select>
        <select class="select mono type-filter" aria-label={traceTexts.timeline.type} value={filter.value.type} onChange={(event) => dispatch({ type: 'filter', filter: { type: event.currentTarget.value as TimelineFilter['type'] } })}>
          <option value="">{traceTexts.timeline.anyType}</option>
          {types.value.map(([type, count]) => <option key={type} value={type}>{traceTexts.timeline.typeItem(type, count)}</option>)}
          {filter.value.type !== '' && !types.value.some(([type]) => type === filter.value.type) && <option value={filter.value.type}>{filter.value.type}</option>}
        </select>
        <input class="field search" type="search" aria-label={traceTexts.timeline.search} placeholder={traceTexts.timeline.searchHint} value={filter.value.search}
          onInput={(event) => dispatch({ type: 'filter', filter: { search: event.currentTarget.value } })} />
        <span class="note count">{traceTexts.timeline.shown(shown.value, trace.value.events.length)}</span>
      </div>
      <div class="lane-heads" aria-hidden="true">
        <span class="since" title={traceTexts.timeline.sinceHint}>{traceTexts.timeline.since}</span>
        <span class="gutter">{lanes.map((lane) => <span key={lane} data-lane={lane}>{traceTexts.timeline.lanes[lane]}</span>)}</span>
      </div>
      <div class="timeline-grid" ref={grid} role="treegrid" aria-label={traceTexts.timeline.grid} tabIndex={0} />
      {shown.value === 0 && trace.value.events.length > 0 && <p class="empty">{traceTexts.timeline.noMatch}</p>}
      <EventDetail />
    </div>
  );
}
