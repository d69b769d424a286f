import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import type { SourceSite, TraceEvent } from '../../trace/events.ts';
import { describe } from '../describe.ts';
import { Icon } from '../icons.tsx';
import { traceTexts } from '../messages-trace.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { Explanation } from './explanation.tsx';
import { SiteLink } from './site-link.tsx';

/** Members that every event has, and those that the explanation shows better. */
const elsewhere: ReadonlySet<string> = new Set(['type', 'seq', 'clock', 'at', 'process', 'connection', 'exchange', 'bytes', 'entries', 'site', 'span', 'stream', 'message', 'advice', 'clause', 'offset', 'stack', 'name', 'code', 'text']);

/** Everything that is known of the selected event; for an error, its explanation first. */
export function EventDetail(): JSX.Element | null {
  const { selection, state, dispatch } = useModel();
  const event = useComputed(() => (selection.value?.kind === 'event' ? state.value.trace.get(selection.value.id) : undefined));
  const { value } = event;
  if (!value) return null;
  const { title } = describe(value);
  return (
    <section class="event-info" aria-label={traceTexts.timeline.detail}>
      <header>
        <h3>{title}</h3>
        <span class="note mono">{value.type}</span>
        <button type="button" class="button quiet square" aria-label={traceTexts.timeline.closeDetail} onClick={() => dispatch({ type: 'select', selection: null })}><Icon name="close" /></button>
      </header>
      <Explanation event={value} />
      <dl class="facts">
        <div><dt>{traceTexts.detail.process}</dt><dd class="mono">{value.process}</dd></div>
        <div><dt>{traceTexts.detail.at}</dt><dd>{t.common.ms(value.at)}</dd></div>
        {'span' in value && <div><dt>{traceTexts.detail.bytes}</dt><dd>{traceTexts.wire.at(value.span[0], value.span[1])}</dd></div>}
        {'site' in value && value.site && <div><dt>{traceTexts.detail.site}</dt><dd><SiteLink site={value.site} /></dd></div>}
        {facts(value).map(([name, text]) => <div key={name}><dt>{name}</dt><dd class="mono">{text}</dd></div>)}
      </dl>
      {'site' in value && value.site && <Locals site={value.site} />}
      {value.type === 'app.error' && value.stack !== '' && <pre class="stack">{value.stack}</pre>}
    </section>
  );
}

/** What the local variables held there; where that was not asked for and could be, the way to ask. */
function Locals({ site }: { readonly site: SourceSite }): JSX.Element | null {
  const { snippet, dispatch } = useModel();
  const { server } = snippet.value;
  const { locals } = site;
  if (!locals) {
    if (!site.file.endsWith('.py')) return null;
    if (server.locals) return <p class="note">{traceTexts.detail.localsNext}</p>;
    return <p><button type="button" class="button small" title={traceTexts.detail.localsHint} onClick={() => dispatch({ type: 'server/set', server: { ...server, locals: true } })}>{traceTexts.detail.localsAsk}</button></p>;
  }
  if (locals.length === 0) return <p class="note">{traceTexts.detail.localsNone}</p>;
  return (
    <table class="locals" aria-label={traceTexts.detail.locals}>
      <thead><tr><th scope="col">{traceTexts.detail.locals}</th><th scope="col">{traceTexts.detail.localType}</th><th scope="col">{traceTexts.detail.localValue}</th></tr></thead>
      <tbody>
        {locals.map(({ name, type, value }) => <tr key={name}><th scope="row">{name}</th><td class="kind">{type}</td><td>{value}</td></tr>)}
      </tbody>
    </table>
  );
}

/** The rest of an event's members, as text. */
function facts(event: TraceEvent): [string, string][] {
  return Object.entries(event).flatMap(([name, value]): [string, string][] => {
    if (elsewhere.has(name) || value === undefined || value === '') return [];
    if (name === 'headers') return (value as readonly (readonly [string, string])[]).map(([field, text]): [string, string] => [field, text]);
    return [[name, String(value)]];
  });
}
