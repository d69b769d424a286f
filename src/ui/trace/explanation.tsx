import type { JSX } from 'preact';
import type { TraceEvent } from '../../trace/events.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';

/** Why something was refused or failed: the rule, the byte, and what to do about it. Nothing for an event that is no error. */
export function Explanation(props: { readonly event: TraceEvent }): JSX.Element | null {
  const { dispatch } = useModel();
  const { event } = props;
  if (event.type === 'http.error' || event.type === 'ws.error') {
    const show = (): void => {
      dispatch({ type: 'select', selection: { kind: 'bytes', connection: event.connection, stream: event.stream, span: [event.span[0], Math.max(event.span[1], event.span[0] + 1)] } });
      dispatch({ type: 'view/trace-tab', tab: 'wire' });
    };
    return (
      <dl class="explanation">
        <dt>{t.response.clause}</dt><dd><span class="clause">{event.clause}</span> <span class="note mono">{event.code}</span></dd>
        <dt>{t.response.advice}</dt><dd>{event.advice}</dd>
        {event.by === 'peer' && <><dt>{t.response.where}</dt><dd><button type="button" class="button small" onClick={show}>{t.response.showByte(event.offset)}</button></dd></>}
      </dl>
    );
  }
  if (event.type === 'app.violation') {
    return (
      <dl class="explanation">
        <dt>{t.response.clause}</dt><dd><span class="clause">{event.clause}</span> <span class="note mono">{event.code}</span></dd>
        {event.given !== undefined && <><dt>{t.response.given}</dt><dd class="mono">{event.given}</dd></>}
        {event.expected !== undefined && <><dt>{t.response.expected}</dt><dd class="mono">{event.expected}</dd></>}
        <dt>{t.response.advice}</dt><dd>{event.advice}</dd>
      </dl>
    );
  }
  if (event.type === 'app.error') {
    return <p class="explanation">{t.response.appFailedStage[event.stage]}</p>;
  }
  return null;
}
