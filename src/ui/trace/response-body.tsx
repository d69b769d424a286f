import { useSignal, useSignalEffect, useComputed, useSignal as useLocal } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback, useEffect } from 'preact/hooks';
import { bodyKind, bodyText, header, rawText, type BodyKind, type HeaderPairs } from '../../playground/response.ts';
import type { SendRecord } from '../../playground/state.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { later } from '../parts/later.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { JsonTree } from './json-tree.tsx';
import { PreviewFrame, type Asked } from './preview-frame.tsx';

/** With it comes the cookie jar. */
const BrowserBar = later(async () => (await import('./browser-bar.tsx')).BrowserBar);

const m = t.response;

type Lens = 'preview' | 'json' | 'image' | 'text' | 'hex' | 'raw';

const lenses: Readonly<Record<BodyKind, readonly Lens[]>> = {
  empty: ['raw'],
  html: ['preview', 'text', 'hex', 'raw'],
  json: ['json', 'text', 'hex', 'raw'],
  image: ['image', 'hex', 'raw'],
  text: ['text', 'hex', 'raw'],
  binary: ['hex', 'raw'],
};

/** Octets that are put on the screen at once. */
const most = 256 * 1024;

/** The body through a lens that suits its type, and the whole answer as it came. With `send`, pages can be browsed from here. */
export function ResponseBody(props: { readonly headers: HeaderPairs; readonly body: Uint8Array; readonly raw: Uint8Array; readonly send?: SendRecord }): JSX.Element {
  const model = useModel();
  const kind = bodyKind(props.headers, props.body);
  const offered = lenses[kind];
  const wanted = useSignal<Lens | null>(null);
  const lens = wanted.value && offered.includes(wanted.value) ? wanted.value : (offered[0] ?? 'raw');
  useEffect(() => {
    if (lens === 'preview') model.browsing.value = true;
  }, [lens]);
  const onAsked = useCallback((asked: Asked) => {
    void import('./browser-model.ts').then(({ browserOf }) => {
      const { browser } = browserOf(model);
      return asked.type === 'link' ? browser.link(asked.href) : browser.submit(asked);
    });
  }, [model]);
  return (
    <section class="response-body" aria-label={m.body}>
      <div class="view-bar">
        <Segmented name="body-lens" label={m.view} value={lens} options={offered.map((value) => ({ value, label: m.as[value] }))} onChange={(value) => { wanted.value = value; }} />
      </div>
      {props.send && model.browsing.value && <BrowserBar send={props.send} />}
      {kind === 'empty' && lens !== 'raw' ? <p class="note">{m.empty}</p> : <Shown lens={lens} headers={props.headers} body={props.body} raw={props.raw} empty={kind === 'empty'} onAsked={onAsked} />}
    </section>
  );
}

function Shown(props: { readonly lens: Lens; readonly headers: HeaderPairs; readonly body: Uint8Array; readonly raw: Uint8Array; readonly empty: boolean; readonly onAsked: (asked: Asked) => void }): JSX.Element {
  const { lens, headers, body, raw } = props;
  const part = body.subarray(0, most);
  const cut = (lens === 'raw' ? raw : body).length > most ? <p class="note">{m.truncated(most, (lens === 'raw' ? raw : body).length)}</p> : null;
  switch (lens) {
    case 'preview': return <PreviewFrame html={bodyText(headers, body)} onAsked={props.onAsked} />;
    case 'image': return <ImageBody type={header(headers, 'content-type') ?? ''} body={body} />;
    case 'json': return <>{cut}<JsonTree text={bodyText(headers, part)} /></>;
    case 'text': return <>{cut}<pre class="body-text" tabIndex={0}>{bodyText(headers, part)}</pre></>;
    case 'hex': return <>{cut}<pre class="body-text" tabIndex={0}>{hexDump(part.subarray(0, most / 8))}</pre></>;
    case 'raw': return <>{props.empty && <p class="note">{m.empty}</p>}{cut}<pre class="body-text" tabIndex={0}>{rawText(raw.subarray(0, most))}</pre></>;
  }
}

function ImageBody(props: { readonly type: string; readonly body: Uint8Array }): JSX.Element {
  const url = useLocal('');
  const source = useComputed(() => props);
  useSignalEffect(() => {
    const { type, body } = source.value;
    const reader = new FileReader();
    reader.addEventListener('load', () => { url.value = String(reader.result); });
    reader.readAsDataURL(new Blob([body.slice()], { type }));
    return () => reader.abort();
  });
  return <div class="body-image">{url.value !== '' && <img src={url.value} alt="" />}</div>;
}

function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const codes = Array.from(row, (octet) => octet.toString(16).padStart(2, '0'));
    const text = Array.from(row, (octet) => (octet > 0x1f && octet < 0x7f ? String.fromCharCode(octet) : '·')).join('');
    lines.push(`${String(at).padStart(6)}  ${codes.slice(0, 8).join(' ').padEnd(23)}  ${codes.slice(8).join(' ').padEnd(23)}  ${text}`);
  }
  return lines.join('\n');
}
