import type { JSX } from 'preact';
import type { SnippetNetwork, SnippetServer } from '../../snippet/schema.ts';
import { later } from '../messages-later.ts';
import { useModel } from '../model.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Segmented } from '../parts/segmented.tsx';

const m = later.settings;

/** The object without a member, or with it set: a missing member means the engine's default. */
function withMember<T extends object, K extends keyof T>(of: T, name: K, value: T[K] | undefined): T {
  const { [name]: _, ...rest } = of;
  return (value === undefined ? rest : { ...rest, [name]: value }) as T;
}

/** Settings of the snippet (they travel in the link) and of this page (they do not). */
export function SettingsDialog(props: { readonly onClose: () => void }): JSX.Element {
  const { snippet, prefs, dispatch } = useModel();
  const { server, network } = snippet.value;
  const setServer = <K extends keyof SnippetServer>(name: K, value: SnippetServer[K] | undefined): void => dispatch({ type: 'server/set', server: withMember(server, name, value) });
  const setNetwork = <K extends keyof SnippetNetwork>(name: K, value: SnippetNetwork[K] | undefined): void => dispatch({ type: 'network/set', network: withMember(network, name, value) });
  return (
    <Dialog title={m.title} class="settings" onClose={props.onClose}>
      <fieldset>
        <legend>{m.server}</legend>
        <p class="explain">{m.serverExplain}</p>
        <NumberRow label={m.workers} hint={m.workersHint} min={1} max={8} value={server.workers} onChange={(value) => setServer('workers', value)} />
        <label class="setting">
          <span>{m.workerClass}</span>
          <select class="select" value={server.workerClass ?? ''} onChange={(event) => setServer('workerClass', event.currentTarget.value === '' ? undefined : (event.currentTarget.value as 'sync' | 'async'))}>
            {([['', m.classes.auto], ['sync', m.classes.sync], ['async', m.classes.async]] as const).map(([value, label]) => <option key={value} value={value}>{label}</option>)}
          </select>
          <span class="note">{m.workerClassHint}</span>
        </label>
        <label class="setting">
          <span>{m.rootPath}</span>
          <input class="field mono" placeholder={m.byDefault} value={server.rootPath ?? ''} spellcheck={false} onChange={(event) => setServer('rootPath', event.currentTarget.value || undefined)} />
          <span class="note">{m.rootPathHint}</span>
        </label>
        <NumberRow label={m.timeout} hint={m.timeoutHint} min={1} max={600} value={server.timeout} onChange={(value) => setServer('timeout', value)} />
        <NumberRow label={m.keepAlive} hint={m.keepAliveHint} min={0} max={600} value={server.keepAlive} onChange={(value) => setServer('keepAlive', value)} />
        <label class="setting check">
          <input type="checkbox" checked={server.validate ?? true} onChange={(event) => setServer('validate', event.currentTarget.checked ? undefined : false)} />
          <span>{m.validate}</span>
          <span class="note">{m.validateHint}</span>
        </label>
        {(snippet.value.lang === 'py' || server.locals) && (
          <label class="setting check">
            <input type="checkbox" checked={server.locals ?? false} onChange={(event) => setServer('locals', event.currentTarget.checked || undefined)} />
            <span>{m.locals}</span>
            <span class="note">{m.localsHint}</span>
          </label>
        )}
      </fieldset>
      <fieldset>
        <legend>{m.network}</legend>
        <p class="explain">{m.networkExplain}</p>
        <NumberRow label={m.segmentBytes} hint={m.segmentBytesHint} min={1} max={65536} value={network.segmentBytes} onChange={(value) => setNetwork('segmentBytes', value)} />
        <NumberRow label={m.latency} hint={m.latencyHint} min={0} max={10000} value={network.latencyMs} onChange={(value) => setNetwork('latencyMs', value)} />
        <NumberRow label={m.bandwidth} hint={m.bandwidthHint} min={1} max={1e9} value={network.bytesPerSecond} onChange={(value) => setNetwork('bytesPerSecond', value)} />
      </fieldset>
      <fieldset>
        <legend>{m.page}</legend>
        <p class="explain">{m.pageExplain}</p>
        <div class="setting"><span>{m.theme}</span>
          <Segmented name="theme" label={m.theme} value={prefs.theme.value} onChange={(value) => { prefs.theme.value = value; }}
            options={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: m.themes[value] }))} />
        </div>
        <label class="setting check">
          <input type="checkbox" checked={prefs.plainEditor.value} onChange={(event) => { prefs.plainEditor.value = event.currentTarget.checked; }} />
          <span>{m.plainEditor}</span>
          <span class="note">{m.plainEditorHint}</span>
        </label>
      </fieldset>
    </Dialog>
  );
}

function NumberRow(props: { readonly label: string; readonly hint: string; readonly min: number; readonly max: number; readonly value: number | undefined; readonly onChange: (value: number | undefined) => void }): JSX.Element {
  return (
    <label class="setting">
      <span>{props.label}</span>
      <input class="field" type="number" min={props.min} max={props.max} placeholder={m.byDefault} value={props.value ?? ''} onChange={(event) => {
        const value = event.currentTarget.valueAsNumber;
        props.onChange(Number.isNaN(value) ? undefined : Math.min(props.max, Math.max(props.min, value)));
      }} />
      <span class="note">{props.hint}</span>
    </label>
  );
}
