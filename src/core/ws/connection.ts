import type { Span, Stream } from '../../trace/events.ts';
import { noTrace, type Tracer } from '../../trace/tracer.ts';
import { LocalProtocolError, RemoteProtocolError } from '../http1/errors.ts';
import { closeCodes, mayBeSent, noCode } from './close-codes.ts';
import { type WsReceivedEvent, type WsSentEvent, WS_NEED_DATA } from './events.ts';
import { applyMask, type FrameHeader, headerSize, isControl, maxHeaderSize, type Opcode, opcodeName, readHeader, writeFrame } from './frames.ts';
import { MessageAssembler } from './messages.ts';
import { type DeflateParameters, MessageDeflater, MessageInflater } from './permessage-deflate.ts';
import { type WsCause, type WsState, wsTransitions } from './states.ts';
import { Utf8Validator } from './utf8.ts';

/** How a connection is set up once the handshake is done. */
export interface WsConnectionOptions {
  readonly role: 'server' | 'client';
  /** Connection id for the trace. Default 0. */
  readonly id?: number;
  /** Exchange number of the handshake, for the trace. Default 0. */
  readonly exchange?: number;
  readonly tracer?: Tracer;
  /** Octets of one message after inflation; beyond it the connection fails with 1009. uvicorn's `--ws-max-size`; default 16 MiB. */
  readonly maxMessageBytes?: number;
  /** permessage-deflate as agreed in the handshake. */
  readonly deflate?: DeflateParameters;
  /** Messages shorter than this are sent uncompressed. Octets; default 256. */
  readonly deflateThreshold?: number;
  /** Client: four fresh random octets for each frame (RFC6455-5.3: "unpredictable"). Required for the client role. */
  readonly maskKey?: () => Uint8Array;
  /** Absolute offset of the first octet received after the handshake, and of the first one sent. Default 0. */
  readonly receivedOffset?: number;
  readonly sentOffset?: number;
  /** Told of each frame: when its header has arrived and is in order, and when it is written. For whoever shows frames; nothing depends on it. */
  readonly onFrame?: (frame: FrameFacts) => void;
}

/** A frame as it stands on the wire. */
export interface FrameFacts {
  readonly stream: Stream;
  /** Header and payload, as announced. */
  readonly span: Span;
  readonly opcode: Opcode;
  readonly fin: boolean;
  /** RSV1: the first frame of a compressed message. */
  readonly compressed: boolean;
  readonly masked: boolean;
  /** Payload octets. */
  readonly length: number;
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const maxControlPayload = 125;

/**
 * One end of a WebSocket connection without I/O (RFC 6455, RFC 7692): bytes in, events out; events in, bytes out.
 * Answers to the names of the HTTP core. Replies are the caller's: a Ping wants a Pong, a Close wants a Close.
 */
export class WsConnection {
  readonly role: 'server' | 'client';
  readonly maxMessageBytes: number;
  readonly #tracer: Tracer;
  readonly #id: number;
  readonly #exchange: number;
  readonly #maskKey: (() => Uint8Array) | undefined;
  readonly #onFrame: ((frame: FrameFacts) => void) | undefined;
  readonly #deflate: DeflateParameters | undefined;
  /** Made when they are needed: the windows take a quarter of a megabyte, and many connections are silent. */
  #inflater: MessageInflater | undefined;
  #deflater: MessageDeflater | undefined;
  readonly #deflateThreshold: number;

  #state: WsState = 'OPEN';
  #events: WsReceivedEvent[] = [];
  #error: RemoteProtocolError | undefined;
  #queuedBytes = 0;

  /** Absolute offsets: next octet to be received, next to be sent. */
  #received: number;
  #sent: number;

  // The frame being read.
  readonly #head = new Uint8Array(maxHeaderSize);
  #headFilled = 0;
  #frame: FrameHeader | undefined;
  #frameStart = 0;
  #mask = new Uint8Array(4);
  #payloadRead = 0;
  /** Payload of a control frame, at most 125 octets. */
  #control = new Uint8Array(0);
  #message: MessageAssembler | undefined;

