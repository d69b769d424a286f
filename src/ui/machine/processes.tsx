import type { JSX } from 'preact';
import { programsNow } from '../../playground/terminals.ts';
import { tMachine } from '../messages-machine.ts';
import { useModel } from '../model.ts';
import { Icon } from '../icons.tsx';

const m = tMachine.processes;

/** Every process that lives, and what an operator can do to it. */
export function ProcessesSection(): JSX.Element {
  const { snippet, machine, session } = useModel();
  const programs = programsNow(snippet.value, machine.value.programs);
  const gateways = programs.filter((program) => program.kind === 'gateway' && program.processes.length > 0);
  const ownerOf = (process: string): string => programs.find((program) => program.processes.includes(process))?.name ?? '';
  return (
    <section class="machine-section" aria-labelledby="machine-processes">
      <div class="machine-head">
        <h3 id="machine-processes">{m.title}</h3>
        {gateways.map(({ name }) => (
          <button key={name} type="button" class="button small" title={m.reloadHint} aria-label={m.reloadOne(name)} onClick={() => void session.reload(name)}>
            <Icon name="reload" />{m.reload}{gateways.length > 1 ? ` ${name}` : ''}
          </button>
        ))}
      </div>
      {!snippet.value.programs && <Workers />}
      {machine.value.processes.length === 0 ? <p class="note">{m.none}</p> : (
        <table class="machine-table">
          <thead><tr><th scope="col">{m.process}</th><th scope="col">{m.program}</th><th scope="col">{m.state}</th><td /></tr></thead>
          <tbody>
            {machine.value.processes.map(({ name, state }) => (
              <tr key={name} data-state={state}>
                <th scope="row" class="mono"><span class="status-dot" aria-hidden="true" />{name}</th>
                <td class="mono">{ownerOf(name)}</td>
                <td>{m.states[state]}</td>
                <td class="machine-action"><button type="button" class="button quiet small" title={m.killHint} aria-label={m.killOne(name)} onClick={() => void session.killProcess(name)}>{m.kill}</button></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** How many workers, and of which class: for the next Run. */
function Workers(): JSX.Element {
  const { snippet, dispatch } = useModel();
  const { server } = snippet.value;
  return (
    <div class="machine-form">
      <label class="machine-field"><span>{m.workers}</span>
        <input class="field" type="number" min={1} max={16} value={server.workers ?? 1} onChange={(event) => {
          const value = event.currentTarget.valueAsNumber;
          const { workers: _, ...rest } = server;
          dispatch({ type: 'server/set', server: Number.isNaN(value) || value <= 1 ? rest : { ...rest, workers: Math.min(16, Math.trunc(value)) } });
        }} />
      </label>
      <label class="machine-field"><span>{m.workerClass}</span>
        <select class="select" value={server.workerClass ?? ''} onChange={(event) => {
          const { workerClass: _, ...rest } = server;
          const { value } = event.currentTarget;
          dispatch({ type: 'server/set', server: value === '' ? rest : { ...rest, workerClass: value as 'sync' | 'async' } });
        }}>
          <option value="">{m.classes.auto}</option><option value="sync">{m.classes.sync}</option><option value="async">{m.classes.async}</option>
        </select>
      </label>
      <p class="note">{m.workersHint}</p>
    </div>
  );
}
