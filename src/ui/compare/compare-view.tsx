import '../styles/compare.css';
import { useComputed } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { compareAnswers, isCompared, listeners, toggleCompared, type Column, type Compared, type FieldRow } from '../../playground/compare.ts';
import { visibleOctets } from '../../playground/visible-octets.ts';
import { sendKey } from '../keys.ts';
import { tMachine } from '../messages-machine.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';

const m = tMachine.compare;
/** Octets of a raw answer that are drawn. */
const drawn = 4096;

/** What several servers answer to the very same bytes, beside each other. */
export function CompareView(): JSX.Element {
  const { state, traceVersion } = useModel();
  const compared = useComputed(() => {
    void traceVersion.value;
    const { comparison, trace } = state.value;
    return comparison && compareAnswers(comparison, trace);
  });
  return (
    <div class="compare">
      <Servers />
      {compared.value && compared.value.columns.length > 0 ? <Table compared={compared.value} /> : <div class="empty"><p>{m.idle}</p><p class="note">{m.idleHint(sendKey)}</p></div>}
    </div>
  );
}

/** Who is asked. */
function Servers(): JSX.Element {
  const { snippet, machine, state, dispatch } = useModel();
  const all = listeners(snippet.value, machine.value.programs);
  const names = [...new Set(all.map(({ program }) => program))];
  const { comparison } = state.value;
  const answered = comparison?.asked.filter(({ result }) => result).length ?? 0;
  return (
    <div class="compare-bar">
      <fieldset class="compare-servers">
        <legend class="visually-hidden">{m.servers}</legend>
        {names.map((name) => (
          <label key={name} class="compare-server">
            <input type="checkbox" checked={isCompared(snippet.value, name)} onChange={() => dispatch({ type: 'view/compared', programs: toggleCompared(snippet.value, all, name) })} />
            <span class="mono">{name}</span>
          </label>
        ))}
        {names.length === 0 && <span class="note">{m.none}</span>}
      </fieldset>
      <p class="note">{names.length === 1 ? m.alone : m.explain}</p>
      <p class="note compare-state" role="status">{comparison && comparison.asked.length > 0 ? m.asked(answered, comparison.asked.length) : ''}</p>
    </div>
  );
}

