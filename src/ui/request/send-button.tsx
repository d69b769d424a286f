import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { pendingSends } from '../../playground/state.ts';
import { Icon } from '../icons.tsx';
import { sendKey, sendKeyAria } from '../keys.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';

/** Sends the shown request, and shows what comes of it. */
export function SendButton(): JSX.Element {
  const { state, session, area } = useModel();
  const pending = useComputed(() => pendingSends(state.value) > 0);
  const send = (): void => {
    area.value = 'trace';
    void session.send();
  };
  return (
    <>
      <button type="button" class="button primary send" title={t.request.sendHint(sendKey)} aria-keyshortcuts={sendKeyAria} aria-describedby="send-state" onClick={send}>
        <Icon name="send" /><span>{t.request.send}</span><kbd aria-hidden="true">{sendKey}</kbd>
      </button>
      <span id="send-state" class="visually-hidden">{pending.value ? t.request.sending : ''}</span>
    </>
  );
}
