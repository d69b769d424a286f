/**
 * Draws the state machines of `src/core/http1/states.ts` from their tables: docs/states-client.svg, docs/states-server.svg and docs/states.md.
 *
 *     usage: npx tsx scripts/diagrams.ts            writes them
 *            npx tsx scripts/diagrams.ts --check    fails where they are out of date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ClientState, clientTransitions, couplings, type ServerState, serverTransitions, type State } from '../src/core/http1/states.ts';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));

/** Column and row. A state without a place is a type error. */
const places = {
  client: { IDLE: [0, 1], SEND_BODY: [1, 1], DONE: [2, 1], MUST_CLOSE: [3, 1], CLOSED: [4, 1], MIGHT_SWITCH: [2, 2.5], SWITCHED: [3.4, 2.5], ERROR: [4, 0] } satisfies Record<ClientState, [number, number]>,
  server: { IDLE: [0, 1], SEND_RESPONSE: [1, 1], SEND_BODY: [2, 1], DONE: [3, 1], MUST_CLOSE: [4, 1], CLOSED: [5, 1], SWITCHED: [1, 2.5], ERROR: [5, 0] } satisfies Record<ServerState, [number, number]>,
} as const;

const tables = { client: clientTransitions, server: serverTransitions } as const;

type Role = keyof typeof places;

interface Edge {
  readonly from: State;
  readonly to: State;
  /** `own`: by the side's own message; `coupled`: by the other side's state; `cycle`: startNextCycle. */
  readonly kind: 'own' | 'coupled' | 'cycle';
  readonly labels: readonly string[];
}

const otherOf = { client: 'server', server: 'client' } as const;

function edgesOf(role: Role): { readonly edges: Edge[]; readonly errors: string[] } {
  const edges: Edge[] = [];
  const errors: string[] = [];
  const add = (edge: Edge): void => {
    const same = edges.findIndex(({ from, to, kind }) => from === edge.from && to === edge.to && kind === edge.kind);
    if (same < 0) edges.push(edge);
    else edges[same] = { ...edge, labels: [...edges[same]!.labels, ...edge.labels] };
  };
  for (const [from, row] of Object.entries(tables[role])) {
    for (const [cause, to] of Object.entries(row)) {
      if (cause === 'error') errors.push(from);
      else add({ from: from as State, to: to as State, kind: 'own', labels: [cause] });
    }
  }
  for (const coupling of couplings) {
    if (coupling.move !== role) continue;
    const from = coupling[role];
    if (from === undefined) throw new Error('a coupling must name the state that it moves');
    const other = coupling[otherOf[role]];
    const label = [other === undefined ? '' : `${otherOf[role]} ${other}`, coupling.when === 'always' ? '' : coupling.when].filter((part) => part !== '').join(', ');
    add({ from, to: coupling.to, kind: 'coupled', labels: [label] });
  }
  add({ from: 'DONE', to: 'IDLE', kind: 'cycle', labels: ['startNextCycle, both DONE'] });
  return { edges, errors };
}

