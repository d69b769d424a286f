import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { decodeText, encodeText, formToRaw, keepsLength, parseForm, withBody, withTrueLength, type FormField, type RequestForm as Form } from '../../playground/request-form.ts';
import { shownRequest } from '../../playground/requests.ts';
import { Icon } from '../icons.tsx';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { Later } from '../parts/later.tsx';
import { Lint } from './lint.tsx';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

const fieldNames = [
  'Accept', 'Accept-Encoding', 'Accept-Language', 'Authorization', 'Cache-Control', 'Connection', 'Content-Length', 'Content-Type', 'Cookie', 'Expect', 'Host',
  'If-Modified-Since', 'If-None-Match', 'Origin', 'Range', 'Referer', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade', 'User-Agent', 'Via', 'X-Forwarded-For', 'X-Forwarded-Proto',
];

const m = t.request;

/** The request as method, target, fields and body. Every change writes the bytes; see `playground/request-form.ts`. */
export function RequestForm(): JSX.Element {
  const { snippet, dispatch } = useModel();
  const { raw } = shownRequest(snippet.value);
  const parsed = parseForm(raw);
  if (!parsed.ok) {
    return (
      <div class="no-form">
        <p>{m.noForm[parsed.why]}</p>
        <button type="button" class="button" onClick={() => dispatch({ type: 'view/request-tab', tab: 'raw' })}>{m.openRaw}</button>
      </div>
    );
  }
  const { form } = parsed;
  const write = (next: Form): void => dispatch({ type: 'request/edit', raw: formToRaw(next) });
  return (
    <div class="form">
      <div class="start-line">
        <input class="field mono method" list="methods" aria-label={m.method} value={shown(form.method)} spellcheck={false} autocomplete="off" autocapitalize="characters"
          onInput={(event) => write({ ...form, method: typed(event.currentTarget.value).replaceAll(' ', '') })} />
        <input class="field mono target" aria-label={m.target} value={shown(form.target)} spellcheck={false} autocomplete="off" autocapitalize="off"
          onInput={(event) => write({ ...form, target: typed(event.currentTarget.value) })} />
        <select class="select mono version" aria-label={m.version} value={form.version} onChange={(event) => write({ ...form, version: event.currentTarget.value })}>
          {['HTTP/1.1', 'HTTP/1.0', ...(form.version === 'HTTP/1.1' || form.version === 'HTTP/1.0' ? [] : [form.version])].map((version) => <option key={version}>{version}</option>)}
        </select>
        <datalist id="methods">{methods.map((method) => <option key={method} value={method} />)}</datalist>
        <datalist id="field-names">{fieldNames.map((name) => <option key={name} value={name} />)}</datalist>
      </div>
      <FieldTable fields={form.fields} onChange={(fields) => write({ ...form, fields })} />
      <Body form={form} write={write} />
      <Lint raw={raw} />
    </div>
  );
}

/** Octets as text where they are UTF-8, else as latin-1, so that nothing is lost by showing it. */
const shown = (raw: string): string => decodeText(raw) ?? raw;

/** What was typed as octets. A line break cannot be part of a start line or field; the Raw view is there for that. */
const typed = (text: string): string => encodeText(text.replace(/[\r\n]/g, ''));

function FieldTable(props: { readonly fields: readonly FormField[]; readonly onChange: (fields: readonly FormField[]) => void }): JSX.Element {
  const { fields, onChange } = props;
  const table = useRef<HTMLTableElement>(null);
  const focusLast = useRef(false);
  useLayoutEffect(() => {
    if (focusLast.current) table.current?.querySelector<HTMLElement>('tbody tr:last-child input')?.focus();
    focusLast.current = false;
  });
  const add = (): void => {
    focusLast.current = true;
    onChange([...fields, { name: '', gap: ' ', value: '' }]);
  };
  return (
    <div class="field-table">
    <table class="fields" ref={table}>
      <caption class="visually-hidden">{m.fields}</caption>
      <colgroup><col class="names" /><col /><col class="ends" /></colgroup>
      <thead class="visually-hidden"><tr><th scope="col">{m.fieldName}</th><th scope="col">{m.fieldValue}</th><td /></tr></thead>
      <tbody>
        {fields.map((field, index) => (
          <tr key={index}>
            <td><input class="field mono name" list="field-names" aria-label={m.fieldName} value={shown(field.name)} spellcheck={false} autocomplete="off"
              onInput={(event) => onChange(fields.with(index, { ...field, name: typed(event.currentTarget.value).replaceAll(':', '') }))} /></td>
            <td><input class="field mono" aria-label={m.fieldValue} value={shown(field.value)} spellcheck={false} autocomplete="off"
              onInput={(event) => onChange(fields.with(index, { ...field, value: typed(event.currentTarget.value).replace(/^[ \t]+/, '') }))} /></td>
            <td><button type="button" class="button quiet square" aria-label={m.removeField(field.name)} title={m.removeField(field.name)} onClick={() => onChange(fields.toSpliced(index, 1))}><Icon name="close" /></button></td>
          </tr>
        ))}
      </tbody>
    </table>
    <button type="button" class="button quiet small" onClick={add}><Icon name="plus" /><span>{m.addField}</span></button>
    </div>
  );
}

const bodyEditor = new Later(async () => (await import('./body-editor.tsx')).BodyEditor);

function Body(props: { readonly form: Form; readonly write: (form: Form) => void }): JSX.Element {
  const { form, write } = props;
  // Until it has arrived, the body is text: the form does not jump when it does.
  const BodyEditor = bodyEditor.value.value;
  const text = decodeText(form.body);
  const coded = form.fields.some((field) => field.name.toLowerCase() === 'transfer-encoding');
  const length = form.fields.find((field) => field.name.toLowerCase() === 'content-length');
  const problem = coded || keepsLength(form) ? '' : length ? m.lengthWrong(length.value, form.body.length) : m.lengthMissing;
  return (
    <div class="body">
      <div class="body-bar">
        <span class="body-title">{m.body}</span>
        <span class="note">{m.bodyLength(form.body.length)}</span>
        {coded && <span class="note">{m.bodyChunked}</span>}
        {problem !== '' && <><span class="note warn">{problem}</span><button type="button" class="button quiet small" onClick={() => write(withTrueLength(form))}>{m.lengthFix}</button></>}
      </div>
      {BodyEditor ? <BodyEditor form={form} write={write} /> : (
        <>
          <div class="body-as" />
          <textarea class="field mono" aria-label={m.body} spellcheck={false} rows={3} value={text ?? ''} readOnly={text === undefined} onInput={(event) => write(withBody(form, encodeText(event.currentTarget.value)))} />
        </>
      )}
    </div>
  );
}
