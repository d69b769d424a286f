import type { TraceInput } from '../../src/trace/events.ts';

const on = { connection: 2, exchange: 1 } as const;
const c2s = { ...on, stream: 'c2s' } as const;
const s2c = { ...on, stream: 's2c' } as const;
const site = { file: 'app.ts', line: 12, column: 3, name: 'app' } as const;
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const facts = {
  code: 'bare-lf', status: 400, clause: 'RFC9112-2.2-3', message: 'A line ends with LF alone.', advice: 'End each line with CRLF.', offset: 14,
} as const;

/** One of every event (but `http.token`), in an order that makes a story. */
export const samples: readonly TraceInput[] = [
  { type: 'process.start', detail: 'worker-1' },
  { type: 'process.ready', detail: 'app.ts:app (wsgi)' },
  { type: 'socket.listen', address: '127.0.0.1:8000', backlog: 128 },
  { type: 'socket.connect', ...on, local: '127.0.0.1:49152', remote: '127.0.0.1:8000' },
  { type: 'socket.accept', ...on, local: '127.0.0.1:8000', remote: '127.0.0.1:49152' },
  { type: 'socket.data', ...c2s, flow: 'recv', span: [0, 41], bytes: bytes('POST /a%20b HTTP/1.1\r\nHost: caf\xe9\r\n\t\x00"\\\r\n') },
  { type: 'http.request', ...c2s, span: [0, 41], line: 'POST /a%20b HTTP/1.1', fields: 1 },
  { type: 'http.framing', ...c2s, framing: 'chunked', length: -1, clause: 'RFC9112-6.3-4' },
  { type: 'http.state', ...on, role: 'server', from: 'IDLE', to: 'SEND_BODY', cause: 'request' },
  { type: 'http.dropped', ...c2s, span: [22, 31], name: 'Foo_Bar', clause: 'CGI-4.1.18' },
  { type: 'http.data', ...c2s, span: [41, 50] },
  { type: 'http.end', ...c2s, span: [50, 55], trailers: 1 },
  { type: 'gateway.environ', ...on, entries: [
    { key: 'PATH_INFO', value: '/a b', kind: 'str', origin: { from: 'bytes', stream: 'c2s', spans: [[5, 11]] } },
    { key: 'SERVER_PORT', value: '8000', kind: 'str', origin: { from: 'setting', name: 'bind' } },
    { key: 'wsgi.version', value: '(1, 0)', kind: 'tuple', origin: { from: 'gateway' } },
  ] },
  { type: 'app.call', ...on, interface: 'wsgi', name: 'app' },
  { type: 'app.read', ...on, call: 'read(5)', size: 5, site },
  { type: 'log', ...on, source: 'wsgi.errors', level: 'error', text: 'two\nlines', site },
  { type: 'app.start', ...on, status: '200 OK', headers: [['Content-Type', 'text/plain'], ['Set-Cookie', 'a=1']], site },
  { type: 'app.return', ...on, kind: 'generator', ms: 0.25 },
  { type: 'app.body', ...on, via: 'yield', size: 5, more: true, site: { file: 'app.ts', line: 14 } },
  { type: 'app.close', ...on },
  { type: 'http.informational', ...s2c, span: [0, 25], line: 'HTTP/1.1 100 Continue', fields: 0 },
  { type: 'http.response', ...s2c, span: [25, 90], line: 'HTTP/1.1 200 OK', fields: 3 },
  { type: 'socket.data', ...s2c, flow: 'send', span: [25, 27], bytes: bytes('HT') },
  { type: 'socket.pressure', ...on, state: 'full', buffered: 70_000 },
  { type: 'socket.pressure', ...on, state: 'drained', buffered: 0 },
  { type: 'socket.call', ...on, call: 'recv', fd: 4, args: '1024', result: '5 octets', ms: 1.5, site },
  { type: 'socket.call', ...on, connection: 0, exchange: 0, call: 'connect', fd: 3, args: '["127.0.0.1", 8000]', result: 'connect: ECONNREFUSED: nobody listens', ms: 0.25, error: 'ECONNREFUSED' },
  { type: 'log', ...on, source: 'stdout', level: 'info', text: 'name? ', partial: true },
  { type: 'process.beat', detail: 'worker-1 has not answered for 250 ms' },
  { type: 'process.reload', detail: 'gateway' },
  { type: 'gateway.scope', ...on, entries: [] },
  { type: 'app.message', ...on, direction: 'receive', message: 'http.disconnect', detail: '', site },
  { type: 'app.error', ...on, name: 'TypeError', message: 'x is not a function', stack: 'TypeError: x is not a function\n    at app (app.ts:3:1)', stage: 'before start', site },
  { type: 'app.violation', ...on, code: 'header-name', clause: 'PEP 3333: The start_response() Callable', message: 'A header name is not a string.', advice: 'Use strings.' },
  { type: 'http.error', ...c2s, ...facts, by: 'peer', span: [14, 15] },
  { type: 'ws.frame', ...c2s, span: [100, 111], opcode: 'text', fin: true, compressed: false, masked: true, length: 5 },
  { type: 'ws.message', ...c2s, span: [100, 111], kind: 'text', size: 5, frames: 1, detail: 'hello' },
  { type: 'ws.state', ...on, role: 'server', from: 'OPEN', to: 'CLOSING', cause: 'close frame' },
  { type: 'ws.error', ...c2s, ...facts, by: 'peer', span: [111, 113], status: 1002 },
  { type: 'socket.eof', ...c2s, flow: 'recv', span: [113, 113] },
  { type: 'socket.close', ...on, reason: 'both ends are done' },
  { type: 'process.silent', detail: 'no answer for 1000 ms' },
  { type: 'process.kill', detail: 'timeout' },
  { type: 'process.exit', detail: 'killed' },
  { type: 'trace.gap', count: 12 },
  { type: 'app.violation', ...on, code: 'header-name', clause: 'PEP3333-start-4', message: 'A header name is not a string.', advice: 'Use strings.', given: '7', expected: "'Name'", site: { file: 'app.ts', line: 3 } },
];
