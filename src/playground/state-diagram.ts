/**
 * The state machines as pictures: which box stands where, and how the lines run. Drawn as files by `scripts/diagrams.ts` and, with
 * the current state lit, by the page. Everything but the places of the boxes is read off the core's own tables.
 */
import { clientTransitions, couplings, serverTransitions, type ClientState, type ServerState } from '../core/http1/states.ts';
import { wsTransitions, type WsState } from '../core/ws/states.ts';

/** The machine of a connection's client, of its server, and the one of either end after a switch to WebSocket. */
export const machines = ['client', 'server', 'websocket'] as const;
export type MachineName = (typeof machines)[number];

/** Column and row. A state without a place is a type error. */
const places = {
  client: { IDLE: [0, 1], SEND_BODY: [1, 1], DONE: [2, 1], MUST_CLOSE: [3, 1], CLOSED: [4, 1], MIGHT_SWITCH: [2, 2.5], SWITCHED: [3.4, 2.5], ERROR: [4, 0] } satisfies Record<ClientState, [number, number]>,
  server: { IDLE: [0, 1], SEND_RESPONSE: [1, 1], SEND_BODY: [2, 1], DONE: [3, 1], MUST_CLOSE: [4, 1], CLOSED: [5, 1], SWITCHED: [1, 2.5], ERROR: [5, 0] } satisfies Record<ServerState, [number, number]>,
  websocket: { OPEN: [0, 1.4], CLOSE_SENT: [1.7, 0], CLOSE_RECEIVED: [1.7, 1.4], FAILED: [1.7, 2.4], CLOSED: [3.4, 1.4] } satisfies Record<WsState, [number, number]>,
} as const;

/** The tables. A cause that leads nowhere is not allowed in that state. */
export const tables: Readonly<Record<MachineName, Readonly<Record<string, Readonly<Record<string, string | undefined>>>>>> = { client: clientTransitions, server: serverTransitions, websocket: wsTransitions };

/** `own`: by the side's own message; `coupled`: by the other side's state; `cycle`: startNextCycle. */
export type EdgeKind = 'own' | 'coupled' | 'cycle';

/** A move that the tables allow. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly labels: readonly string[];
}

const otherOf = { client: 'server', server: 'client' } as const;

/** Every move of a machine, those between the same two states together; and the states in which an error is possible, which all lead to ERROR. */
export function edgesOf(machine: MachineName): { readonly edges: readonly Edge[]; readonly errors: readonly string[] } {
  const edges: Edge[] = [];
  const errors: string[] = [];
  const add = (edge: Edge): void => {
    const same = edges.findIndex(({ from, to, kind }) => from === edge.from && to === edge.to && kind === edge.kind);
    if (same < 0) edges.push(edge);
    else edges[same] = { ...edge, labels: [...edges[same]!.labels, ...edge.labels] };
  };
  for (const [from, row] of Object.entries(tables[machine])) {
    for (const [cause, to] of Object.entries(row)) {
      if (to === undefined) continue;
      if (cause === 'error') errors.push(from);
      // Of a WebSocket, only what changes the state: nearly everything leaves it as it is.
      else if (machine !== 'websocket' || from !== to) add({ from, to, kind: 'own', labels: [cause] });
    }
  }
  if (machine === 'websocket') return { edges, errors };
  for (const coupling of couplings) {
    if (coupling.move !== machine) continue;
    const from = coupling[machine];
    if (from === undefined) throw new Error('a coupling must name the state that it moves');
    const other = coupling[otherOf[machine]];
    const label = [other === undefined ? '' : `${otherOf[machine]} ${other}`, coupling.when === 'always' ? '' : coupling.when].filter((part) => part !== '').join(', ');
    add({ from, to: coupling.to, kind: 'coupled', labels: [label] });
  }
  add({ from: 'DONE', to: 'IDLE', kind: 'cycle', labels: ['startNextCycle, both DONE'] });
  return { edges, errors };
}

const stepX = 240;
const stepY = 130;

/** Size of a box. */
export const box = { width: 132, height: 34 } as const;

/** A line of text: `y` is that of its first line, the next is {@link labelStep} below. */
export interface Label { readonly x: number; readonly y: number; readonly anchor: 'start' | 'middle' | 'end'; readonly lines: readonly string[] }

/** Distance of two lines of a label. */
export const labelStep = 13;

