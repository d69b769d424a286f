import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { Icon, Logo } from '../icons.tsx';
import { keyNames } from '../keys.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { ServerStatus } from './server-status.tsx';

/** The bar on top: what is open, what runs, and what can be done with it. */
export function Header(): JSX.Element {
  const { session, dialog, machine, prefs, theme, embedded, area } = useModel();
  const run = async (): Promise<void> => {
    await session.run();
    // In an embed Run is all that most readers press: they came to see what happens.
    if (!embedded || session.store.state.machine.state !== 'running') return;
    area.value = 'trace';
    await session.send();
  };
  const busy = machine.value.state !== 'stopped' && machine.value.state !== 'failed';
  const nextTheme = { system: theme.value === 'dark' ? 'light' : 'dark', light: 'dark', dark: 'light' } as const;
  return (
    <header class="header">
      {embedded ? <OpenLink /> : (
        <>
          <div class="brand"><Logo /><h1>{t.title}</h1></div>
          <ExampleMenu />
        </>
      )}
      <div class="run-group">
        <button type="button" class="button primary" title={t.header.runHint} onClick={() => void run()}><Icon name="play" /><span class="label">{t.header.run}</span></button>
        <button type="button" class="button" title={t.header.stopHint} disabled={!busy} onClick={() => void session.stop()}><Icon name="stop" /><span class="label">{t.header.stop}</span></button>
      </div>
      <ServerStatus />
      {!embedded && <div class="header-end">
        <button type="button" class="button quiet square commands" aria-label={t.header.commands(keyNames.palette)} title={t.header.commands(keyNames.palette)} onClick={() => { dialog.value = 'palette'; }}><Icon name="command" /></button>
        <button type="button" class="button quiet square" aria-label={t.header.drafts} title={t.header.drafts} onClick={() => { dialog.value = 'drafts'; }}><Icon name="history" /></button>
        <button type="button" class="button quiet" onClick={() => { dialog.value = 'share'; }}><Icon name="share" /><span class="label">{t.header.share}</span></button>
        <button type="button" class="button quiet" onClick={() => { dialog.value = 'embed'; }}><Icon name="embed" /><span class="label">{t.header.embed}</span></button>
        <button type="button" class="button quiet square" aria-label={t.header.theme[prefs.theme.value]} title={t.header.theme[prefs.theme.value]} onClick={() => { prefs.theme.value = nextTheme[prefs.theme.value]; }}>
          <Icon name={theme.value === 'dark' ? 'moon' : 'sun'} />
        </button>
        <button type="button" class="button quiet square" aria-label={t.header.settings} title={t.header.settings} onClick={() => { dialog.value = 'settings'; }}><Icon name="gear" /></button>
      </div>}
    </header>
  );
}

/** From an embed to the whole page, with what is in the editor. */
function OpenLink(): JSX.Element {
  const { session, snippet } = useModel();
  const href = useSignal('./');
  useSignalEffect(() => {
    void snippet.value;
    // Where it is too large for a link, the whole page opens without it.
    session.link().then((fragment) => { href.value = `./${fragment}`; }, () => { href.value = './'; });
  });
  return <a class="brand" href={href.value} target="_blank" rel="noopener" title={t.header.openWhole}><Logo /><h1>{t.title}</h1></a>;
}

/** The catalogue, grouped. Choosing one replaces what is in the editor; that can be undone, and is kept as a draft. */
function ExampleMenu(): JSX.Element {
  const { examples, session, work } = useModel();
  const { origin, snippet } = work.value;
  const groups = [...new Set(examples.map((example) => example.group))];
  const current = origin.kind === 'example' ? origin.name : '';
  return (
    <select
      class="select example-menu"
      aria-label={t.header.example}
      value={current}
      onChange={(event) => {
        const { value } = event.currentTarget;
        if (value !== '') void session.useExample(value);
      }}
    >
      {current === '' && <option value="">{snippet.title ?? t.header.exampleNone}</option>}
      {groups.map((group) => (
        <optgroup key={group} label={group}>
          {examples.filter((example) => example.group === group).map((example) => <option key={example.name} value={example.name}>{example.title}</option>)}
        </optgroup>
      ))}
    </select>
  );
}
