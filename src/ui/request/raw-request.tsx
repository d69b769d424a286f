import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { looksImportable } from '../../playground/looks-importable.ts';
import { paintRuns } from '../../playground/raw-paint.ts';
import { fromVisible, toVisible, units } from '../../playground/raw-text.ts';
import { shownRequest } from '../../playground/requests.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { Lint } from './lint.tsx';
import { parser } from './parser.ts';

/** Above this many octets the text is not coloured: typing must stay below a frame. */
const paintLimit = 65_536;

/**
 * The request as bytes that can be typed. A text area over a coloured copy of its text: the text area is what is edited,
 * selected and read out, the copy below shows what the parser makes of each byte and where CR LF stands.
 */
export function RawRequest(): JSX.Element {
  const { snippet, dispatch, dialog, importing } = useModel();
  const raw = useComputed(() => shownRequest(snippet.value).raw);
  // While an escape is half typed the text stands for no bytes; it is kept here until it does again.
  const unfinished = useSignal<{ readonly text: string; readonly at: number; readonly over: string } | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const paint = useRef<HTMLPreElement>(null);
  const typedText = useRef('');

  const pending = unfinished.value?.over === raw.value ? unfinished.value : null;
  // What was typed is shown as it was typed while it means these bytes: `\x41` does not turn into `A` under the hand.
  const typedNow = fromVisible(typedText.current);
  const text = pending?.text ?? (typedNow.ok && typedNow.raw === raw.value && typedText.current !== '' ? typedText.current : toVisible(raw.value));

  const follow = (): void => {
    if (!area.current || !paint.current) return;
    paint.current.scrollTop = area.current.scrollTop;
    paint.current.scrollLeft = area.current.scrollLeft;
  };
  useLayoutEffect(follow);

  const onInput = (event: { readonly currentTarget: HTMLTextAreaElement }): void => {
    const { value } = event.currentTarget;
    const read = fromVisible(value);
    if (!read.ok) {
      unfinished.value = { text: value, at: read.at, over: raw.value };
      return;
    }
    unfinished.value = null;
    typedText.current = value;
    dispatch({ type: 'request/edit', raw: read.raw });
  };

  /** A command or a HAR file is not the bytes of a request: it is offered for import instead. */
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData?.getData('text') ?? '';
    if (!looksImportable(pasted)) return;
    event.preventDefault();
    importing.value = pasted;
    dialog.value = 'import';
  };

  const show = (offset: number): void => {
    const before = units(raw.value).filter((unit) => unit.start < offset);
    const at = before.reduce((sum, unit) => sum + unit.text.length, 0);
    area.current?.focus();
    area.current?.setSelectionRange(at, at + 1);
  };

  // The copy is only drawn where its text is the text area's, character by character.
  const canonical = !pending && text.length <= paintLimit && toVisible(raw.value) === text;
  return (
    <div class="raw">
      <div class="raw-area">
        {canonical && <Paint raw={raw.value} of={paint} />}
        <textarea
          ref={area}
          class={canonical ? 'raw-text painted' : 'raw-text'}
          aria-label={t.request.rawName}
          aria-describedby="raw-help"
          aria-invalid={pending ? 'true' : undefined}
          value={text}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          wrap="off"
          onInput={onInput}
          onPaste={onPaste}
          onScroll={follow}
        />
      </div>
      {pending ? <div class="lint" data-tone="error" role="note"><p>{t.request.rawBad(pending.at)}</p></div> : <Lint raw={raw.value} onShow={show} />}
      <p class="note raw-help" id="raw-help">{t.request.rawHelp}</p>
    </div>
  );
}

function Paint(props: { readonly raw: string; readonly of: { current: HTMLPreElement | null } }): JSX.Element {
  const inspect = parser.value.value;
  const runs = useMemo(() => paintRuns(props.raw, inspect?.(props.raw).tokens), [props.raw, inspect]);
  return (
    <pre class="raw-paint" ref={props.of} aria-hidden="true">
      {runs.map((run, index) => <span key={index} data-token={run.token} data-refused={run.refused ? '' : undefined} data-crlf={run.crlf ? '' : undefined}>{run.text}</span>)}
      {'\n'}
    </pre>
  );
}
