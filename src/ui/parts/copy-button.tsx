import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Icon } from '../icons.tsx';
import { t } from '../messages.ts';

/** How long the button says that it has copied. ms. */
const saidMs = 1600;

/** Puts text on the clipboard and says so. Where the clipboard is forbidden (some frames), it says that instead. */
export function CopyButton(props: { readonly label: string; readonly text: () => string; readonly class?: string }): JSX.Element {
  const said = useSignal<'' | 'copied' | 'failed'>('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.text());
      said.value = 'copied';
    } catch {
      said.value = 'failed';
    }
    window.setTimeout(() => { said.value = ''; }, saidMs);
  };
  return (
    <button type="button" class={`button ${props.class ?? ''}`} onClick={() => void copy()}>
      <Icon name={said.value === 'copied' ? 'check' : 'copy'} />
      <span>{props.label}</span>
      <span class="visually-hidden" role="status">{said.value === 'copied' ? t.common.copied : said.value === 'failed' ? t.common.copyFailed : ''}</span>
    </button>
  );
}
