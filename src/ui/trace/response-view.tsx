import '../styles/trace.css';
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import type { MachineResponse, SendResult } from '../../machine/types.ts';
import { answerSoFar, answerSpans, type AnswerSpans } from '../../playground/answer.ts';
import { focusedSend } from '../../playground/state.ts';
import { phases, timingOf } from '../../playground/timing.ts';
import type { Span } from '../../trace/events.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { sendKey } from '../keys.ts';
import { Explanation } from './explanation.tsx';
import { ResponseBody } from './response-body.tsx';
import { SiteLink } from './site-link.tsx';
import { useBytes } from './use-bytes.ts';

const m = t.response;

/** What came back for the request in focus; and where nothing (whole) came back, why. */
export function ResponseView(): JSX.Element {
  const { state, step } = useModel();
  const send = useComputed(() => focusedSend(state.value));
  const { value } = send;
  if (step.value !== null) return <SoFar />;
  if (!value) return <div class="empty"><p>{t.trace.idle}</p><p class="note">{t.trace.idleHint(sendKey)}</p></div>;
  if (!value.result) return <div class="response"><Waiting key={value.id} /><Causes /></div>;
  const { result } = value;
  // Of several requests in one send, the one in focus.
  const response = result.responses?.[(state.value.focus?.exchange ?? result.exchange) - result.exchange] ?? result.response;
  return (
    <div class="response">
      {response && <StatusLine response={response} notes={[m.time(result.ms), t.common.bytes(result.raw.length), response.keepAlive ? m.keptOpen : m.closed]} />}
      {response && <TimingBar />}
      {(result.failure || !response) && <NoResponse result={result} />}
      <Causes />
      {response && (
        <>
          <HeaderList headers={response.headers} title={m.headers(response.headers.length)} linked />
          <ResponseBody headers={response.headers} body={response.body} raw={result.raw} send={value} />
          {response.trailers.length > 0 && <HeaderList headers={response.trailers} title={m.trailers} />}
        </>
      )}
      {!response && result.raw.length > 0 && <ResponseBody headers={[]} body={result.raw} raw={result.raw} />}
    </div>
  );
}

/** The answer as far as it had come at the step that is shown. */
function SoFar(): JSX.Element {
  const { connection, focus } = useModel();
  const answer = useComputed(() => (connection.value && focus.value ? answerSoFar(connection.value, focus.value.exchange) : undefined));
  const { value } = answer;
  if (!value?.response) return <div class="response"><p class="waiting" role="status">{m.notYet(value?.received ?? 0)}</p><Causes /></div>;
  const { response, complete, received } = value;
  return (
    <div class="response">
      <StatusLine response={response} notes={[t.common.bytes(received), complete ? m.complete : m.incomplete]} />
      <Causes />
      <HeaderList headers={response.headers} title={m.headers(response.headers.length)} linked />
      <ResponseBody headers={response.headers} body={response.body} raw={connection.value?.s2c.slice(0, received) ?? response.body} />
      {response.trailers.length > 0 && <HeaderList headers={response.trailers} title={m.trailers} />}
    </div>
  );
}

/** Spans of the answer in focus, for what points at its bytes. */
function useSpans(): AnswerSpans | undefined {
  const { connection, exchange } = useModel();
  return useComputed(() => (connection.value && exchange.value ? answerSpans(connection.value, exchange.value) : undefined)).value;
}

function Waiting(): JSX.Element {
  const seconds = useSignal(0);
  useSignalEffect(() => {
    const timer = window.setInterval(() => { seconds.value += 1; }, 1000);
    return () => window.clearInterval(timer);
  });
  return <p class="waiting" role="status"><span class="spinner" aria-hidden="true" />{m.waiting(seconds.value)}</p>;
}

