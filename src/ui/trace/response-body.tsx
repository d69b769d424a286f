import { useSignal, useSignalEffect, useComputed, useSignal as useLocal } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo } from 'preact/hooks';
import { answerSpans } from '../../playground/answer.ts';
import { hexMap, latin1Map, piecesOf, textMap, type Piece, type TextMap } from '../../playground/body-map.ts';
import { bodyKind, bodyText, header, rawText, type BodyKind, type HeaderPairs } from '../../playground/response.ts';
import type { SendRecord } from '../../playground/state.ts';
import { t } from '../messages.ts';
import { useModel } from '../model.ts';
import { later } from '../parts/later.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { JsonTree } from './json-tree.tsx';
import { LinkedText } from './linked-text.tsx';
import { PreviewFrame, type Asked } from './preview-frame.tsx';
import { useBytes } from './use-bytes.ts';

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
        <BodyBytes />
        <Segmented name="body-lens" label={m.view} value={lens} options={offered.map((value) => ({ value, label: m.as[value] }))} onChange={(value) => { wanted.value = value; }} />
      </div>
      {props.send && model.browsing.value && <BrowserBar send={props.send} />}
      {kind === 'empty' && lens !== 'raw' ? <p class="note">{m.empty}</p> : <Shown lens={lens} headers={props.headers} body={props.body} raw={props.raw} empty={kind === 'empty'} onAsked={onAsked} />}
    </section>
  );
}

/** The octets of the whole body, to be pointed at whatever the lens. */
function BodyBytes(): JSX.Element | null {
  const { connection, exchange } = useModel();
  const spans = useComputed(() => (connection.value && exchange.value ? answerSpans(connection.value, exchange.value) : undefined));
  const bytes = useBytes(spans.value?.body);
  if (!spans.value?.body) return null;
  return <button type="button" class={`key body-bytes ${bytes.lit}`} aria-pressed={bytes.chosen} title={m.bodyHint} onPointerEnter={bytes.hover} onPointerLeave={bytes.leave} onClick={bytes.pick}>{m.body}</button>;
}

/** Where the content of the answer in focus lies on the wire, and where its first octet of all does. */
function usePieces(): { readonly content: readonly Piece[]; readonly begin: number } {
  const { connection, exchange } = useModel();
  return useComputed(() => {
    const stream = connection.value?.s2c;
    const number = exchange.value?.number ?? 0;
    return { content: piecesOf(stream?.contentSpans(number, 0, Infinity) ?? []), begin: stream?.tokens.find((token) => token.exchange === number)?.start ?? 0 };
  }).value;
}

function Shown(props: { readonly lens: Lens; readonly headers: HeaderPairs; readonly body: Uint8Array; readonly raw: Uint8Array; readonly empty: boolean; readonly onAsked: (asked: Asked) => void }): JSX.Element {
  const { lens, headers, body, raw } = props;
  const part = body.subarray(0, most);
  const cut = (lens === 'raw' ? raw : body).length > most ? <p class="note">{m.truncated(most, (lens === 'raw' ? raw : body).length)}</p> : null;
  const { content, begin } = usePieces();
  switch (lens) {
    case 'preview': return <PreviewFrame html={bodyText(headers, body)} onAsked={props.onAsked} />;
    case 'image': return <ImageBody type={header(headers, 'content-type') ?? ''} body={body} />;
    case 'json': return <>{cut}<JsonTree text={bodyText(headers, part)} /></>;
    case 'text': return <>{cut}<TextBody headers={headers} body={part} pieces={content} /></>;
    case 'hex': return <>{cut}<Mapped make={() => hexMap(part.subarray(0, most / 8))} of={part} pieces={content} /></>;
    case 'raw': return <>{props.empty && <p class="note">{m.empty}</p>}{cut}<Mapped make={() => latin1Map(rawText(raw.subarray(0, most)))} of={raw} pieces={[{ octet: 0, wire: begin, size: raw.length }]} /></>;
  }
}

function TextBody(props: { readonly headers: HeaderPairs; readonly body: Uint8Array; readonly pieces: readonly Piece[] }): JSX.Element {
  const { headers, body, pieces } = props;
  const text = bodyText(headers, body);
  const map = useMemo(() => textMap(headers, body, text), [text]);
  return map ? <LinkedText map={map} pieces={pieces} /> : <pre class="body-text" tabIndex={0}>{text}</pre>;
}

/** The map is made anew when the octets are others, and not whenever something is pointed at. */
function Mapped(props: { readonly make: () => TextMap; readonly of: Uint8Array; readonly pieces: readonly Piece[] }): JSX.Element {
  const map = useMemo(props.make, [props.of.buffer, props.of.byteOffset, props.of.length]);
  return <LinkedText map={map} pieces={props.pieces} />;
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
