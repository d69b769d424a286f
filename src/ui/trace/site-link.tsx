import type { JSX } from 'preact';
import type { SourceSite } from '../../trace/events.ts';
import { t } from '../messages.ts';
import { useModel, type Model } from '../model.ts';

/** Show a line of the app in the editor. */
export function openSite(model: Model, file: string, line: number, column?: number): void {
  model.dispatch({ type: 'file/open', path: file });
  model.area.value = 'code';
  model.editor.value?.reveal(file, line, column);
}

/** A place in the app, as a way there. */
export function SiteLink(props: { readonly site: SourceSite }): JSX.Element {
  const model = useModel();
  const { file, line, column } = props.site;
  return <button type="button" class="site" title={t.common.openSite(file, line)} onClick={() => openSite(model, file, line, column)}>{t.common.site(file, line)}</button>;
}
