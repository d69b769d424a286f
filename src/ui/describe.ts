import type { TraceEvent } from '../trace/events.ts';
import { traceTexts } from './messages-trace.ts';
import { t } from './messages.ts';

/** An event in words: what happened, and the data that goes with it. */
export interface Description {
  readonly title: string;
  readonly detail: string;
}

const e = traceTexts.events;

/** What the timeline says about an event. */
export function describe(event: TraceEvent): Description {
  switch (event.type) {
    case 'socket.listen': return { title: e.listen(event.address, event.backlog), detail: '' };
    case 'socket.connect': return { title: e.connect(event.local, event.remote), detail: '' };
    case 'socket.accept': return { title: e.accept(event.remote), detail: '' };
    case 'socket.data': return { title: event.flow === 'recv' ? e.recv(event.bytes.length) : e.sent(event.bytes.length), detail: traceTexts.wire.at(event.span[0], event.span[1]) };
    case 'socket.eof': return { title: event.flow === 'recv' ? e.eofRecv : e.eofSend, detail: '' };
    case 'socket.close': return { title: e.close(event.reason), detail: '' };
    case 'socket.pressure': return { title: event.state === 'full' ? e.full(event.buffered) : e.drained, detail: '' };
    case 'socket.call': return { title: e.call(event.call, event.args, event.result), detail: t.common.facts([t.common.ms(event.ms), event.error]) };
    case 'http.token': return { title: e.token(traceTexts.wire.tokens[event.token]), detail: traceTexts.wire.at(event.span[0], event.span[1]) };
    case 'http.request':
    case 'http.response':
    case 'http.informational': return { title: event.line, detail: e.head(event.fields) };
    case 'http.framing': return { title: e.framing[event.framing], detail: t.common.facts([e.framingLength(event.length), event.clause]) };
    case 'http.data': return { title: e.data(event.span[1] - event.span[0]), detail: traceTexts.wire.at(event.span[0], event.span[1]) };
    case 'http.end': return { title: event.trailers > 0 ? e.endTrailers(event.trailers) : e.end, detail: '' };
    case 'http.state':
    case 'ws.state': return { title: e.state(event.role, event.from, event.to), detail: event.cause };
    case 'http.dropped': return { title: e.dropped(event.name), detail: event.clause };
    case 'http.error':
    case 'ws.error': return { title: event.by === 'peer' ? e.errorPeer(event.message) : e.errorUs(event.message), detail: event.clause };
    case 'ws.frame': return { title: e.frame(event.opcode, event.fin), detail: t.common.bytes(event.length) };
    case 'ws.message': return { title: e.message(event.kind, event.size), detail: event.detail };
    case 'gateway.environ': return { title: e.environ(event.entries.length), detail: '' };
    case 'gateway.scope': return { title: e.scope(event.entries.length), detail: '' };
    case 'app.call': return { title: event.interface === 'wsgi' ? e.callWsgi(event.name) : e.callAsgi(event.name), detail: '' };
    case 'app.return': return { title: e.returns(event.kind), detail: t.common.ms(event.ms) };
    case 'app.start': return { title: e.start(event.status), detail: e.head(event.headers.length) };
    case 'app.body': return { title: e.body[event.via], detail: e.bodySize(event.size, event.more) };
    case 'app.read': return { title: e.read(event.call), detail: t.common.bytes(event.size) };
    case 'app.message': return { title: event.message, detail: event.detail };
    case 'app.close': return { title: e.appClose, detail: '' };
    case 'app.error': return { title: e.thrown(event.name, event.message), detail: event.stage };
    case 'app.violation': return { title: event.message, detail: event.clause };
    case 'process.start':
    case 'process.ready':
    case 'process.exit':
    case 'process.beat':
    case 'process.silent':
    case 'process.kill':
    case 'process.reload': return { title: e.processes[event.type], detail: event.detail };
    case 'log': return { title: event.text.trimEnd(), detail: event.source };
    case 'trace.gap': return { title: e.gap(event.count), detail: '' };
  }
}