function Table({ compared }: { readonly compared: Compared }): JSX.Element {
  const { columns, statusDiffers, framingDiffers, contentDiffers, endingDiffers, fields } = compared;
  // Roles are said: drawn as blocks on a narrow screen, it is a table all the same.
  return (
    <div class="compare-scroll" tabIndex={0} role="group" aria-label={m.table}>
      <table class="compare-table" role="table" aria-label={m.table} style={{ '--columns': columns.length }}>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col"><span class="visually-hidden">{m.what}</span></th>
            {columns.map((column) => <Head key={column.address} column={column} />)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          <Row label={m.status} class="compare-status" columns={columns} differs={statusDiffers} cell={(column) => <Status column={column} />} />
          <Row label={m.framing} columns={columns} differs={framingDiffers} cell={({ answer }) => answer && m.framings[answer.framing]} />
          <Row label={m.content} columns={columns} differs={contentDiffers} cell={({ answer, received, raw }) => answer && (answer.complete || received > raw.length ? m.complete : m.incomplete)(answer.content.length)} />
          <Row label={m.ending} columns={columns} differs={endingDiffers} cell={(column) => <End column={column} />} />
          <Row label={m.firstByte} columns={columns} cell={({ firstByteMs }) => firstByteMs === undefined ? undefined : <span class="note">{m.ms(firstByteMs)}</span>} />
        </tbody>
        {fields.length > 0 && (
          <tbody role="rowgroup" class="compare-fields">
            {fields.map((row) => <Field key={row.name.toLowerCase()} row={row} columns={columns} />)}
          </tbody>
        )}
        <tbody role="rowgroup">
          <Row label={m.raw} class="compare-raws" columns={columns} cell={(column) => <Raw column={column} />} />
        </tbody>
      </table>
    </div>
  );
}

function Head({ column }: { readonly column: Column }): JSX.Element {
  const { dispatch } = useModel();
  const { program, address, connection, reordered, answer, answers } = column;
  const remarks = [reordered && m.reordered, answer?.bareLf && m.bareLf, answers.length > 1 && m.more(answers.length)].filter((remark) => typeof remark === 'string');
  return (
    <th role="columnheader" scope="col">
      <span class="compare-name mono">{program}</span>{' '}
      {connection !== undefined && (
        <button type="button" class="button quiet small" aria-label={m.wire(program)} title={m.wireHint} onClick={() => {
          dispatch({ type: 'focus', focus: { connection, exchange: 1 } });
          dispatch({ type: 'view/trace-tab', tab: 'wire' });
        }}>{m.wireShort}</button>
      )}
      <span class="compare-address note">{address}</span>{' '}
      {remarks.length > 0 && <span class="compare-remarks">{t.common.facts(remarks)}</span>}
    </th>
  );
}

/** One thing that is compared. */
function Row(props: {
  readonly label: ComponentChildren; readonly class?: string; readonly columns: readonly Column[]; readonly differs?: readonly boolean[];
  readonly cell: (column: Column, at: number) => ComponentChildren;
}): JSX.Element {
  const { label, columns, differs, cell } = props;
  const first = columns.find(({ answer }) => answer)?.program ?? columns[0]?.program ?? '';
  return (
    <tr role="row" class={props.class}>
      <th role="rowheader" scope="row">{label}</th>
      {columns.map((column, at) => (
        <td key={column.address} role="cell" data-of={column.program} data-differs={differs?.[at] ? '' : undefined}>
          <div class="compare-cell">
            {differs?.[at] && <span class="compare-sign" title={m.differs(first)}><span aria-hidden="true">≠</span><span class="visually-hidden">{m.differs(first)}: </span></span>}
            {cell(column, at) ?? <span class="note">–</span>}
          </div>
        </td>
      ))}
    </tr>
  );
}

function Status({ column: { answer, ending, raw } }: { readonly column: Column }): JSX.Element {
  if (answer) return <code data-class={Math.floor(answer.status / 100)}>{answer.statusLine}</code>;
  return <em data-class={ending === 'waiting' ? undefined : 5}>{raw.length > 0 && ending !== 'waiting' ? m.noAnswer['given-up'] : m.noAnswer[ending]}</em>;
}

function End({ column: { ending, closedAfterMs, failure } }: { readonly column: Column }): JSX.Element {
  return (
    <>
      {ending === 'closed' && closedAfterMs !== undefined ? m.closedAfter(closedAfterMs) : m.endings[ending]}
      {failure && failure.kind !== 'closed' && <span class="note compare-why">{failure.message}</span>}
    </>
  );
}

function Field({ row, columns }: { readonly row: FieldRow; readonly columns: readonly Column[] }): JSX.Element {
  const reordered = columns.some((column) => column.reordered);
  return (
    <Row
      label={<code>{row.name}</code>} class={row.muted ? 'compare-muted' : undefined} columns={columns} differs={row.cells.map(({ differs }) => differs)}
      cell={({ answer }, at) => {
        const { values, place, spelled } = row.cells[at]!;
        if (!answer) return undefined;
        if (place === 0) return <em>{m.absent}</em>;
        return (
          <>
            {reordered && <span class="compare-place">{m.place(place)}</span>}
            <span class="compare-values">{values.map((value, index) => <code key={index}>{value}</code>)}</span>
            {spelled !== row.name && <span class="note compare-why">{m.spelled(spelled)}</span>}
          </>
        );
      }}
    />
  );
}

function Raw({ column: { program, raw, received } }: { readonly column: Column }): JSX.Element {
  if (raw.length === 0) return <span class="note">{m.nothing}</span>;
  return (
    <pre class="compare-raw" aria-label={m.rawOf(program)}>
      {visibleOctets(raw.subarray(0, drawn)).map(({ text, mark }, index) => (mark ? <span key={index} class="compare-mark">{text}</span> : text))}
      {received > drawn && <span class="note">{m.rawMore(received - drawn)}</span>}
    </pre>
  );
}
