import type { JSX } from 'preact';
import { useModel } from '../model.ts';
import { later } from '../parts/later.tsx';

const ShareDialog = later(async () => (await import('./share-dialog.tsx')).ShareDialog);
const EmbedDialog = later(async () => (await import('./embed-dialog.tsx')).EmbedDialog);
const SettingsDialog = later(async () => (await import('./settings-dialog.tsx')).SettingsDialog);
const DraftsDialog = later(async () => (await import('./drafts-dialog.tsx')).DraftsDialog);

const ImportDialog = later(async () => (await import('./import-dialog.tsx')).ImportDialog);
const LabDialog = later(async () => (await import('./lab-dialog.tsx')).LabDialog);
const PaletteDialog = later(async () => (await import('./palette-dialog.tsx')).PaletteDialog);
const KeysDialog = later(async () => (await import('./keys-dialog.tsx')).KeysDialog);

/** The dialog that is open, if one is. */
export function Dialogs(): JSX.Element | null {
  const { dialog } = useModel();
  const close = (): void => { dialog.value = null; };
  switch (dialog.value) {
    case 'share': return <ShareDialog onClose={close} />;
    case 'embed': return <EmbedDialog onClose={close} />;
    case 'settings': return <SettingsDialog onClose={close} />;
    case 'drafts': return <DraftsDialog onClose={close} />;
    case 'import': return <ImportDialog onClose={close} />;
    case 'lab': return <LabDialog onClose={close} />;
    case 'palette': return <PaletteDialog onClose={close} />;
    case 'keys': return <KeysDialog onClose={close} />;
    case null: return null;
  }
}
