import type { JSX } from 'preact';
import { useModel } from '../model.ts';
import { DraftsDialog } from './drafts-dialog.tsx';
import { EmbedDialog } from './embed-dialog.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';

/** The dialog that is open, if one is. */
export function Dialogs(): JSX.Element | null {
  const { dialog } = useModel();
  const close = (): void => { dialog.value = null; };
  switch (dialog.value) {
    case 'share': return <ShareDialog onClose={close} />;
    case 'embed': return <EmbedDialog onClose={close} />;
    case 'settings': return <SettingsDialog onClose={close} />;
    case 'drafts': return <DraftsDialog onClose={close} />;
    case null: return null;
  }
}
