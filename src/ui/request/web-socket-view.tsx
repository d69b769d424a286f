import '../styles/web-socket.css';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { WebSocketSend } from '../../machine/types.ts';
import { shownRequest } from '../../playground/requests.ts';
import { handshakeFor, isHandshake, readable, readHex, writeHex, type WsEntry, type WsState } from '../../playground/web-socket.ts';
import { wsLab } from '../../playground/ws-lab.ts';
import { later } from '../messages-later.ts';
import { useModel } from '../model.ts';

const m = later.webSocket;

/** Opens a WebSocket with the shown request, and is its other end: messages, control frames, and any octets at all. */
export function WebSocketView(): JSX.Element {
  const { state, snippet, session, dispatch } = useModel();
  const { webSocket } = state.value;
  const subprotocols = useSignal('');
  const compress = useSignal(false);
  const frames = useSignal(false);
  const { raw } = shownRequest(snippet.value);
  const own = isHandshake(raw);
  const over = !webSocket || webSocket.phase === 'over';
  const open = (): void => void session.openWebSocket({ subprotocols: subprotocols.value.split(/[\s,]+/).filter((name) => name !== ''), compress: compress.value });
  return (
    <div class="ws">
      <div class="ws-bar">
        {over
          ? <button type="button" class="button" onClick={open}>{m.connect}</button>
          : <button type="button" class="button" onClick={() => session.cutWebSocket()}>{m.cut}</button>}
        {own ? <span class="note">{m.ownHandshake}</span> : (
          <>
            <input class="field mono" aria-label={m.subprotocols} placeholder={m.subprotocols} value={subprotocols.value} disabled={!over} spellcheck={false} onInput={(event) => { subprotocols.value = event.currentTarget.value; }} />
            <label><input type="checkbox" checked={compress.value} disabled={!over} onChange={(event) => { compress.value = event.currentTarget.checked; }} /><span>{m.compress}</span></label>
            <button type="button" class="button quiet small" onClick={() => { dispatch({ type: 'request/add', requests: [{ name: m.handshakeName, raw: handshakeFor(raw) }] }); dispatch({ type: 'view/request-tab', tab: 'raw' }); }}>{m.writeHandshake}</button>
          </>
        )}
        <label class="ws-frames"><input type="checkbox" checked={frames.value} onChange={(event) => { frames.value = event.currentTarget.checked; }} /><span>{m.showFrames}</span></label>
      </div>
      <Log socket={webSocket} frames={frames.value} />
      <Compose open={webSocket?.phase === 'open'} onSend={(what) => session.sendWebSocket(what)} />
    </div>
  );
}

function Log(props: { readonly socket: WsState | null; readonly frames: boolean }): JSX.Element {
  const { socket, frames } = props;
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  });
  const shown = (socket?.log ?? []).filter((entry) => frames || entry.kind !== 'frame');
  return (
    <div class="ws-log" role="log" aria-label={m.log} tabIndex={0} ref={list} onScroll={({ currentTarget }) => { atEnd.current = currentTarget.scrollHeight - currentTarget.scrollTop - currentTarget.clientHeight < 12; }}>
      {!socket && <p class="note">{m.idle}</p>}
      {socket?.phase === 'connecting' && <p class="note">{m.connecting}</p>}
      {shown.map((entry) => <Entry key={entry.id} entry={entry} connection={socket?.connection ?? 0} />)}
    </div>
  );
}

/** What is shown of a payload, and as what. */
function payload(bytes: Uint8Array): { readonly text: string; readonly hex: boolean } {
  const text = readable(bytes);
  return text === undefined ? { text: writeHex(bytes.subarray(0, 512)), hex: true } : { text, hex: false };
}

function Entry(props: { readonly entry: WsEntry; readonly connection: number }): JSX.Element {
  const { entry, connection } = props;
  const { dispatch } = useModel();
  switch (entry.kind) {
    case 'message': {
      const text = typeof entry.data === 'string';
      const shown = typeof entry.data === 'string' ? entry.data.slice(0, 4096) : writeHex(entry.data.subarray(0, 512));
      return <Line direction={entry.direction} what={text ? m.kinds.text : m.kinds.binary} size={text ? new TextEncoder().encode(entry.data as string).length : entry.data.length} text={shown} />;
    }
    case 'ping': case 'pong': case 'raw':
      return <Line direction={entry.direction} what={m.kinds[entry.kind]} size={entry.bytes.length} text={entry.kind === 'raw' ? writeHex(entry.bytes.subarray(0, 512)) : payload(entry.bytes).text} />;
    case 'close':
      return <Line direction="sent" what={m.kinds.close} text={m.closing(entry.code, entry.reason)} />;
    case 'frame':
      return (
        <Line direction={entry.direction} what={m.frame(entry.opcode)} quiet size={entry.length} text={m.frameFacts(entry.fin, entry.masked, entry.compressed)}
          onSelect={() => {
            dispatch({ type: 'select', selection: { kind: 'bytes', connection, stream: entry.direction === 'sent' ? 'c2s' : 's2c', span: entry.span } });
            dispatch({ type: 'view/trace-tab', tab: 'wire' });
          }} />
      );
    case 'open':
      return <Line what={m.opened} text={m.openedFacts(entry.subprotocol ?? '', entry.compressed)} />;
    case 'rejected':
      return <Line bad what={m.rejected(entry.status, entry.reason)} text={entry.error?.message ?? entry.body.slice(0, 1000)} clause={entry.error?.clause} />;
    case 'closed':
      return <Line bad={!entry.clean} what={m.closed(entry.code, entry.reason)} text={entry.error?.message ?? entry.message ?? (entry.clean ? m.clean : m.notClean)} clause={entry.error?.clause} />;
    case 'unsent':
      return <Line bad what={m.unsent} text={`${entry.error.message} ${entry.error.advice}`} clause={entry.error.clause} />;
  }
}

