import type { JSX } from 'preact';
import { shownRequest } from '../../playground/requests.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { later } from '../parts/later.tsx';
import { TabList, TabPanel } from '../parts/tabs.tsx';
import { RequestForm } from './request-form.tsx';
import { RequestList } from './request-list.tsx';
import { SendButton } from './send-button.tsx';

const RawRequest = later(async () => (await import('./raw-request.tsx')).RawRequest);
const Delivery = later(async () => (await import('./delivery.tsx')).Delivery);
const WebSocketView = later(async () => (await import('./web-socket-view.tsx')).WebSocketView);

/** What will be sent: as a form or as bytes (both are views of the same octets), and how it goes out. */
export function RequestPanel(): JSX.Element {
  const { snippet, dispatch, layout } = useModel();
  const tab = snippet.value.view.requestTab ?? 'form';
  const delivered = shownRequest(snippet.value).delivery !== undefined;
  return (
    <section class="panel request" id="area-request" aria-label={t.request.region} tabIndex={-1}>
      <div class="panel-bar">
        <h2 class="panel-title">{t.request.region}</h2>
        <TabList
          group="request"
          label={t.request.view}
          tabs={[{ name: 'form', label: t.request.form }, { name: 'raw', label: t.request.raw }, { name: 'delivery', label: t.request.delivery, marked: delivered }, { name: 'websocket', label: t.request.websocket }]}
          current={tab}
          onSelect={(name) => dispatch({ type: 'view/request-tab', tab: name })}
        />
        <RequestList />
        {layout.value !== 'narrow' && <SendButton />}
      </div>
      <TabPanel group="request" name={tab} class="request-body">{tab === 'form' ? <RequestForm /> : tab === 'raw' ? <RawRequest /> : tab === 'delivery' ? <Delivery /> : <WebSocketView />}</TabPanel>
    </section>
  );
}
