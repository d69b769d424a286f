import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { gantt, type GanttBar, type GanttGroup } from '../../playground/burst.ts';
import type { BurstRecord } from '../../playground/state.ts';
import type { LoadReport } from '../../machine/load-types.ts';
import { tMachine } from '../messages-machine.ts';
import { useModel } from '../model.ts';

const m = tMachine.load;

/** Width of the picture in its own units; it is drawn as wide as there is room. */
const width = 1000;
const axis = 22;
/** Requests in the table. */
const most = 200;

const outcome = ({ request }: GanttBar): string => request.failure ?? (request.status === undefined ? '' : String(request.status));

/** One burst as a picture: a group for each process, a lane for each request that it had at a time. */
export function Gantt({ burst }: { readonly burst: BurstRecord }): JSX.Element {
  const report = burst.report!;
  const title = m.burst(burst.id, burst.server);
  const groups = useMemo(() => gantt(report), [report]);
  return (
    <figure class="gantt">
      <figcaption><strong>{title}</strong> <span class="note">{m.shape(report.plan)}</span></figcaption>
      <div class="gantt-legend note" aria-hidden="true">
        {(['queued', 'service', 'done', 'failed'] as const).map((kind) => <span key={kind}><i data-kind={kind} />{m.legend[kind]}</span>)}
      </div>
      {groups.map((group) => <Group key={group.process} group={group} ms={report.ms} title={title} />)}
      <Axis ms={report.ms} />
      <RequestTable report={report} />
    </figure>
  );
}

type Kind = 'queued' | 'done' | 'failed' | 'service';

/** Space that is kept to point at a bar, however short it is. Units of the picture. */
const reach = 4;

/**
 * One process. A path for all bars of a kind, because a burst has up to 2,000 requests and each has three parts: as elements of their own they would take the
 * browser longer than a frame. Which one is pointed at is worked out.
 */
function Group({ group, ms, title }: { readonly group: GanttGroup; readonly ms: number; readonly title: string }): JSX.Element {
  const { dispatch } = useModel();
  const pointed = useSignal<GanttBar | undefined>(undefined);
  const lane = group.lanes > 24 ? 5 : 9;
  const height = Math.max(lane, group.lanes * lane);
  const x = (at: number): number => (ms > 0 ? (at / ms) * width : 0);
  const name = group.process === '' ? m.nobody : group.process;
  const paths = useMemo(() => {
    const found: Record<Kind, string[]> = { queued: [], done: [], failed: [], service: [] };
    const thin = Math.max(1, lane - 6);
    const add = (kind: Kind, from: number, to: number, y: number, high: number): void => { found[kind].push(`M${from.toFixed(2)} ${y}H${to.toFixed(2)}v${high}H${from.toFixed(2)}z`); };
    for (const { lane: row, queued, start, end, done, request } of group.bars) {
      const y = row * lane + 1;
      if (start > queued) add('queued', x(queued), x(start), y + 2, thin);
      if (done > end) add('done', x(end), x(done), y + 2, thin);
      add(request.failure === undefined ? 'service' : 'failed', x(start), Math.max(x(start) + 2, x(end)), y, lane - 2);
    }
    return found;
  }, [group, ms]);
  const barAt = (event: MouseEvent & { readonly currentTarget: SVGSVGElement }): GanttBar | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * width;
    const row = Math.floor(((event.clientY - box.top) / box.height) * (height / lane));
    return group.bars.find((bar) => bar.lane === row && x(bar.queued) - reach <= at && at <= x(bar.done) + reach);
  };
  const here = pointed.value;
  return (
    <div class="gantt-group">
      <span class="gantt-name mono">{name}</span>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" style={{ height: `${height}px` }} role="img" aria-label={m.figure(title, name)}
        onPointerMove={(event) => { pointed.value = barAt(event); }} onPointerLeave={() => { pointed.value = undefined; }}
        onClick={(event) => {
          const bar = barAt(event);
          if (bar) dispatch({ type: 'focus', focus: { connection: bar.request.connection, exchange: bar.request.exchange } });
        }}>
        {ticks(ms).map((at) => <line key={at} class="gantt-line" x1={x(at)} x2={x(at)} y1={0} y2={height} />)}
        {(['queued', 'done', 'failed', 'service'] as const).map((kind) => <path key={kind} data-kind={kind} d={paths[kind].join('')} />)}
        {here && <rect class="gantt-pointed" x={x(here.start)} y={here.lane * lane + 1} width={Math.max(2, x(here.end) - x(here.start))} height={lane - 2}><title>{m.bar(here.request.index, here.start - here.queued, here.end - here.start, outcome(here))}</title></rect>}
      </svg>
    </div>
  );
}

/** Round steps of time. */
function ticks(ms: number): number[] {
  const rough = ms / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(ms / step) + 1 }, (_, index) => index * step);
}

function Axis({ ms }: { readonly ms: number }): JSX.Element {
  return (
    <div class="gantt-axis" style={{ height: `${axis}px` }} aria-hidden="true">
      {ticks(ms).map((at) => <span key={at} style={{ left: `${ms > 0 ? (at / ms) * 100 : 0}%` }}>{m.ms(at)}</span>)}
    </div>
  );
}

/** The same in words, for those who do not see the picture and those who want the numbers. */
function RequestTable({ report }: { readonly report: LoadReport }): JSX.Element {
  const open = useSignal(false);
  const c = m.columns;
  const time = (at: number | undefined): string => (at === undefined ? '–' : m.ms(at));
  return (
    <details class="gantt-table" open={open.value} onToggle={(event) => { open.value = event.currentTarget.open; }}>
      <summary>{m.table}</summary>
      {open.value && (
        <div class="machine-scroll" tabIndex={0} role="group" aria-label={m.table}>
          <table class="machine-table">
            <thead><tr>{[c.index, c.process, c.connection, c.sent, c.accepted, c.started, c.served, c.ended, c.outcome].map((title) => <th key={title} scope="col">{title}</th>)}</tr></thead>
            <tbody>
              {report.requests.slice(0, most).map((request) => (
                <tr key={request.index}>
                  <th scope="row">{request.index + 1}</th><td class="mono">{request.process ?? m.nobody}</td><td>{request.connection}.{request.exchange}</td>
                  <td>{time(request.queuedAt)}</td><td>{time(request.acceptedAt)}</td><td>{time(request.startedAt)}</td><td>{time(request.servedAt)}</td><td>{time(request.endedAt)}</td>
                  <td>{request.failure ?? request.status}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {report.requests.length > most && <p class="note">{m.more(report.requests.length - most)}</p>}
        </div>
      )}
    </details>
  );
}
