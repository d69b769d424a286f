import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import type { SendResult } from '../../machine/types.ts';
import { focusedSend } from '../../playground/state.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { sendKey } from '../keys.ts';
import { Explanation } from './explanation.tsx';
import { ResponseBody } from './response-body.tsx';
import { SiteLink } from './site-link.tsx';

const m = t.response;

/** What came back for the request in focus; and where nothing (whole) came back, why. */
export function ResponseView(): JSX.Element {
  const { state } = useModel();
  const send = useComputed(() => focusedSend(state.value));
  const { value } = send;
  if (!value) return <div class="empty"><p>{t.trace.idle}</p><p class="note">{t.trace.idleHint(sendKey)}</p></div>;
  if (!value.result) return <div class="response"><Waiting key={value.id} /><Causes /></div>;
  const { result } = value;
  return (
    <div class="response">
      {result.response && <StatusLine result={result} response={result.response} />}
      {(result.failure || !result.response) && <NoResponse result={result} />}
      <Causes />
      {result.response && (
        <>
          <HeaderList headers={result.response.headers} title={m.headers(result.response.headers.length)} />
          <ResponseBody headers={result.response.headers} body={result.response.body} raw={result.raw} />
          {result.response.trailers.length > 0 && <HeaderList headers={result.response.trailers} title={m.trailers} />}
        </>
      )}
      {!result.response && result.raw.length > 0 && <ResponseBody headers={[]} body={result.raw} raw={result.raw} />}
    </div>
  );
}

function Waiting(): JSX.Element {
  const seconds = useSignal(0);
  useSignalEffect(() => {
    const timer = window.setInterval(() => { seconds.value += 1; }, 1000);
    return () => window.clearInterval(timer);
  });
  return <p class="waiting" role="status"><span class="spinner" aria-hidden="true" />{m.waiting(seconds.value)}</p>;
}

function StatusLine(props: { readonly result: SendResult; readonly response: NonNullable<SendResult['response']> }): JSX.Element {
  const { result, response } = props;
  return (
    <p class="status-line" data-class={Math.floor(response.status / 100)}>
      <strong class="status-code">{response.status}</strong>
      <span class="status-reason">{response.reason}</span>
      <span class="note">{m.time(result.ms)}</span>
      <span class="note">{t.common.bytes(result.raw.length)}</span>
      <span class="note">{response.keepAlive ? m.keptOpen : m.closed}</span>
    </p>
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

function HeaderList(props: { readonly headers: readonly (readonly [string, string])[]; readonly title: string }): JSX.Element {
  return (
    <details class="headers" open>
      <summary>{props.title}</summary>
      <dl>{props.headers.map(([name, value], index) => <div key={index}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </details>
  );
}