const stepX = 215;
const stepY = 130;
const boxW = 132;
const boxH = 34;
const colours = { own: '#1a1a1a', coupled: '#1f5fbf', cycle: '#1a7f37' } as const;

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function draw(role: Role): string {
  const at = (state: State): [number, number] => {
    const place = (places[role] as Partial<Record<State, readonly [number, number]>>)[state];
    if (place === undefined) throw new Error(`${state} has no place`);
    return [90 + place[0] * stepX, 70 + place[1] * stepY];
  };
  const { edges, errors } = edgesOf(role);
  const columns = Math.max(...Object.values(places[role]).map(([x]) => x));
  const width = 180 + columns * stepX;
  const height = 70 + 2.5 * stepY + 70;
  const parts: string[] = [];
  for (const { from, to, kind, labels } of edges) {
    const [x1, y1] = at(from);
    const [x2, y2] = at(to);
    const line = (path: string, labelX: number, labelY: number, anchor = 'middle'): void => {
      parts.push(`<path d="${path}" fill="none" stroke="${colours[kind]}"${kind === 'own' ? '' : ' stroke-dasharray="5 3"'} marker-end="url(#tip-${kind})"/>`);
      labels.forEach((label, i) => parts.push(`<text x="${labelX}" y="${labelY + i * 13}" text-anchor="${anchor}" fill="${colours[kind]}" class="label">${escape(label)}</text>`));
    };
    if (from === to) {
      line(`M ${x1 - 18} ${y1 - boxH / 2} c -8 -34 44 -34 36 0`, x1, y1 - boxH / 2 - 30);
    } else if (y1 === y2 && x2 > x1 && x2 - x1 <= stepX) {
      // Neighbours: straight. In these tables no pair of them has both kinds.
      line(`M ${x1 + boxW / 2} ${y1} L ${x2 - boxW / 2} ${y2}`, (x1 + x2) / 2, kind === 'own' ? y1 - 6 : y1 + 15);
    } else if (y1 === y2) {
      // An arc: forward moves of the couplings below their neighbours' straight lines, long ones and the way back further off.
      const span = Math.abs(x2 - x1) / stepX;
      const above = kind !== 'coupled';
      const bend = (above ? -1 : 1) * (30 + span * (above ? 18 : 10) + (kind === 'cycle' ? 8 : 0));
      const from1 = x1 + (x2 > x1 ? 22 : -22);
      const to2 = x2 + (x2 > x1 || kind === 'cycle' ? -22 : 22);
      const edge = above ? -boxH / 2 : boxH / 2;
      const top = y1 + edge + bend * 0.75;
      line(`M ${from1} ${y1 + edge} C ${from1} ${y1 + edge + bend} ${to2} ${y2 + edge + bend} ${to2} ${y2 + edge}`, (x1 + x2) / 2 - (kind === 'coupled' ? 40 : 0), kind === 'own' ? top - 5 - (labels.length - 1) * 13 : top + 14);
    } else {
      const down = y2 > y1;
      const shift = x1 === x2 ? (down ? -14 : 14) : 0;
      const startY = y1 + (down ? boxH / 2 : -boxH / 2);
      const endY = y2 + (down ? -boxH / 2 : boxH / 2);
      line(`M ${x1 + shift + (x2 === x1 ? 0 : Math.sign(x2 - x1) * (down ? 10 : 40))} ${startY} L ${x2 + shift + (x2 === x1 ? 0 : -Math.sign(x2 - x1) * (down ? 40 : 10))} ${endY}`, (x1 + x2) / 2 + (x2 === x1 ? shift + (down ? -8 : 8) : Math.sign(x2 - x1) * Math.sign(y2 - y1) * 40), startY + (endY - startY) * (down ? 0.66 : 0.34) - ((labels.length - 1) * 13) / 2, x1 === x2 ? (down ? 'end' : 'start') : x2 > x1 === down ? 'start' : 'end');
    }
  }
  for (const state of Object.keys(places[role]) as State[]) {
    const [x, y] = at(state);
    parts.push(`<rect x="${x - boxW / 2}" y="${y - boxH / 2}" width="${boxW}" height="${boxH}" rx="6" fill="#fff" stroke="#1a1a1a"/>`, `<text x="${x}" y="${y + 4}" text-anchor="middle" class="state">${state}</text>`);
  }
  const [errorX, errorY] = at('ERROR');
  const never = Object.keys(places[role]).filter((state) => !errors.includes(state));
  parts.push(`<text x="${errorX - boxW / 2 - 8}" y="${errorY + 4}" text-anchor="end" class="label">error, from any state but ${never.join(' and ')} →</text>`);
  const tip = (kind: keyof typeof colours): string => `<marker id="tip-${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="${colours[kind]}"/></marker>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="States of the ${role}">
<!-- Generated by scripts/diagrams.ts from src/core/http1/states.ts. -->
<style>text { font-family: system-ui, sans-serif } .state { font-size: 13px; font-weight: 600 } .label { font-size: 11px }</style>
<defs>${tip('own')}${tip('coupled')}${tip('cycle')}</defs>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

function table(role: Role): string {
  const { edges } = edgesOf(role);
  const rows = Object.entries(tables[role]).map(([state, row]) => {
    const own = Object.entries(row).map(([cause, to]) => `${cause} → ${to}`);
    return `| ${state} | ${own.join('<br>')} | ${edges.filter((edge) => edge.kind === 'coupled' && edge.from === state).flatMap(({ to, labels }) => labels.map((label) => `${label} → ${to}`)).join('<br>')} |`;
  });
  return `| state | by its own message | by the other side, or the exchange |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

const files: Record<string, string> = {
  'states-client.svg': draw('client'),
  'states-server.svg': draw('server'),
  'states.md': `# States of an HTTP/1.1 connection

Generated by \`npx tsx scripts/diagrams.ts\` from \`src/core/http1/states.ts\`, which explains them. Each end of a connection keeps both machines: its own moves by what it
sends, the other's by what it receives. Solid: a side's own message. Dashed blue: a move that follows from the other side's state. Dashed green: \`startNextCycle\`.

## Client

![States of the client](states-client.svg)

${table('client')}

## Server

![States of the server](states-server.svg)

${table('server')}
`,
};

const [option, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (option !== undefined && option !== '--check')) {
  console.error('usage: npx tsx scripts/diagrams.ts [--check]');
  process.exit(2);
}
let stale = 0;
for (const [name, text] of Object.entries(files)) {
  if (option === undefined) writeFileSync(docs + name, text);
  else {
    let current = '';
    try {
      current = readFileSync(docs + name, 'utf8');
    } catch { /* reported below */ }
    if (current !== text) {
      console.error(`docs/${name} is out of date: npx tsx scripts/diagrams.ts`);
      stale += 1;
    }
  }
}
if (stale > 0) process.exit(1);