function Line(props: { readonly direction?: 'sent' | 'received'; readonly what: string; readonly text: string; readonly size?: number; readonly bad?: boolean; readonly quiet?: boolean; readonly clause?: string | undefined; readonly onSelect?: () => void }): JSX.Element {
  const { direction, onSelect } = props;
  return (
    <div class="ws-line" data-direction={direction} data-bad={props.bad ? '' : undefined} data-quiet={props.quiet ? '' : undefined}>
      <span class="ws-arrow" role="img" aria-label={direction ? m.directions[direction] : undefined} aria-hidden={direction ? undefined : 'true'}>{direction === 'sent' ? '↑' : direction === 'received' ? '↓' : ''}</span>
      {onSelect ? <button type="button" class="site" title={m.showBytes} onClick={onSelect}>{props.what}</button> : <span class="ws-what">{props.what}</span>}
      <span class="mono ws-text">{props.text}</span>
      {props.clause !== undefined && <span class="clause">{props.clause}</span>}
      {props.size !== undefined && <span class="note">{m.size(props.size)}</span>}
    </div>
  );
}

type Kind = WebSocketSend['type'];
const kinds: readonly Kind[] = ['text', 'binary', 'ping', 'pong', 'close', 'raw'];

function Compose(props: { readonly open: boolean; readonly onSend: (what: WebSocketSend) => void }): JSX.Element {
  const kind = useSignal<Kind>('text');
  const text = useSignal('');
  const code = useSignal(1000);
  const problem = useSignal('');
  const inHex = kind.value === 'binary' || kind.value === 'raw';
  const read = (): WebSocketSend | undefined => {
    const type = kind.value;
    if (type === 'text') return { type, text: text.value };
    if (type === 'close') return { type, code: code.value, reason: text.value };
    if (type === 'ping' || type === 'pong') return { type, payload: new TextEncoder().encode(text.value) };
    const bytes = readHex(text.value);
    return bytes && { type, bytes };
  };
  const send = (event: Event): void => {
    event.preventDefault();
    const what = read();
    problem.value = what ? '' : m.badHex;
    if (!what) return;
    props.onSend(what);
    if (what.type === 'text') text.value = '';
  };
  return (
    <form class="ws-compose" onSubmit={send}>
      <select class="select" aria-label={m.kind} value={kind.value} onChange={(event) => { kind.value = event.currentTarget.value as Kind; problem.value = ''; }}>
        {kinds.map((name) => <option key={name} value={name}>{m.kinds[name]}</option>)}
      </select>
      {kind.value === 'close' && <input class="field code" type="number" aria-label={m.code} min={1000} max={4999} value={code.value} onInput={(event) => { code.value = event.currentTarget.valueAsNumber || 1005; }} />}
      {kind.value === 'raw' && (
        <select class="select" aria-label={m.malformed} value="" onChange={(event) => {
          const frame = wsLab.find(({ id }) => id === event.currentTarget.value);
          if (frame) text.value = frame.hex;
        }}>
          <option value="">{m.malformed}</option>
          {wsLab.map((frame) => <option key={frame.id} value={frame.id}>{m.lab(m.lessons[frame.id], frame.close, frame.clause)}</option>)}
        </select>
      )}
      <input class="field mono" aria-label={inHex ? m.hex : kind.value === 'close' ? m.reason : m.message} placeholder={inHex ? m.hexHint : ''} value={text.value} spellcheck={false} autocomplete="off" aria-invalid={problem.value === '' ? undefined : 'true'}
        onInput={(event) => { text.value = event.currentTarget.value; problem.value = ''; }} />
      <button type="submit" class="button" disabled={!props.open}>{m.send}</button>
      <span class="note warn" role="status">{problem.value}</span>
    </form>
  );
}
