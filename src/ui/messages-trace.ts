/** The part of the catalogue that only the views of the trace say; they come after the first paint. See `messages.ts`. */
import { count, language, list, number, octets } from './messages.ts';

const processDeeds = { 'process.start': 'starts', 'process.ready': 'is ready', 'process.exit': 'has ended', 'process.silent': 'does not answer', 'process.kill': 'is killed', 'process.beat': 'missed a heartbeat', 'process.reload': 'is replaced' } as const;
type ProcessDeed = keyof typeof processDeeds;

const en = {
  json: {
    name: 'JSON', bad: (message: string) => (message === '' ? 'This is not JSON.' : `This is not JSON: ${message}.`),
    items: (n: number) => `[ ${count(n, 'item', 'items')} ]`, members: (n: number) => `{ ${count(n, 'member', 'members')} }`, more: (n: number) => `${number.format(n)} more`,
  },

  browser: {
    region: 'Browser', back: 'Back to the page before', forward: 'Forward', reload: 'Ask for this page again', address: 'Address',
    cookies: (n: number) => count(n, 'cookie', 'cookies'), noCookies: 'No cookies. What a response sets with Set-Cookie is kept here, and sent with the requests of links, forms and the address bar.',
    cookie: (domain: string, path: string, expires: Date | undefined, httpOnly: boolean) =>
      list([`${domain}${path}`, expires ? `until ${new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(expires)}` : 'until the page is closed', ...(httpOnly ? ['HttpOnly'] : [])]),
    clearCookies: 'Delete all cookies',
    problem: {
      elsewhere: (href: string) => `${href} is another site. Only the app in this page can be asked.`,
      'no-page': (href: string) => `${href} is not the address of a page.`,
      'too-many': (href: string) => `Redirected too often; not followed to ${href}.`,
      'no-answer': (href: string) => `${href} could not be asked for: the app does not run.`,
    },
  },

  wire: {
    layout: 'How bytes are shown', hex: 'Hex', text: 'Text', grid: 'Bytes on the wire', legend: 'What the colours say', border: 'segment border',
    c2s: 'Client to server', s2c: 'Server to client',
    turn: (bytes: number, segments: number) => `${octets(bytes)} in ${count(segments, 'segment', 'segments')}`,
    at: (start: number, end: number) => (end - start <= 1 ? `byte ${number.format(start)}` : `bytes ${number.format(start)}–${number.format(end - 1)}`),
    hint: 'Point at a byte to see what it is; select to follow it through the other views.',
    becomes: (keys: readonly string[]) => `becomes ${list(keys)}`,
    more: (n: number) => `and ${number.format(n)} more`,
    connection: (id: number) => `Connection ${id}`,
    none: 'No bytes have passed on this connection.',
    tokens: {
      method: 'method', target: 'target', version: 'version', status: 'status', reason: 'reason', 'field-name': 'field name', 'field-value': 'field value',
      'chunk-size': 'chunk size', 'chunk-extension': 'chunk extension', body: 'body', 'trailer-name': 'trailer name', 'trailer-value': 'trailer value',
      'line-end': 'line end', separator: 'separator', ignored: 'ignored', refused: 'refused', 'ws-header': 'frame header', 'ws-mask': 'mask', 'ws-payload': 'payload',
    },
    unparsed: 'not parsed',
  },

  timeline: {
    grid: 'Events', lanes: { client: 'client', socket: 'socket', server: 'server', gateway: 'gateway', app: 'app' },
    filterLanes: 'Lanes', filterMore: 'Detail', tokens: 'tokens', states: 'states', search: 'Filter events', searchHint: 'Filter: text, file:line',
    scope: 'Which connections', scopes: { all: 'All connections', connection: 'This connection', request: 'This request' },
    type: 'Type of event', anyType: 'any type', typeItem: (type: string, n: number) => `${type} (${number.format(n)})`,
    shown: (rows: number, all: number) => (rows === all ? count(all, 'event', 'events') : `${number.format(rows)} of ${count(all, 'event', 'events')}`),
    noMatch: 'No event passes the filter.',
    since: 'ms', sinceHint: 'Time since the first event that this process told of this request',
    group: (connection: number, exchange: number) => (connection === 0 ? 'Processes' : exchange === 0 ? `Connection ${connection}` : `Request ${connection}.${exchange}`),
    foldedSize: (n: number) => count(n, 'event', 'events'),
    detail: 'Selected event', closeDetail: 'Close the detail',
  },

  environ: {
    layout: 'How the request is shown', both: 'Both ways', explain: 'explain', bothNone: 'The bytes of this request are not known any more.',
    side: (name: string, called: boolean) => (called ? `${name}, as the app was called` : `${name}, as it would be`), between: 'says the same as', absent: 'nothing',
    search: 'Filter keys', key: 'Key', value: 'Value', kind: 'Type', origin: 'From',
    fromBytes: (start: number, end: number, pieces: number) => (pieces > 1 ? `bytes ${start}–${end - 1} (${pieces} pieces)` : end - start === 1 ? `byte ${start}` : `bytes ${start}–${end - 1}`),
    fromEmpty: (start: number) => `nothing, at byte ${start}`,
    fromSetting: (name: string) => `setting ${name}`, fromGateway: 'the gateway',
    none: 'The application has not been called for this request.',
    noneRefused: 'The request was refused before the application could be called.',
    empty: 'empty', shown: (n: number, all: number) => (n === all ? count(all, 'key', 'keys') : `${n} of ${count(all, 'key', 'keys')}`),
  },

  states: {
    end: 'Whose machines', ends: { server: 'As the server sees it', client: 'As the client sees it' },
    machines: { client: 'Client', server: 'Server', websocket: 'WebSocket' },
    hint: 'Each end keeps both machines. A move is a fact of the trace: select it to see its bytes.',
    picture: (machine: string, state: string) => `${machine}: in state ${state}. The moves so far are listed below.`,
    moves: 'Moves so far', noMoves: 'No move yet.',
    error: (never: readonly string[]) => `error, from any state but ${new Intl.ListFormat(language).format(never)} →`,
    none: 'Nothing has been sent yet. Send a request, and walk through its states.',
  },

  steps: {
    region: 'Steps', first: 'First step', back: 'Step back', forward: 'Step forward', last: 'Back to the whole trace',
    slider: 'Step', of: (at: number, all: number) => `${number.format(at)} / ${number.format(all)}`,
    value: (at: number, all: number, what: string) => `Step ${number.format(at)} of ${number.format(all)}: ${what}`,
    whole: 'The whole trace', wholeHint: 'step with the keys “,” and “.”',
    none: 'Nothing to step through yet',
  },

  console: {
    name: 'Console output', none: 'Nothing has been written yet. console.log and wsgi.errors of the app, the access log and the server’s own words appear here.',
    process: (what: ProcessDeed, detail: string) => (detail === '' ? processDeeds[what] : `${processDeeds[what]}: ${detail}`),
    filter: 'Filter by source', search: 'Filter lines', noMatch: 'No line passes the filter.', inTimeline: 'Show in the timeline', all: 'all', sources: { app: 'app', access: 'access', server: 'server' },
    earlier: (n: number) => `Show ${count(n, 'earlier line', 'earlier lines')}`,
  },

  /** One line per event type: what happened, in a few words. The detail beside it is data. */
  events: {
    listen: (address: string, backlog: number) => `listens at ${address}, backlog ${backlog}`,
    connect: (local: string, remote: string) => `connects ${local} → ${remote}`,
    accept: (remote: string) => `accepts ${remote}`,
    recv: (n: number) => `receives ${octets(n)}`, sent: (n: number) => `sends ${octets(n)}`,
    eofRecv: 'the peer will send no more (FIN)', eofSend: 'will send no more (FIN)',
    close: (reason: string) => (reason === '' ? 'closed' : `closed: ${reason}`),
    full: (n: number) => `buffer full, ${octets(n)} wait`, drained: 'buffer drained', call: (name: string, args: string, result: string) => `${name}(${args}) = ${result}`,
    token: (name: string) => name,
    head: (fields: number) => `${count(fields, 'field', 'fields')}`,
    framing: { none: 'no body', 'content-length': 'body by Content-Length', chunked: 'body in chunks', 'until-close': 'body until close', tunnel: 'tunnel' },
    framingLength: (n: number) => (n < 0 ? '' : octets(n)),
    data: (n: number) => `${octets(n)} of content`, end: 'message complete', endTrailers: (n: number) => `message complete, ${count(n, 'trailer', 'trailers')}`,
    state: (role: string, from: string, to: string) => `${role}: ${from} → ${to}`,
    dropped: (name: string) => `sets aside ${name}`,
    errorPeer: (message: string) => `refused: ${message}`, errorUs: (message: string) => `not sent: ${message}`, thrown: (name: string, message: string) => `${name}: ${message}`,
    frame: (opcode: string, fin: boolean) => (fin ? `${opcode} frame` : `${opcode} frame, to be continued`),
    message: (kind: string, size: number) => `${kind} message, ${octets(size)}`,
    environ: (n: number) => `builds environ, ${count(n, 'key', 'keys')}`, scope: (n: number) => `builds scope, ${count(n, 'key', 'keys')}`,
    callWsgi: (name: string) => `${name}(environ, startResponse)`, callAsgi: (name: string) => `${name}(scope, receive, send)`,
    returns: (kind: string) => `returns ${kind}`,
    start: (status: string) => `startResponse “${status}”`, startAsgi: (status: string) => `send http.response.start ${status}`,
    body: { write: 'write', yield: 'yields', send: 'send http.response.body' },
    bodySize: (n: number, more: boolean) => (more ? `${octets(n)}, more to come` : octets(n)),
    read: (call: string) => call, appClose: 'close() called',
    processes: processDeeds,
    gap: (n: number) => `${count(n, 'event', 'events')} dropped: the trace had no more room`,
  },

  detail: { type: 'type', process: 'process', at: 'at', bytes: 'bytes', stack: 'stack', message: 'message', advice: 'what to do', clause: 'rule', code: 'code', status: 'status', site: 'line',
    locals: 'Locals', localType: 'Type', localValue: 'Value', localsNone: 'There are no locals here.', localsNext: 'Locals are told from the next run on.', localsAsk: 'Tell locals', localsHint: 'What the local variables hold wherever the application calls the server, from the next run on. It costs time.' },
};

/** The shape of this part of the catalogue. */
export type TraceMessages = typeof en;

/** This part of the catalogue in force. */
export const traceTexts: TraceMessages = en;
