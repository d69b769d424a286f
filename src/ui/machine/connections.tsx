import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { openConnections } from '../../playground/connections.ts';
import { tMachine } from '../messages-machine.ts';
import { useModel } from '../model.ts';

const m = tMachine.connections;

/** Connections that nobody has closed yet. */
export function ConnectionsSection(): JSX.Element {
  const { state, traceVersion, machine, session } = useModel();
  const trace = useComputed(() => state.value.trace);
  const open = useComputed(() => {
    void traceVersion.value;
    return machine.value.processes.length === 0 ? [] : openConnections(trace.value);
  });
  return (
    <section class="machine-section" aria-labelledby="machine-connections">
      <h3 id="machine-connections">{m.title}</h3>
      {open.value.length === 0 ? <p class="note">{m.none}</p> : (
        <table class="machine-table">
          <thead><tr><th scope="col">{m.id}</th><th scope="col">{m.from}</th><th scope="col">{m.to}</th><th scope="col">{m.requests}</th><td /></tr></thead>
          <tbody>
            {open.value.map(({ id, from, to, requests }) => (
              <tr key={id}>
                <th scope="row">{id}</th><td class="mono">{from}</td><td class="mono">{to}</td><td>{requests}</td>
                <td class="machine-action"><button type="button" class="button quiet small" title={m.hint} aria-label={m.disconnectOne(id)} onClick={() => void session.disconnect(id, 'reset')}>{m.disconnect}</button></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
