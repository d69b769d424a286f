import type { JSX } from 'preact';
import { copyAs, type CopyForm } from '../../playground/export/copy-as.ts';
import { requestsOf, shownIndex, shownRequest } from '../../playground/requests.ts';
import { later } from '../messages-later.ts';
import { useModel } from '../model.ts';
import { Menu } from '../parts/menu.tsx';

const m = later.menu;

/** What can be done with the saved requests besides choosing one. */
export function RequestMenu(props: { readonly onClose: (how: 'back' | 'away') => void; readonly onRename: () => void; readonly onSaid: (text: string) => void }): JSX.Element {
  const { snippet, dispatch, dialog } = useModel();
  const requests = requestsOf(snippet.value);
  const index = shownIndex(snippet.value);
  const copy = (form: CopyForm): void => {
    const { text, byTool } = copyAs(form, shownRequest(snippet.value).raw);
    const said = byTool ? m.copied[form] : m.copiedInstead[form];
    void navigator.clipboard.writeText(text).then(() => props.onSaid(said), () => props.onSaid(m.copyRefused));
  };
  return (
    <Menu label={m.name} onClose={props.onClose} items={[
      { label: m.duplicate, icon: 'copy', onSelect: () => dispatch({ type: 'request/duplicate' }) },
      { label: m.rename, icon: 'pencil', onSelect: props.onRename },
      { label: m.up, onSelect: () => dispatch({ type: 'request/move', index, by: -1 }), disabled: index === 0 },
      { label: m.down, onSelect: () => dispatch({ type: 'request/move', index, by: 1 }), disabled: index === requests.length - 1 },
      { label: m.remove, icon: 'trash', onSelect: () => dispatch({ type: 'request/delete', index }), disabled: requests.length === 1 },
      { label: m.lab, icon: 'flask', separate: true, onSelect: () => { dialog.value = 'lab'; } },
      { label: m.import, icon: 'import', onSelect: () => { dialog.value = 'import'; } },
      ...(['curl', 'fetch', 'python'] as const).map((as, at) => ({ label: m.copyAs[as], separate: at === 0, onSelect: () => copy(as) })),
    ]} />
  );
}
