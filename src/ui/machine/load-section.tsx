import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { burstNumbers, type BurstNumbers } from '../../playground/burst.ts';
import type { BurstRecord } from '../../playground/state.ts';
import { Icon } from '../icons.tsx';
import { tMachine } from '../messages-machine.ts';
import { useModel } from '../model.ts';
import { Gantt } from './gantt.tsx';

const m = tMachine.load;

/** A burst of requests: how many and how, and what became of the last ones. */
export function LoadSection(): JSX.Element {
  const { state, session } = useModel();
  const plan = { count: useSignal(24), concurrency: useSignal(8), thinkMs: useSignal(0), keepAlive: useSignal(false) };
  const bursts = useComputed(() => state.value.bursts);
  const running = bursts.value.find((burst) => !burst.report);
  const done = bursts.value.filter((burst) => burst.report);
  // What is drawn of those that are over does not change while another one is under way.
  const figures = useMemo(() => (
    <>
      {done.toReversed().map((burst) => <Gantt key={burst.id} burst={burst} />)}
      {done.length > 0 && <Comparison bursts={done} />}
    </>
  ), [done.at(-1)]);
  return (
    <section class="machine-section" aria-labelledby="machine-load">
      <h3 id="machine-load">{m.title}</h3>
      <p class="note">{m.explain}</p>
      <form class="machine-form" onSubmit={(event) => {
        event.preventDefault();
        void session.load({ count: plan.count.value, concurrency: plan.concurrency.value, thinkMs: plan.thinkMs.value, keepAlive: plan.keepAlive.value });
      }}>
        {([['count', m.count, 1, 2000], ['concurrency', m.concurrency, 1, 200], ['thinkMs', m.think, 0, 10_000]] as const).map(([name, label, least, most]) => (
          <label key={name} class="machine-field"><span>{label}</span>
            <input class="field" type="number" required min={least} max={most} value={plan[name].value} onChange={(event) => {
              const { valueAsNumber } = event.currentTarget;
              if (!Number.isNaN(valueAsNumber)) plan[name].value = Math.min(most, Math.max(least, valueAsNumber));
            }} />
          </label>
        ))}
        <label class="machine-check"><input type="checkbox" checked={plan.keepAlive.value} onChange={(event) => { plan.keepAlive.value = event.currentTarget.checked; }} />{m.keepAlive}</label>
        <button type="submit" class="button" disabled={running !== undefined}><Icon name="send" />{m.send}</button>
        <span class="note" role="status">{running && m.sending(running.answered, running.asked)}</span>
      </form>
      {figures}
    </section>
  );
}

const rows: readonly (readonly [label: string, show: (numbers: BurstNumbers, ms: number) => string])[] = [
  [m.answered, ({ answered }) => String(answered)],
  [m.failed, ({ failed }) => String(failed)],
  [m.duration, (_, ms) => m.ms(ms)],
  [m.perSecond, ({ perSecond }) => m.perSecondValue(perSecond)],
  [m.total, ({ total }) => (total ? m.ms(total.median) : '–')],
  [m.total99, ({ total }) => (total ? m.ms(total.p99) : '–')],
  [m.waiting, ({ waiting }) => (waiting ? m.ms(waiting.median) : '–')],
  [m.waiting99, ({ waiting }) => (waiting ? m.ms(waiting.p99) : '–')],
  [m.service, ({ service }) => (service ? m.ms(service.median) : '–')],
];

/** The bursts side by side. */
function Comparison({ bursts }: { readonly bursts: readonly BurstRecord[] }): JSX.Element {
  const columns = bursts.map((burst) => ({ burst, report: burst.report!, numbers: burstNumbers(burst.report!) }));
  return (
    <div class="machine-scroll" tabIndex={0} role="group" aria-label={m.compare}>
      <table class="machine-table compare">
        <caption class="visually-hidden">{m.compare}</caption>
        <thead><tr><th scope="col">{m.measure}</th>{columns.map(({ burst }) => <th key={burst.id} scope="col" class="number">{m.burst(burst.id, burst.server)}</th>)}</tr></thead>
        <tbody>
          {rows.map(([label, show]) => (
            <tr key={label}><th scope="row">{label}</th>{columns.map(({ burst, report, numbers }) => <td key={burst.id} class="number">{show(numbers, report.ms)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