/** A machine, ready to be drawn. `x` and `y` of a state are the middle of its box. */
export interface Diagram {
  readonly width: number;
  readonly height: number;
  readonly states: readonly { readonly name: string; readonly x: number; readonly y: number }[];
  readonly edges: readonly (Edge & { readonly path: string; readonly label: Label })[];
  /** Where it is said that an error may happen in nearly any state; absent where there is no such state. */
  readonly error?: { readonly x: number; readonly y: number; readonly never: readonly string[] };
}

/** Lay out a machine. */
export function diagramOf(machine: MachineName): Diagram {
  const named: Readonly<Record<string, readonly [number, number]>> = places[machine];
  const at = (state: string): readonly [number, number] => {
    const place = named[state];
    if (place === undefined) throw new Error(`${state} has no place`);
    return [90 + place[0] * stepX, 70 + place[1] * stepY];
  };
  const { edges, errors } = edgesOf(machine);
  const columns = Math.max(...Object.values(named).map(([x]) => x));
  const rows = Math.max(...Object.values(named).map(([, y]) => y));
  const states = Object.keys(named).map((name) => ({ name, x: at(name)[0], y: at(name)[1] }));
  const [errorX, errorY] = 'ERROR' in named ? at('ERROR') : [0, 0];
  return {
    width: 180 + columns * stepX,
    height: 140 + rows * stepY,
    states,
    edges: edges.map((edge) => ({ ...edge, ...route(edge, at(edge.from), at(edge.to)) })),
    ...('ERROR' in named ? { error: { x: errorX - box.width / 2 - 8, y: errorY + 4, never: Object.keys(named).filter((state) => !errors.includes(state)) } } : {}),
  };
}

/** How the line of an edge runs, and where its label stands. */
function route({ from, to, kind, labels }: Edge, [x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): { readonly path: string; readonly label: Label } {
  const label = (x: number, y: number, anchor: Label['anchor'] = 'middle'): Label => ({ x, y, anchor, lines: labels });
  if (from === to) return { path: `M ${x1 - 18} ${y1 - box.height / 2} c -8 -34 44 -34 36 0`, label: label(x1, y1 - box.height / 2 - 30) };
  if (y1 === y2 && x2 > x1 && x2 - x1 <= 1.7 * stepX) {
    // Neighbours: straight. In these tables no pair of them has both kinds.
    return { path: `M ${x1 + box.width / 2} ${y1} L ${x2 - box.width / 2} ${y2}`, label: label((x1 + x2) / 2, y1 - 6 - (labels.length - 1) * labelStep) };
  }
  if (y1 === y2) {
    // An arc: forward moves of the couplings below their neighbours' straight lines, long ones and the way back further off.
    const span = Math.abs(x2 - x1) / stepX;
    const above = kind !== 'coupled';
    const bend = (above ? -1 : 1) * (30 + span * (kind === 'own' ? 26 : kind === 'cycle' ? 18 : 10));
    const from1 = x1 + (x2 > x1 ? 22 : -22);
    const to2 = x2 + (x2 > x1 || kind === 'cycle' ? -22 : 22);
    const edge = above ? -box.height / 2 : box.height / 2;
    const top = y1 + edge + bend * 0.75;
    return {
      path: `M ${from1} ${y1 + edge} C ${from1} ${y1 + edge + bend} ${to2} ${y2 + edge + bend} ${to2} ${y2 + edge}`,
      label: label((x1 + x2) / 2 - (kind === 'coupled' ? 40 : 0), above ? top - 5 - (labels.length - 1) * labelStep : top + 14),
    };
  }
  const down = y2 > y1;
  const shift = x1 === x2 ? (down ? -14 : 14) : 0;
  const startY = y1 + (down ? box.height / 2 : -box.height / 2);
  const endY = y2 + (down ? -box.height / 2 : box.height / 2);
  const startX = x1 + shift + (x2 === x1 ? 0 : Math.sign(x2 - x1) * (down ? 10 : 40));
  const endX = x2 + shift + (x2 === x1 ? 0 : -Math.sign(x2 - x1) * (down ? 40 : 10));
  const y = startY + (endY - startY) * (down ? 0.5 : 0.28) - ((labels.length - 1) * labelStep) / 2;
  // Beside the line where it is nearest: at the lowest line of the text.
  const lowest = y + (labels.length - 1) * labelStep;
  const x = startX + ((lowest - startY) / (endY - startY)) * (endX - startX);
  const anchor = x1 === x2 ? (down ? 'end' : 'start') : x2 > x1 === down ? 'start' : 'end';
  return { path: `M ${startX} ${startY} L ${endX} ${endY}`, label: label(x + (anchor === 'start' ? 8 : -8), y, anchor) };
}
