import { requestsOf } from '../playground/requests.ts';
import { keyNames } from './keys.ts';
import { later } from './messages-later.ts';
import { traceTexts } from './messages-trace.ts';
import { t } from './messages.ts';
import type { Model } from './model.ts';
import { walk } from './trace/steps.ts';

/** Something that can be done from the command palette. */
export interface Command {
  readonly title: string;
  /** What kind of thing it is: shown beside the title, and searched too. */
  readonly group: string;
  /** As it is written on this keyboard. */
  readonly keys?: string;
  readonly run: () => void;
}

const m = later.palette;
const traceTabs = ['response', 'wire', 'timeline', 'environ', 'states', 'console', 'compare', 'machine'] as const;

/** Everything that can be done now. */
export function commands(model: Model): Command[] {
  const { session, dispatch, dialog, area, prefs, theme, examples, snippet } = model;
  const show = (tab: (typeof traceTabs)[number]): void => {
    area.value = 'trace';
    dispatch({ type: 'view/trace-tab', tab });
  };
  const edit = (tab: 'form' | 'raw' | 'delivery' | 'websocket'): void => {
    area.value = 'request';
    dispatch({ type: 'view/request-tab', tab });
  };
  const open = (name: typeof dialog.value) => (): void => { dialog.value = name; };
  const g = m.groups;
  return [
    { group: g.run, title: t.request.send, keys: keyNames.send, run: () => void session.send() },
    { group: g.run, title: t.header.run, run: () => void session.run() },
    { group: g.run, title: t.header.stop, run: () => void session.stop() },
    { group: g.run, title: t.trace.clear, run: () => dispatch({ type: 'trace/clear' }) },
    { group: g.request, title: t.request.add, run: () => { dispatch({ type: 'request/add' }); edit('form'); } },
    { group: g.request, title: later.menu.duplicate, run: () => dispatch({ type: 'request/duplicate' }) },
    { group: g.request, title: later.menu.import, run: open('import') },
    { group: g.request, title: later.menu.lab, run: open('lab') },
    { group: g.show, title: m.goEditor, run: () => { area.value = 'code'; model.editor.value?.focus(); } },
    ...(['form', 'raw', 'delivery', 'websocket'] as const).map((tab) => ({ group: g.show, title: m.show(t.request[tab]), run: () => edit(tab) })),
    ...traceTabs.map((tab) => ({ group: g.show, title: m.show(t.trace[tab]), run: () => show(tab) })),
    ...([['forward', '.'], ['back', ','], ['first', undefined], ['last', undefined]] as const).map(([way, keys]) => ({ group: traceTexts.steps.region, title: traceTexts.steps[way], ...(keys && { keys }), run: () => { area.value = 'trace'; walk(model, way); } })),
    { group: g.page, title: t.header.share, keys: keyNames.share, run: open('share') },
    { group: g.page, title: t.header.embed, run: open('embed') },
    { group: g.page, title: t.header.drafts, run: open('drafts') },
    { group: g.page, title: t.header.settings, run: open('settings') },
    { group: g.page, title: m.keys, keys: keyNames.help, run: open('keys') },
    { group: g.page, title: theme.value === 'dark' ? m.light : m.dark, run: () => { prefs.theme.value = theme.value === 'dark' ? 'light' : 'dark'; } },
    { group: g.page, title: prefs.plainEditor.value ? m.fullEditor : m.plainEditor, run: () => { prefs.plainEditor.value = !prefs.plainEditor.value; } },
    ...requestsOf(snippet.value).map((request, index) => ({ group: t.request.saved, title: request.name || t.common.untitled, run: () => { dispatch({ type: 'request/show', index }); area.value = 'request'; } })),
    ...examples.map((example) => ({ group: t.header.example, title: example.title, run: () => void session.useExample(example.name) })),
  ];
}

/** Those in which every word occurs, the earlier the better. Letters in any case. */
export function matching(all: readonly Command[], typed: string): Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const places = all.flatMap((command) => {
    const title = command.title.toLowerCase();
    const text = `${title} ${command.group.toLowerCase()}`;
    return words.every((word) => text.includes(word)) ? [{ command, at: words.length === 0 ? 0 : (title.indexOf(words[0]!) + 1 || 1000) }] : [];
  });
  return places.toSorted((a, b) => a.at - b.at).map(({ command }) => command);
}
