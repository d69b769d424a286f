import type { JSX } from 'preact';
import type { SnippetNetwork } from '../../snippet/schema.ts';
import { tMachine } from '../messages-machine.ts';
import { useModel } from '../model.ts';

const m = tMachine.network;

/** Members that are numbers, with their names and the largest value that makes sense. */
const numbers = [
  ['latencyMs', m.latency, 10_000], ['jitterMs', m.jitter, 10_000], ['bytesPerSecond', m.bandwidth, 1e9], ['readBytesPerSecond', m.slow, 1e9],
  ['segmentBytes', m.segmentBytes, 65_536], ['cutAfterBytes', m.cutAfter, 1e9], ['seed', m.seed, 2 ** 32 - 1],
] as const satisfies readonly (readonly [keyof SnippetNetwork, string, number])[];

/** The network that the connections of the snippet go through. */
export function NetworkSection(): JSX.Element {
  const { snippet, dispatch } = useModel();
  const { network, replay } = snippet.value;
  const set = <K extends keyof SnippetNetwork>(name: K, value: SnippetNetwork[K] | undefined): void => {
    const { [name]: _, ...rest } = network;
    dispatch({ type: 'network/set', network: value === undefined ? rest : { ...rest, [name]: value } });
  };
  return (
    <section class="machine-section" aria-labelledby="machine-network">
      <h3 id="machine-network">{m.title}</h3>
      <p class="note">{m.explain}</p>
      <div class="machine-form">
        {numbers.map(([name, label, most]) => (
          <label key={name} class="machine-field"><span>{label}</span>
            <input class="field" type="number" min={0} max={most} placeholder={m.unlimited} value={network[name] ?? ''} onChange={(event) => {
              const value = event.currentTarget.valueAsNumber;
              set(name, Number.isNaN(value) ? undefined : Math.min(most, Math.max(0, name === 'latencyMs' || name === 'jitterMs' ? value : Math.trunc(value))));
            }} />
          </label>
        ))}
        <label class="machine-field"><span>{m.cut}</span>
          <select class="select" value={network.cut ?? 'reset'} onChange={(event) => set('cut', event.currentTarget.value === 'reset' ? undefined : 'silence')}>
            <option value="reset">{m.cuts.reset}</option><option value="silence">{m.cuts.silence}</option>
          </select>
        </label>
        <label class="machine-check"><input type="checkbox" checked={network.ragged ?? false} onChange={(event) => set('ragged', event.currentTarget.checked || undefined)} />{m.ragged}</label>
        <label class="machine-check" title={m.replayHint}><input type="checkbox" checked={replay ?? false} onChange={(event) => dispatch({ type: 'replay/set', replay: event.currentTarget.checked })} />{m.replay}</label>
      </div>
    </section>
  );
}
