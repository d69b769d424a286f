import '../styles/trace.css';
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { machinesAt, type End, type MachineNow } from '../../playground/machine-states.ts';
import { box, diagramOf, labelStep, type EdgeKind, type MachineName } from '../../playground/state-diagram.ts';
import { eventId } from '../../playground/trace-log.ts';
import { traceTexts } from '../messages-trace.ts';
import { useModel } from '../model.ts';
import { Segmented } from '../parts/segmented.tsx';

const m = traceTexts.states;

/** The machines of the connection in focus, drawn from the core's tables, with the state lit in which they are at this step. */
export function StatesView(): JSX.Element {
  const { whole, now, exchange } = useModel();
  const end = useSignal<End>('server');
  const machines = useComputed(() => machinesAt(whole.value, end.value, now.value));
  if (!whole.value || !exchange.value) return <p class="empty">{m.none}</p>;
  return (
    <div class="states">
      <div class="view-bar">
        <Segmented name="states-end" label={m.end} value={end.value} onChange={(value) => { end.value = value; }}
          options={[{ value: 'server', label: m.ends.server }, { value: 'client', label: m.ends.client }]} />
        <p class="note">{m.hint}</p>
      </div>
      <div class="states-scroll">
        {machines.value.map((machine) => <Machine key={machine.machine} now={machine} />)}
      </div>
    </div>
  );
}

/** One machine: its name and state in words, the picture, and how it came there as a row of buttons. */
function Machine({ now }: { readonly now: MachineNow }): JSX.Element {
  const { selection, dispatch } = useModel();
  const selected = selection.value?.kind === 'event' ? selection.value.id : '';
  return (
    <section class="machine" aria-label={m.machines[now.machine]}>
      <h3>{m.machines[now.machine]} <output class="machine-state">{now.state}</output></h3>
      <Picture now={now} />
      <ol class="moves" aria-label={m.moves}>
        {now.moves.length === 0 && <li class="note">{m.noMoves}</li>}
        {now.moves.map((move) => {
          const id = eventId(move);
          return (
            <li key={id}>
              <button type="button" class="move" aria-pressed={id === selected} onClick={() => dispatch({ type: 'select', selection: { kind: 'event', id } })}
                onPointerEnter={() => dispatch({ type: 'hover', selection: { kind: 'event', id } })} onPointerLeave={() => dispatch({ type: 'hover', selection: null })}>
                <span class="move-cause">{move.cause}</span> {move.to}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

const kinds: readonly EdgeKind[] = ['own', 'coupled', 'cycle'];

/** Layouts never change. */
const layouts = new Map<MachineName, ReturnType<typeof diagramOf>>();
const layoutOf = (machine: MachineName): ReturnType<typeof diagramOf> => {
  let layout = layouts.get(machine);
  if (!layout) layouts.set(machine, (layout = diagramOf(machine)));
  return layout;
};

function Picture({ now }: { readonly now: MachineNow }): JSX.Element {
  const { dispatch } = useModel();
  const { machine, state, moves } = now;
  const { width, height, states, edges, error } = layoutOf(machine);
  const visited = new Set(moves.flatMap(({ from, to }) => [from, to]));
  const last = moves.at(-1);
  const select = (name: string): void => {
    const entered = moves.findLast((move) => move.to === name);
    if (entered) dispatch({ type: 'select', selection: { kind: 'event', id: eventId(entered) } });
  };
  return (
    <svg class="diagram" viewBox={`0 0 ${width} ${height}`} style={{ '--width': `${width}px` }} role="img" aria-label={m.picture(m.machines[machine], state)}>
      <defs>
        {kinds.map((kind) => (
          <marker key={kind} id={`tip-${machine}-${kind}`} class={`tip-${kind}`} viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto"><path d="M0 0 L8 4 L0 8 z" /></marker>
        ))}
      </defs>
      {edges.map(({ from, to, kind, path }) => (
        <g key={`${from} ${to} ${kind}`} class={`edge ${kind}${last?.from === from && last.to === to ? ' last' : ''}`}>
          <path d={path} marker-end={`url(#tip-${machine}-${kind})`} />
        </g>
      ))}
      {edges.map(({ from, to, kind, label }) => (
        <text key={`${from} ${to} ${kind}`} class={`edge-label ${kind}${last?.from === from && last.to === to ? ' last' : ''}`} text-anchor={label.anchor}>
          {label.lines.map((line, index) => <tspan key={line} x={label.x} y={label.y + index * labelStep}>{line}</tspan>)}
        </text>
      ))}
      {error && <text class="edge-label own" x={error.x} y={error.y} text-anchor="end">{m.error(error.never)}</text>}
      {states.map(({ name, x, y }) => (
        <g key={name} class={`state${name === state ? ' current' : visited.has(name) ? ' visited' : ''}`} onClick={() => select(name)}>
          <rect x={x - box.width / 2} y={y - box.height / 2} width={box.width} height={box.height} rx="6" />
          <text x={x} y={y + 4.5} text-anchor="middle">{name}</text>
        </g>
      ))}
    </svg>
  );
}
