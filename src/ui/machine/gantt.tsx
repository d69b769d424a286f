import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
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
  const title = m.burst(burst.id, burst.title);
  const groups = gantt(report);
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

function Group({ group, ms, title }: { readonly group: GanttGroup; readonly ms: number; readonly title: string }): JSX.Element {
  const { dispatch } = useModel();
  const lane = group.lanes > 24 ? 5 : 9;
  const height = Math.max(lane, group.lanes * lane);
  const x = (at: number): number => (ms > 0 ? (at / ms) * width : 0);
  const name = group.process === '' ? m.nobody : group.process;
  return (
    <div class="gantt-group">
      <span class="gantt-name mono">{name}</span>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" style={{ height: `${height}px` }} role="img" aria-label={`${m.figure(title)}, ${name}`}>
        {ticks(ms).map((at) => <line key={at} class="gantt-line" x1={x(at)} x2={x(at)} y1={0} y2={height} />)}
        {group.bars.map((bar) => {
          const y = bar.lane * lane + 1;
          const failed = bar.request.failure !== undefined;
          return (
            <g key={bar.request.index} class="gantt-bar" onClick={() => dispatch({ type: 'focus', focus: { connection: bar.request.connection, exchange: bar.request.exchange } })}>
              <title>{m.bar(bar.request.index, bar.start - bar.queued, bar.end - bar.start, outcome(bar))}</title>
              <rect data-kind="queued" x={x(bar.queued)} y={y + 2} width={Math.max(0, x(bar.start) - x(bar.queued))} height={lane - 6 > 1 ? lane - 6 : 1} />
              <rect data-kind="done" x={x(bar.end)} y={y + 2} width={Math.max(0, x(bar.done) - x(bar.end))} height={lane - 6 > 1 ? lane - 6 : 1} />
              <rect data-kind={failed ? 'failed' : 'service'} x={x(bar.start)} y={y} width={Math.max(2, x(bar.end) - x(bar.start))} height={lane - 2} />
            </g>
          );
        })}
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
