/** WebSockets as lines of text: what a client sends, and what a server's octets mean. For case files and tests that play the client. */
import { opcodeName, opcodes, readHeader, headerSize, writeFrame, type Opcode } from '../../src/core/ws/frames.ts';

/** The key of RFC 6455 §1.3, so that the answer is always the same. */
export const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ==';

/** A key that shows what was masked as it was, so that octets can be read; any key is as good to a server. */
const mask = Uint8Array.of(1, 2, 3, 4);

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** A handshake. First line: the target; the others: more fields. */
export function handshakeOf(text: string): Uint8Array {
  const [target, ...fields] = text.split('\n');
  return latin1([`GET ${target} HTTP/1.1`, 'Host: a', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${sampleKey}`, 'Sec-WebSocket-Version: 13', ...fields, '', ''].join('\r\n'));
}

/** A client's frame. */
export const clientFrame = (opcode: Opcode, payload: Uint8Array | string, more: { readonly fin?: boolean; readonly rsv1?: boolean } = {}): Uint8Array =>
  writeFrame({ opcode, payload: typeof payload === 'string' ? utf8.encode(payload) : payload, mask, ...more });

/** The payload of a Close frame. */
export function closePayload(code: number, reason = ''): Uint8Array {
  return Uint8Array.of(code >> 8, code & 255, ...utf8.encode(reason));
}

/** What a client does next. */
export type ScriptStep = { readonly bytes: Uint8Array } | { readonly bytes?: undefined; readonly act: 'eof' | 'rst' } | { readonly bytes?: undefined; readonly act: 'wait'; readonly ms: number };

/**
 * One step a line: `text hello`, `binary 00 ff`, `ping x`, `pong x`, `continuation x`, `close`, `close 1000 bye`, `raw 81 00`, `eof`, `rst`,
 * `wait 250`. A `-` before the opcode's name (`-text he`): FIN is 0. Text: as in JSON, without the quotes.
 */
export function framesOf(text: string): ScriptStep[] {
  return text.split('\n').filter((line) => line !== '').map((line) => {
    const [, minus, name, rest = ''] = /^(-?)(\w+)(?: (.*))?$/.exec(line) ?? [];
    const fin = minus !== '-';
    const hex = (): Uint8Array => Uint8Array.from(rest.split(' ').filter(Boolean), (octet) => Number.parseInt(octet, 16));
    switch (name) {
      case 'eof':
      case 'rst':
        return { act: name };
      case 'wait':
        return { act: 'wait', ms: Number(rest) };
      case 'raw':
        return { bytes: hex() };
      case 'binary':
        return { bytes: clientFrame('binary', hex(), { fin }) };
      case 'close': {
        const [, code, reason = ''] = /^(\d+)(?: (.*))?$/.exec(rest) ?? [];
        return { bytes: clientFrame('close', code === undefined ? '' : closePayload(Number(code), reason)) };
      }
      default:
        if (name === undefined || !(name in opcodes)) throw new Error(`not a step: ${line}`);
        return { bytes: clientFrame(name as Opcode, JSON.parse(`"${rest}"`) as string, { fin }) };
    }
  });
}

/** Reads a server's stream: response heads as their first line, then frames, one line each. */
export class FrameReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #lines: string[] = [];
  #switched = false;

  push(bytes: Uint8Array): void {
    const whole = new Uint8Array(this.#bytes.length + bytes.length);
    whole.set(this.#bytes);
    whole.set(bytes, this.#bytes.length);
    this.#bytes = whole;
    while (this.#step());
  }

  /** The end of the stream, or whatever else happened. */
  note(line: string): void {
    this.#lines.push(line);
  }

  /** Lines since the last call. */
  take(): string {
    const text = this.#lines.join('\n');
    this.#lines = [];
    return text;
  }

  #step(): boolean {
    return this.#switched ? this.#frame() : this.#head();
  }

  #head(): boolean {
    const text = String.fromCharCode(...this.#bytes.subarray(0, 8192));
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return false;
    this.#lines.push(text.slice(0, text.indexOf('\r\n')));
    // Without a switch the rest is a page; nobody looks for frames in it.
    if (!text.startsWith('HTTP/1.1 101 ')) return false;
    this.#switched = true;
    this.#bytes = this.#bytes.subarray(end + 4);
    return true;
  }

  #frame(): boolean {
    const bytes = this.#bytes;
    if (bytes.length < 2 || bytes.length < headerSize(bytes[1]!)) return false;
    const { fin, rsv1, opcode, length, size, masked } = readHeader(bytes);
    if (bytes.length < size + length) return false;
    this.#bytes = bytes.subarray(size + length);
    const payload = bytes.subarray(size, size + length);
    const name = opcodeName(opcode) ?? `opcode ${opcode}`;
    this.#lines.push(`${fin ? '' : '-'}${name}${rsv1 ? ' compressed' : ''}${masked ? ' masked' : ''} ${show(name, rsv1, payload)}`.trimEnd());
    return true;
  }
}

function show(name: string, compressed: boolean, payload: Uint8Array): string {
  const hex = (): string => (payload.length > 32 ? `(${payload.length} octets)` : [...payload].map((octet) => octet.toString(16).padStart(2, '0')).join(' '));
  if (compressed || name === 'binary' || name === 'ping') return hex();
  if (name === 'close' && payload.length >= 2) return `${payload[0]! * 256 + payload[1]!} ${fromUtf8.decode(payload.subarray(2))}`;
  const text = JSON.stringify(fromUtf8.decode(payload)).slice(1, -1);
  return text.length > 200 ? `(${payload.length} octets)` : text;
}
