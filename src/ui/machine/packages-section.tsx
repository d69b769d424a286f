import type { JSX } from 'preact';
import { requirementsText } from '../../playground/packages.ts';
import { Icon } from '../icons.tsx';
import { tMachine } from '../messages-machine.ts';
import { useModel } from '../model.ts';
import { CopyButton } from '../parts/copy-button.tsx';

const m = tMachine.packages;

/** Which files of Python packages the snippet keeps to; nothing where there are none. */
export function PackagesSection(): JSX.Element | null {
  const { snippet, session } = useModel();
  const { packages = [] } = snippet.value;
  if (packages.length === 0) return null;
  return (
    <section class="machine-section" aria-labelledby="machine-packages">
      <div class="machine-head">
        <h3 id="machine-packages">{m.title}</h3>
        <CopyButton class="quiet small" label={m.copy} text={() => requirementsText(packages)} />
        <button type="button" class="button small" title={m.updateHint} onClick={() => void session.updatePackages()}><Icon name="reload" />{m.update}</button>
      </div>
      <p class="note">{m.explain}</p>
      <table class="machine-table" aria-labelledby="machine-packages">
        <thead><tr><th scope="col">{m.name}</th><th scope="col">{m.version}</th><th scope="col">{m.hash}</th></tr></thead>
        <tbody>
          {packages.map(({ name, version, sha256 }) => (
            <tr key={name}><th scope="row" class="mono">{name}</th><td class="mono">{version}</td><td class="mono note" title={sha256}>{sha256.slice(0, 12)}…</td></tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