function StatusLine(props: { readonly response: Pick<MachineResponse, 'status' | 'reason'>; readonly notes: readonly string[] }): JSX.Element {
  const { response, notes } = props;
  const bytes = useBytes(useSpans()?.statusLine);
  return (
    <p class={`status-line ${bytes.lit}`} data-class={Math.floor(response.status / 100)} onPointerEnter={bytes.hover} onPointerLeave={bytes.leave} onClick={bytes.pick}>
      <strong class="status-code">{response.status}</strong>
      <span class="status-reason">{response.reason}</span>
      {notes.map((note) => <span key={note} class="note">{note}</span>)}
    </p>
  );
}

/** What the time was spent on. */
function TimingBar(): JSX.Element | null {
  const { whole, exchange } = useModel();
  const timing = useComputed(() => (whole.value && exchange.value ? timingOf(whole.value, exchange.value) : {}));
  const known = phases.flatMap((phase) => (timing.value[phase] === undefined ? [] : [{ phase, ms: timing.value[phase] }]));
  const total = known.reduce((sum, { ms }) => sum + ms, 0);
  if (known.length === 0) return null;
  return (
    <dl class="timing" aria-label={m.timing}>
      {known.map(({ phase, ms }) => (
        <div key={phase} data-phase={phase} style={{ '--share': total > 0 ? ms / total : 0 }} title={m.phaseHints[phase]}>
          <dt>{m.phases[phase]}</dt><dd>{m.time(ms)}</dd>
        </div>
      ))}
    </dl>
  );
}

function NoResponse(props: { readonly result: SendResult }): JSX.Element {
  const { failure, raw } = props.result;
  return (
    <div class="failure" role="note">
      <p><strong>{failure ? m.failure[failure.kind] : m.none}</strong></p>
      {failure && <p>{failure.message}</p>}
      {failure?.error && <dl class="explanation"><dt>{m.clause}</dt><dd><span class="clause">{failure.error.clause}</span></dd><dt>{m.advice}</dt><dd>{failure.error.advice}</dd></dl>}
      <p class="note">{m.received(raw.length)}</p>
    </div>
  );
}

/** What went wrong on the server's side of this exchange: a refused request, a failed app, a broken rule. */
function Causes(): JSX.Element | null {
  const { exchange } = useModel();
  const found = exchange.value?.events.filter((event) => (event.type === 'http.error' && event.process !== 'client') || event.type === 'app.error' || event.type === 'app.violation') ?? [];
  if (found.length === 0) return null;
  return (
    <>
      {found.slice(0, 5).map((event) => (
        <div key={event.seq} class="failure" role="note">
          {event.type === 'http.error' && <p><strong>{m.refusedBy}</strong> {event.message}</p>}
          {event.type === 'app.error' && <p><strong>{m.appFailed}</strong> <span class="mono">{event.name}: {event.message}</span> {event.site && <SiteLink site={event.site} />}</p>}
          {event.type === 'app.violation' && <p><strong>{m.violation}</strong> {event.message} {event.site && <SiteLink site={event.site} />}</p>}
          <Explanation event={event} />
        </div>
      ))}
    </>
  );
}

/** Field lines. Linked: those of the head, which point at their bytes and are pointed at. */
function HeaderList(props: { readonly headers: readonly (readonly [string, string])[]; readonly title: string; readonly linked?: boolean }): JSX.Element {
  const spans = useSpans()?.fields ?? [];
  return (
    <details class="headers" open>
      <summary>{props.title}</summary>
      <dl>{props.headers.map(([name, value], index) => <HeaderRow key={index} name={name} value={value} span={props.linked ? spans[index] : undefined} />)}</dl>
    </details>
  );
}

function HeaderRow(props: { readonly name: string; readonly value: string; readonly span: Span | undefined }): JSX.Element {
  const bytes = useBytes(props.span);
  return (
    <div class={bytes.lit} onPointerEnter={bytes.hover} onPointerLeave={bytes.leave} onClick={bytes.pick}>
      <dt>{props.span ? <button type="button" class="key" aria-pressed={bytes.chosen} onClick={(event) => { event.stopPropagation(); bytes.pick(); }}>{props.name}</button> : props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}
