import type { JSX } from 'preact';
import { Icon } from '../icons.tsx';
import { t } from '../messages.ts';
import { parser } from './parser.ts';

/** What our own parser says about the bytes, before they are sent. */
export function Lint(props: { readonly raw: string; readonly onShow?: (offset: number) => void }): JSX.Element {
  const inspect = parser.value.value;
  const { onShow } = props;
  if (!inspect) return <div class="lint"><p>{'\u00a0'}</p></div>;
  const result = inspect(props.raw);
  if (result.kind === 'refused') {
    const { error } = result;
    return (
      <div class="lint" data-tone="error" role="note">
        <Icon name="warning" />
        <div>
          <p><strong>{error.status}</strong> {error.message} <span class="note">{t.request.lintAt(error.offset)}</span></p>
          <p class="note">{error.advice} <span class="clause">{error.clause}</span></p>
        </div>
        {onShow && <button type="button" class="button quiet small" onClick={() => onShow(error.offset)}>{t.response.showByte(error.offset)}</button>}
      </div>
    );
  }
  const complete = result.kind === 'ok';
  return (
    <div class="lint" data-tone={complete ? 'ok' : 'info'} role="note">
      <Icon name={complete ? 'check' : 'warning'} />
      <p>
        {result.kind === 'ok' && t.request.lintOk(result.requests)}
        {result.kind === 'empty' && t.request.lintEmpty}
        {result.kind === 'incomplete' && t.request.lintIncomplete[result.missing]}{' '}
        <span class="note">{t.request.total(props.raw.length)}</span>
      </p>
    </div>
  );
}