  constructor(options: WsConnectionOptions) {
    this.role = options.role;
    this.maxMessageBytes = options.maxMessageBytes ?? 16 * 1024 * 1024;
    this.#tracer = options.tracer ?? noTrace;
    this.#id = options.id ?? 0;
    this.#exchange = options.exchange ?? 0;
    this.#maskKey = options.maskKey;
    this.#onFrame = options.onFrame;
    this.#received = options.receivedOffset ?? 0;
    this.#sent = options.sentOffset ?? 0;
    // An empty message is never compressed: zlib gives no octets for a second flush without input in between.
    this.#deflateThreshold = Math.max(1, options.deflateThreshold ?? 256);
    if (options.role === 'client' && !options.maskKey) throw new TypeError('a client connection needs maskKey (RFC6455-5.1-CLIENT-MASKS: a client MUST mask all frames)');
    this.#deflate = options.deflate;
  }

  get state(): WsState {
    return this.#state;
  }

  /** Octets held: queued events and the message being put together. What back-pressure is decided on. */
  get bufferedBytes(): number {
    return this.#queuedBytes + (this.#message?.size ?? 0);
  }

  /** Absolute offset of the next octet that `send` will produce. */
  get sentOffset(): number {
    return this.#sent;
  }

  /** Bytes arrived. `bytes` is borrowed; what is kept is copied. */
  receiveData(bytes: Uint8Array): void {
    const end = bytes.length;
    let at = 0;
    // RFC6455-1.4: who has received a Close "discards any further data received"; RFC6455-7.1.7: nor is anything processed after a failure.
    while (at < end && (this.#state === 'OPEN' || this.#state === 'CLOSE_SENT')) {
      at += this.#frame ? this.#readPayload(bytes, at) : this.#readHead(bytes, at);
    }
    this.#received += end - at;
  }

  /** The peer closed the socket. */
  receiveEof(): void {
    const clean = this.#state === 'CLOSED' && !this.#error;
    this.#move('socket ended');
    if (!this.#error) this.#events.push({ type: 'ended', clean });
  }

  /** The next event. Throws RemoteProtocolError (its `status` is the close code to send) where the peer broke the protocol, again at every call. */
  nextEvent(): WsReceivedEvent {
    const event = this.#events.shift();
    if (event) {
      if (event.type === 'text') this.#queuedBytes -= event.text.length;
      else if (event.type === 'binary') this.#queuedBytes -= event.bytes.length;
      return event;
    }
    if (this.#error) throw this.#error;
    return WS_NEED_DATA;
  }

  /** Bytes for an event. Throws LocalProtocolError where RFC 6455 does not allow it now; the state is then as before. */
  send(event: WsSentEvent): Uint8Array {
    switch (event.type) {
      case 'text':
      case 'binary':
        this.#move('send data');
        return this.#write(event.type, event.type === 'text' ? utf8.encode(event.text) : event.bytes, true);
      case 'ping':
      case 'pong':
        this.#checkControl(event.payload.length);
        this.#move('send control');
        return this.#write(event.type, event.payload, false);
      case 'close': {
        const payload = this.#closePayload(event.code, event.reason);
        this.#move('send close');
        return this.#write('close', payload, false);
      }
    }
  }

  /** Octets went out that did not come from {@link send}: somebody wants to see what a peer makes of them. They are counted, for spans. */
  noteSent(octets: number): void {
    this.#sent += octets;
  }

  // ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────

  #readHead(bytes: Uint8Array, at: number): number {
    const start = at;
    if (this.#headFilled === 0) this.#frameStart = this.#received;
    while (at < bytes.length) {
      this.#head[this.#headFilled++] = bytes[at++]!;
      this.#received++;
      if (this.#headFilled < 2 || this.#headFilled < headerSize(this.#head[1]!)) {
        // Opcode, RSV and MASK are refused as soon as they are there, not when the length is.
        if (this.#headFilled === 2 && !this.#checkFirstOctets()) return at - start;
        continue;
      }
      if (this.#headFilled === 2 && !this.#checkFirstOctets()) return at - start;
      const frame = readHeader(this.#head);
      if (!this.#checkLength(frame)) return at - start;
      this.#beginFrame(frame);
      if (frame.length === 0) this.#endFrame(frame);
      return at - start;
    }
    return at - start;
  }

  /** FIN, RSV1-3, opcode and MASK: false where the connection has failed. */
  #checkFirstOctets(): boolean {
    const frame = readHeader(this.#head);
    const span: Span = [this.#frameStart, this.#frameStart + 2];
    const name = opcodeName(frame.opcode);
    if (frame.rsv2 || frame.rsv3 || (frame.rsv1 && !this.#deflate)) {
      // RFC6455-5.2-RSV: RSV bits MUST be 0 unless an extension gives them a meaning.
      return this.#fail(1002, 'ws-reserved-bits', 'RFC6455-5.2-RSV', 'A reserved bit (RSV1, RSV2, RSV3) is set, but no extension that uses it was agreed.', 'Send RSV bits as 0, or negotiate the extension in the handshake.', span);
    }
    if (name === undefined) {
      return this.#fail(1002, 'ws-reserved-opcode', 'RFC6455-5.2-OPCODE', `Opcode 0x${frame.opcode.toString(16).toUpperCase()} is reserved: nobody has given it a meaning.`, 'Use 0 (continuation), 1 (text), 2 (binary), 8 (close), 9 (ping) or A (pong).', span);
    }
    if (this.role === 'server' && !frame.masked) {
      return this.#fail(1002, 'ws-unmasked', 'RFC6455-5.1-CLIENT-MASKS', 'A frame from the client is not masked.', 'A client must mask every frame it sends; set the MASK bit and XOR the payload with a fresh key.', span);
    }
    if (this.role === 'client' && frame.masked) {
      return this.#fail(1002, 'ws-masked', 'RFC6455-5.1-SERVER-NEVER-MASKS', 'A frame from the server is masked.', 'A server must not mask any frame it sends.', span);
    }
    if (isControl(frame.opcode)) {
      if (!frame.fin) return this.#fail(1002, 'ws-fragmented-control', 'RFC6455-5.5-CONTROL-FRAME', `A ${name} frame is fragmented (FIN is 0).`, 'Control frames must come whole: FIN is 1.', span);
      if (frame.rsv1) return this.#fail(1002, 'ws-compressed-control', 'RFC7692-6.1', `A ${name} frame has RSV1 set, as if it were compressed.`, 'Only the first frame of a text or binary message may have RSV1 set.', span);
      return true;
    }
    if (name === 'continuation') {
      if (!this.#message) return this.#fail(1002, 'ws-lone-continuation', 'RFC6455-5.4-FRAGMENTS', 'A continuation frame came, but no message is under way.', 'Begin a message with opcode 1 (text) or 2 (binary).', span);
      if (frame.rsv1) return this.#fail(1002, 'ws-compressed-continuation', 'RFC7692-6.1', 'A continuation frame has RSV1 set.', 'RSV1 says "this message is compressed" and stands on the first frame only.', span);
    } else if (this.#message) {
      return this.#fail(1002, 'ws-interleaved-message', 'RFC6455-5.4-NOT-INTERLEAVED', `A new ${name} message begins before the last one has ended.`, 'Finish the message (a frame with FIN 1) first: fragments of messages must not be interleaved.', span);
    }
    return true;
  }

  #checkLength(frame: FrameHeader): boolean {
    const span: Span = [this.#frameStart + 1, this.#frameStart + 1 + frame.lengthOctets];
    if (isControl(frame.opcode) && (frame.length > maxControlPayload || frame.lengthOctets > 1)) {
      return this.#fail(1002, 'ws-control-too-long', 'RFC6455-5.5-CONTROL-FRAME', `A ${opcodeName(frame.opcode)} frame announces more than 125 octets of payload.`, 'Control frames carry at most 125 octets.', span);
    }
    if (frame.lengthSignBit) {
      return this.#fail(1002, 'ws-length-sign', 'RFC6455-5.2-LENGTH', 'The top bit of the 64-bit payload length is 1.', 'The most significant bit must be 0.', span);
    }
    const shorter = frame.length < 126 ? 1 : frame.length < 65_536 ? 3 : 9;
    if (frame.lengthOctets > shorter) {
      return this.#fail(1002, 'ws-length-not-minimal', 'RFC6455-5.2-LENGTH', `The payload length ${frame.length} is written in ${frame.lengthOctets} octets; ${shorter} would do.`, 'Use the fewest octets that hold the length.', span);
    }
    // An announced length beyond the limit is refused before a single payload octet is held. Of a compressed message no payload
    // is ever held, only what it inflates to, and that is measured as it comes.
    const compressed = this.#message?.compressed ?? frame.rsv1;
    const room = this.#message?.room ?? this.maxMessageBytes;
    if (!isControl(frame.opcode) && !compressed && frame.length > room) return this.#failTooBig(span);
    return true;
  }

  #beginFrame(frame: FrameHeader): void {
    const name = opcodeName(frame.opcode)!;
    this.#frame = frame;
    this.#payloadRead = 0;
    if (frame.masked) this.#mask.set(this.#head.subarray(frame.size - 4, frame.size));
    if (isControl(frame.opcode)) {
      this.#control = new Uint8Array(frame.length);
    } else {
      if (name !== 'continuation') this.#message = new MessageAssembler(name as 'text' | 'binary', frame.rsv1, this.#frameStart, this.maxMessageBytes);
      this.#message!.frames++;
    }
    if (this.#tracer.enabled) {
      const end = this.#frameStart + frame.size;
      const mask = frame.masked ? 4 : 0;
      this.#token('ws-header', this.#frameStart, end - mask);
      if (mask) this.#token('ws-mask', end - mask, end);
    }
    this.#tellFrame(this.#incoming, [this.#frameStart, this.#frameStart + frame.size + frame.length], name, frame.fin, frame.rsv1, frame.masked, frame.length);
  }

  #readPayload(bytes: Uint8Array, at: number): number {
    const frame = this.#frame!;
    const take = Math.min(bytes.length - at, frame.length - this.#payloadRead);
    const phase = this.#payloadRead;
    const from = this.#received;
    this.#received += take;
    this.#payloadRead += take;
    const whole = this.#payloadRead === frame.length;
    const mask = frame.masked ? this.#mask : undefined;
    if (isControl(frame.opcode)) {
      this.#control.set(bytes.subarray(at, at + take), phase);
      if (mask) applyMask(this.#control, phase, phase + take, mask, phase);
    } else if (this.#message!.compressed) {
      const piece = bytes.slice(at, at + take);
      if (mask) applyMask(piece, 0, take, mask, phase);
      if (!this.#inflate(piece, [from, from + take], whole && frame.fin)) return take;
    } else {
      const problem = this.#message!.push(bytes, at, at + take, mask, phase);
      if (problem) {
        if (problem.problem === 'too big') this.#failTooBig([from, from + take]);
        else this.#failUtf8([from + problem.at, from + problem.at + 1]);
        return take;
      }
    }
    if (whole) this.#endFrame(frame);
    return take;
  }

  /** Add a piece of compressed payload; false where the connection has failed. */
  #inflate(piece: Uint8Array, span: Span, last: boolean): boolean {
    const message = this.#message!;
    this.#inflater ??= inflaterOf(this.role, this.#deflate!);
    const { bytes, problem } = this.#inflater.push(piece, last, message.room);
    // What came out before it went wrong is looked at first: else how the payload was cut would decide what was wrong with it.
    // Inflated text has no octet of its own on the wire: the whole piece is named.
    if (message.push(bytes, 0, bytes.length) !== undefined) return this.#failUtf8(span);
    switch (problem) {
      case undefined: return true;
      case 'too big': return this.#failTooBig(span);
      case 'bad data': return this.#fail(1007, 'ws-bad-deflate', 'RFC7692-7.2.2', 'The compressed payload is not valid DEFLATE data, or refers further back than the agreed window.', 'Compress each message with raw DEFLATE and the agreed window, and drop the final 00 00 FF FF.', span);
      case 'unfinished': return this.#fail(1007, 'ws-unfinished-deflate', 'RFC7692-7.2.1', 'The compressed message ends inside a DEFLATE block.', 'End each message with an empty stored block, and drop its 00 00 FF FF, but not its first octet.', span);
    }
  }

  #endFrame(frame: FrameHeader): void {
    this.#frame = undefined;
    this.#headFilled = 0;
    const start = this.#frameStart + frame.size;
    const end = start + frame.length;
    if (frame.length > 0) this.#token('ws-payload', start, end);
    const name = opcodeName(frame.opcode)!;
    switch (name) {
      case 'ping':
      case 'pong':
        this.#move('receive control');
        this.#traceMessage(name, [this.#frameStart, end], frame.length, 1, '');
        this.#events.push({ type: name, payload: this.#control, span: [this.#frameStart, end] });
        return;
      case 'close':
        this.#receiveClose([this.#frameStart, end]);
        return;
      case 'text':
      case 'binary':
      case 'continuation':
        if (frame.fin) this.#endMessage(frame.length === 0, end);
    }
  }

  #endMessage(lastFrameEmpty: boolean, end: number): void {
    const message = this.#message!;
    // An empty last frame passed no piece through `#readPayload`: the inflater still has to be told that this was the end.
    if (message.compressed && lastFrameEmpty && !this.#inflate(new Uint8Array(0), [end, end], true)) return;
    const span: Span = [message.start, end];
    if (!message.endsCleanly) {
      this.#failUtf8([end, end]);
      return;
    }
    this.#message = undefined;
    this.#move('receive data');
    const bytes = message.bytes();
    this.#queuedBytes += bytes.length;
    if (message.kind === 'text') {
      const text = fromUtf8.decode(bytes);
      this.#queuedBytes += text.length - bytes.length; // counted as `nextEvent` will take it off
      this.#traceMessage('text', span, bytes.length, message.frames, text.slice(0, 200));
      this.#events.push({ type: 'text', text, span });
    } else {
      this.#traceMessage('binary', span, bytes.length, message.frames, '');
      this.#events.push({ type: 'binary', bytes, span });
    }
  }

  #receiveClose(span: Span): void {
    const payload = this.#control;
    let code = noCode;
    let reason = '';
    if (payload.length === 1) {
      this.#fail(1002, 'ws-close-one-octet', 'RFC6455-5.5.1-CODE', 'The Close frame has a payload of one octet; a close code takes two.', 'Send no payload, or a two-octet code followed by a reason.', span);
      return;
    }
    if (payload.length >= 2) {
      code = (payload[0]! << 8) | payload[1]!;
      if (!mayBeSent(code)) {
        this.#fail(1002, 'ws-bad-close-code', 'RFC6455-7.4-CODE', `Close code ${code} must not be sent${closeCodes[code] ? ` (it means: ${closeCodes[code]})` : ''}.`, 'Use 1000 for a normal closure, another registered code, or 3000 to 4999 for your own.', span);
        return;
      }
      const validator = new Utf8Validator();
      const bad = validator.push(payload, 2);
      if (bad >= 0 || !validator.complete) {
        this.#failUtf8(span);
        return;
      }
      reason = fromUtf8.decode(payload.subarray(2));
    }
    this.#move('receive close');
    this.#traceMessage('close', span, payload.length, 1, `${code} ${reason}`.trimEnd());
    this.#events.push({ type: 'close', code, reason, span });
  }

  // ── failing ──────────────────────────────────────────────────────────────────────────────────────────────────

  #failTooBig(span: Span): false {
    return this.#fail(1009, 'ws-message-too-big', 'RFC6455-10.4', `The message is larger than the ${this.maxMessageBytes} octets that are accepted.`, 'Send smaller messages, or raise --ws-max-size.', span);
  }

  #failUtf8(span: Span): false {
    return this.#fail(1007, 'ws-invalid-utf8', 'RFC6455-8.1', 'The text is not valid UTF-8.', 'Encode text as UTF-8, or send it as a binary message.', span);
  }

  #fail(closeCode: number, code: string, clause: string, message: string, advice: string, span: Span): false {
    const error = new RemoteProtocolError({ code, status: closeCode, clause, message, advice, span });
    this.#error = error;
    this.#message = undefined;
    if (this.#tracer.enabled) {
      this.#token('refused', span[0], span[1]);
      this.#tracer.emit({ type: 'ws.error', connection: this.#id, exchange: this.#exchange, stream: this.#incoming, span, by: 'peer', ...error.facts() });
    }
    this.#move('receive error');
    return false;
  }

  // ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────

  #checkControl(length: number): void {
    if (length > maxControlPayload) {
      throw new LocalProtocolError({ code: 'ws-control-too-long', status: 1002, clause: 'RFC6455-5.5-CONTROL-FRAME', message: `A control frame carries at most 125 octets; this one has ${length}.`, advice: 'Shorten the payload, or send it as a message.' });
    }
  }

  #closePayload(code: number, reason: string): Uint8Array {
    if (code === noCode) return new Uint8Array(0);
    if (!mayBeSent(code)) {
      throw new LocalProtocolError({ code: 'ws-bad-close-code', status: 1002, clause: 'RFC6455-7.4-CODE', message: `Close code ${code} must not be sent.`, advice: 'Use 1000 for a normal closure, another registered code, or 3000 to 4999 for your own.' });
    }
    const text = utf8.encode(reason);
    this.#checkControl(text.length + 2);
    const payload = new Uint8Array(text.length + 2);
    payload[0] = code >> 8;
    payload[1] = code & 0xff;
    payload.set(text, 2);
    return payload;
  }

  #write(opcode: Opcode, payload: Uint8Array, mayCompress: boolean): Uint8Array {
    const compressed = mayCompress && this.#deflate !== undefined && payload.length >= this.#deflateThreshold;
    if (compressed) this.#deflater ??= deflaterOf(this.role, this.#deflate!);
    const body = compressed ? this.#deflater!.message(payload) : payload;
    const mask = this.role === 'client' ? this.#maskKey!() : undefined;
    const bytes = writeFrame({ opcode, payload: body, rsv1: compressed, ...(mask ? { mask } : {}) });
    const stream: Stream = this.#incoming === 'c2s' ? 's2c' : 'c2s';
    const span: Span = [this.#sent, this.#sent + bytes.length];
    this.#tellFrame(stream, span, opcode, true, compressed, mask !== undefined, body.length);
    if (this.#tracer.enabled) {
      const start = span[1] - body.length;
      const maskAt = mask ? start - 4 : start;
      this.#tracer.token('ws-header', this.#id, this.#exchange, stream, span[0], maskAt);
      if (mask) this.#tracer.token('ws-mask', this.#id, this.#exchange, stream, maskAt, start);
      if (body.length > 0) this.#tracer.token('ws-payload', this.#id, this.#exchange, stream, start, span[1]);
    }
    this.#sent += bytes.length;
    return bytes;
  }

  // ── state and trace ──────────────────────────────────────────────────────────────────────────────────────────

  #move(cause: WsCause): void {
    const from = this.#state;
    const to: WsState | undefined = wsTransitions[from][cause];
    if (to === undefined) {
      throw new LocalProtocolError({ code: 'ws-closed', status: 1002, clause: 'RFC6455-5.5.1-NO-MORE-DATA', message: `Cannot ${cause} in state ${from}.`, advice: 'Nothing may be sent after a Close frame.' });
    }
    this.#state = to;
    if (from !== to && this.#tracer.enabled) this.#tracer.emit({ type: 'ws.state', connection: this.#id, exchange: this.#exchange, role: this.role, from, to, cause });
  }

  get #incoming(): Stream {
    return this.role === 'server' ? 'c2s' : 's2c';
  }

  #token(token: 'ws-header' | 'ws-mask' | 'ws-payload' | 'refused', start: number, end: number): void {
    if (this.#tracer.enabled) this.#tracer.token(token, this.#id, this.#exchange, this.#incoming, start, end);
  }

  #tellFrame(stream: Stream, span: Span, opcode: Opcode, fin: boolean, compressed: boolean, masked: boolean, length: number): void {
    if (!this.#tracer.enabled && this.#onFrame === undefined) return;
    const facts: FrameFacts = { stream, span, opcode, fin, compressed, masked, length };
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'ws.frame', connection: this.#id, exchange: this.#exchange, ...facts });
    this.#onFrame?.(facts);
  }

  #traceMessage(kind: 'text' | 'binary' | 'ping' | 'pong' | 'close', span: Span, size: number, frames: number, detail: string): void {
    if (this.#tracer.enabled) this.#tracer.emit({ type: 'ws.message', connection: this.#id, exchange: this.#exchange, stream: this.#incoming, span, kind, size, frames, detail });
  }
}

/** Our own half of the agreement (RFC7692-7.1): what we compress with. */
const deflaterOf = (role: 'server' | 'client', agreed: DeflateParameters): MessageDeflater =>
  role === 'server' ? new MessageDeflater(agreed.serverMaxWindowBits, agreed.serverNoContextTakeover) : new MessageDeflater(agreed.clientMaxWindowBits, agreed.clientNoContextTakeover);

/** The peer's half. */
const inflaterOf = (role: 'server' | 'client', agreed: DeflateParameters): MessageInflater =>
  role === 'server' ? new MessageInflater(agreed.clientMaxWindowBits, agreed.clientNoContextTakeover) : new MessageInflater(agreed.serverMaxWindowBits, agreed.serverNoContextTakeover);
