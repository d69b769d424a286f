import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { traceTexts } from '../messages-trace.ts';

const m = traceTexts.json;

/** Members that are shown before one asks for more. */
const page = 100;

/** A JSON text as a tree that folds; as it is where it does not parse. */
export function JsonTree({ text }: { readonly text: string }): JSX.Element {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return (
      <>
        <p class="note">{m.bad(error instanceof Error ? error.message : '')}</p>
        <pre class="body-text" tabIndex={0}>{text}</pre>
      </>
    );
  }
  return <div class="json-tree" tabIndex={0} role="region" aria-label={m.name}><Node value={value} depth={0} /></div>;
}

function Node(props: { readonly name?: string; readonly value: unknown; readonly depth: number }): JSX.Element {
  const { name, value, depth } = props;
  const label = name === undefined ? null : <><span class="json-key">{name}</span>: </>;
  if (typeof value !== 'object' || value === null) return <div class="json-leaf">{label}<span class="json-value" data-kind={value === null ? 'null' : typeof value}>{JSON.stringify(value)}</span></div>;
  return <Branch label={label} value={value} depth={depth} />;
}

function Branch(props: { readonly label: JSX.Element | null; readonly value: object; readonly depth: number }): JSX.Element {
  const { label, value, depth } = props;
  const open = useSignal(depth < 3);
  const pages = useSignal(1);
  const isList = Array.isArray(value);
  const members = Object.entries(value);
  const rest = members.length - page * pages.value;
  if (members.length === 0) return <div class="json-leaf">{label}{isList ? '[]' : '{}'}</div>;
  return (
    <details class="json-branch" open={open.value} onToggle={(event) => { open.value = event.currentTarget.open; }}>
      <summary>{label}<span class="note">{isList ? m.items(members.length) : m.members(members.length)}</span></summary>
      {open.value && members.slice(0, page * pages.value).map(([key, member]) => <Node key={key} name={isList ? key : JSON.stringify(key)} value={member} depth={depth + 1} />)}
      {open.value && rest > 0 && <button type="button" class="button quiet small" onClick={() => { pages.value += 1; }}>{m.more(rest)}</button>}
    </details>
  );
}
