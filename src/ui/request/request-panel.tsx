import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { pendingSends } from '../../playground/state.ts';
import { Icon } from '../icons.tsx';
import { sendKey, sendKeyAria } from '../keys.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { TabList, TabPanel } from '../parts/tabs.tsx';
import { RawRequest } from './raw-request.tsx';
import { RequestForm } from './request-form.tsx';
import { RequestList } from './request-list.tsx';

/** What will be sent: as a form or as bytes. Both are views of the same octets. */
export function RequestPanel(): JSX.Element {
  const { snippet, state, dispatch, session, area } = useModel();
  const tab = snippet.value.view.requestTab ?? 'form';
  const pending = useComputed(() => pendingSends(state.value) > 0);
  const send = (): void => {
    area.value = 'trace';
    void session.send();
  };
  return (
    <section class="panel request" id="area-request" aria-label={t.request.region} tabIndex={-1}>
      <div class="panel-bar">
        <h2 class="panel-title">{t.request.region}</h2>
        <TabList
          group="request"
          label={t.request.view}
          tabs={[{ name: 'form', label: t.request.form }, { name: 'raw', label: t.request.raw }]}
          current={tab}
          onSelect={(name) => dispatch({ type: 'view/request-tab', tab: name })}
        />
        <RequestList />
        <button type="button" class="button primary send" title={t.request.sendHint(sendKey)} aria-keyshortcuts={sendKeyAria} aria-describedby="send-state" onClick={send}>
          <Icon name="send" /><span>{t.request.send}</span><kbd aria-hidden="true">{sendKey}</kbd>
        </button>
        <span id="send-state" class="visually-hidden">{pending.value ? t.request.sending : ''}</span>
      </div>
      <TabPanel group="request" name={tab} class="request-body">{tab === 'form' ? <RequestForm /> : <RawRequest />}</TabPanel>
    </section>
  );
}
