import '../styles/body.css';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { bodyKindOf, jsonProblem, prettyJson, readMultipart, readPairs, withBodyKind, withFile, withPairs, withParts, type BodyKind, type BodyPart, type FormPair } from '../../playground/request-body.ts';
import { decodeText, encodeText, withBody, type RequestForm as Form } from '../../playground/request-form.ts';
import { Icon } from '../icons.tsx';
import { later } from '../messages-later.ts';
import { t } from '../messages.ts';

const m = later.body;

/** Octets that a saved request may have; see `snippet/limits.ts`. */
const maxBytes = 1024 * 1024;

/** The body as what Content-Type says it is, and the choice of what it is to be. */
export function BodyEditor(props: { readonly form: Form; readonly write: (form: Form) => void }): JSX.Element {
  const { form, write } = props;
  const kind = bodyKindOf(form);
  const kinds = Object.keys(m.kinds) as BodyKind[];
  return (
    <>
      <div class="body-as">
        <label>{m.as} <select class="select" value={kind} onChange={(event) => write(withBodyKind(form, event.currentTarget.value as BodyKind))}>
          {kinds.map((name) => <option key={name} value={name}>{m.kinds[name]}</option>)}
        </select></label>
        {kind === 'json' && <JsonState form={form} write={write} />}
      </div>
      {kind === 'form' && <Pairs form={form} write={write} />}
      {kind === 'multipart' && <Parts form={form} write={write} />}
      {kind === 'file' && <FileBody form={form} write={write} />}
      {(kind === 'text' || kind === 'json') && (
        <textarea id="request-body" class="field mono" aria-label={t.request.body} spellcheck={false} rows={3} value={decodeText(form.body) ?? ''} onInput={(event) => write(withBody(form, encodeText(event.currentTarget.value)))} />
      )}
    </>
  );
}

interface Editing { readonly form: Form; readonly write: (form: Form) => void }

function JsonState({ form, write }: Editing): JSX.Element {
  const text = decodeText(form.body) ?? '';
  const problem = jsonProblem(text);
  return (
    <>
      <span class={problem === '' ? 'note' : 'note warn'}>{problem === '' ? m.jsonOk : m.jsonBad(problem)}</span>
      <button type="button" class="button quiet small" disabled={problem !== ''} onClick={() => write(withBody(form, encodeText(prettyJson(text))))}>{m.format}</button>
    </>
  );
}

function Pairs({ form, write }: Editing): JSX.Element {
  const pairs = readPairs(form.body) ?? [];
  const set = (next: readonly FormPair[]): void => write(withPairs(form, next));
  return (
    <div class="pairs" role="group" aria-label={m.fields}>
      {pairs.map((pair, at) => (
        <div key={at} class="pair">
          <input class="field mono" aria-label={m.fieldName} value={pair.name} spellcheck={false} autocomplete="off" onInput={(event) => set(pairs.with(at, { ...pair, name: event.currentTarget.value }))} />
          <input class="field mono" aria-label={m.fieldValue} value={pair.value} spellcheck={false} autocomplete="off" onInput={(event) => set(pairs.with(at, { ...pair, value: event.currentTarget.value }))} />
          <Remove name={pair.name} onClick={() => set(pairs.toSpliced(at, 1))} />
        </div>
      ))}
      <Add onClick={() => set([...pairs, { name: `field${pairs.length + 1}`, value: '' }])} />
    </div>
  );
}

function Parts({ form, write }: Editing): JSX.Element {
  const parts = readMultipart(form) ?? [];
  const set = (next: readonly BodyPart[]): void => write(withParts(form, next));
  const attach = async (at: number, part: BodyPart, file: File | undefined): Promise<void> => {
    if (!file) return;
    const value = latin1(new Uint8Array(await file.arrayBuffer()));
    set(parts.with(at, { name: part.name, value, filename: encodeText(file.name), type: file.type || 'application/octet-stream' }));
  };
  return (
    <div class="pairs" role="group" aria-label={m.fields}>
      {parts.map((part, at) => {
        const value = decodeText(part.value);
        return (
          <div key={at} class="pair">
            <input class="field mono" aria-label={m.fieldName} value={decodeText(part.name) ?? part.name} spellcheck={false} autocomplete="off" onInput={(event) => set(parts.with(at, { ...part, name: encodeText(event.currentTarget.value) }))} />
            {part.filename === undefined && value !== undefined
              ? <input class="field mono" aria-label={m.fieldValue} value={value} spellcheck={false} autocomplete="off" onInput={(event) => set(parts.with(at, { ...part, value: encodeText(event.currentTarget.value) }))} />
              : <span class="mono part-file">{decodeText(part.filename ?? '') ?? m.binary} <span class="note">{t.common.bytes(part.value.length)}</span></span>}
            <label class="button quiet small file-button">{m.file}<input type="file" aria-label={m.attach(part.name)} onChange={(event) => void attach(at, part, event.currentTarget.files?.[0])} /></label>
            <Remove name={part.name} onClick={() => set(parts.toSpliced(at, 1))} />
          </div>
        );
      })}
      <Add onClick={() => set([...parts, { name: `field${parts.length + 1}`, value: '' }])} />
    </div>
  );
}

function FileBody({ form, write }: Editing): JSX.Element {
  const problem = useSignal('');
  const read = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    problem.value = file.size > maxBytes ? m.tooLarge(maxBytes) : '';
    if (problem.value === '') write(withFile(form, new Uint8Array(await file.arrayBuffer()), file.type));
  };
  return (
    <div class="file-body">
      <label class="button file-button">{m.file}<input type="file" onChange={(event) => void read(event.currentTarget.files?.[0])} /></label>
      <span class="note">{t.common.facts([t.common.bytes(form.body.length), m.fileHint])}</span>
      <span class="note warn" role="status">{problem.value}</span>
    </div>
  );
}

const Add = (props: { readonly onClick: () => void }): JSX.Element => <div><button type="button" class="button quiet small" onClick={props.onClick}><Icon name="plus" /><span>{m.add}</span></button></div>;

const Remove = (props: { readonly name: string; readonly onClick: () => void }): JSX.Element => (
  <button type="button" class="button quiet square" aria-label={m.remove(props.name)} title={m.remove(props.name)} onClick={props.onClick}><Icon name="close" /></button>
);

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x2000) text += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  return text;
}
