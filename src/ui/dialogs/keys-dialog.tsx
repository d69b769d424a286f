import '../styles/dialog-more.css';
import type { JSX } from 'preact';
import { keyNames } from '../keys.ts';
import { later } from '../messages-later.ts';
import { Dialog } from '../parts/dialog.tsx';

const m = later.keyMap;

/** Every key that does something, by where it does it. */
export function KeysDialog(props: { readonly onClose: () => void }): JSX.Element {
  const groups: readonly (readonly [name: string, keys: readonly (readonly [keys: string, what: string])[]])[] = [
    [m.everywhere, [
      [keyNames.send, m.send], [keyNames.palette, m.palette], [keyNames.share, m.share], [keyNames.help, m.help],
      [keyNames.nextArea, m.nextArea], [keyNames.previousArea, m.previousArea], [keyNames.escape, m.escape],
    ]],
    [m.editor, [[keyNames.leavePlain, m.leavePlain], [keyNames.leaveMonaco, m.leaveMonaco], [keyNames.editorPalette, m.editorPalette]]],
    [m.trace, [[keyNames.stepForward, m.stepForward], [keyNames.stepBack, m.stepBack], [keyNames.escape, m.unselect]]],
    [m.bytes, [[keyNames.arrows, m.bytesMove], [keyNames.byToken, m.bytesToken], [keyNames.shiftArrows, m.bytesExtend]]],
    [m.timeline, [[keyNames.upDown, m.timelineMove], [keyNames.leftRight, m.timelineFold], [keyNames.enter, m.timelineProblem]]],
    [m.tabs, [[keyNames.leftRight, m.tabsMove], [keyNames.ends, m.tabsEnds]]],
    [m.borders, [[keyNames.arrows, m.bordersMove], [keyNames.enter, m.bordersBack]]],
    [m.cuts, [[keyNames.leftRight, m.cutsMove], [keyNames.shiftLeftRight, m.cutsMoveTen], [keyNames.remove, m.cutsRemove]]],
  ];
  return (
    <Dialog title={m.title} class="wide" onClose={props.onClose}>
      <div class="key-map">
        {groups.map(([name, keys]) => (
          <div key={name} role="group" aria-label={name}>
            <h3>{name}</h3>
            <dl>{keys.map(([key, what]) => <div key={what}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
