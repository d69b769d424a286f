/**
 * Every word that the page says. One typed catalogue: a translation is another value of {@link Messages}. What only dialogs
 * and other late comers say is in `messages-later.ts`, so that the first paint need not carry it.
 * Sentences with values are functions, so that a language may order its words as it likes; nothing is put together elsewhere.
 * What the specifications call things (`environ`, `Content-Length`, lanes' and events' published names) is not translated.
 */
/** Numbers as the catalogue's language writes them. */
export const number = new Intl.NumberFormat('en');
const plural = new Intl.PluralRules('en');
/** A number and its noun. */
export const count = (n: number, one: string, many: string): string => `${number.format(n)} ${plural.select(n) === 'one' ? one : many}`;
/** So many bytes. */
export const octets = (n: number): string => count(n, 'byte', 'bytes');

const millis = (ms: number): string => (ms < 10 ? `${ms.toFixed(2)} ms` : ms < 1000 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`);

const processDeeds = { 'process.start': 'starts', 'process.ready': 'is ready', 'process.exit': 'has ended', 'process.silent': 'does not answer', 'process.kill': 'is killed', 'process.beat': 'missed a heartbeat', 'process.reload': 'is replaced' } as const;
type ProcessDeed = keyof typeof processDeeds;

const en = {
  title: 'Porthole',
  tagline: 'Watch a web server work',
  pageTitle: (snippet: string) => (snippet === '' ? 'Porthole: watch a web server work' : `${snippet} · Porthole`),
  skip: { editor: 'Skip to the editor', trace: 'Skip to the trace' },

  common: {
    close: 'Close', cancel: 'Cancel', copied: 'Copied', copyFailed: 'The browser does not allow copying here', dismiss: 'Dismiss', undo: 'Undo',
    bytes: octets, ms: millis,
    site: (file: string, line: number) => `${file}:${line}`,
    openSite: (file: string, line: number) => `Show line ${line} of ${file}`,
    untitled: 'Untitled',
  },

  header: {
    example: 'Example', exampleNone: 'Your own', run: 'Run', stop: 'Stop', share: 'Share', embed: 'Embed', settings: 'Settings', drafts: 'Drafts', commands: (keys: string) => `Commands (${keys})`,
    runHint: 'Start the app (again) with what is in the editor',
    stopHint: 'End every process and connection',
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
    openWhole: 'Open in Porthole, in a new tab',
    areas: 'Areas', areaCode: 'Code', areaRequest: 'Request', areaTrace: 'Trace',
  },

  status: {
    name: 'Server status',
    stopped: 'Not running', starting: 'Starting', running: 'Running', silent: 'Not answering', failed: 'Could not start',
    recorded: 'Recorded run', recordedHint: 'Run goes live',
    stale: 'Edited since it was started',
    staleHint: 'Send starts it again with your changes',
    processes: (n: number) => count(n, 'process', 'processes'),
  },

  editor: {
    region: 'Editor', files: 'Files', newFile: 'New file', rename: (path: string) => `Rename ${path}`, remove: (path: string) => `Delete ${path}`,
    fileName: 'Name of the file', entry: 'Entry', entryHint: 'Which callable is the app: file:name, as on the command line',
    entryMark: 'The app is in this file', interface: 'Interface', interfaceAuto: (found: string) => (found === '' ? 'auto' : `auto (${found})`),
    waiting: 'The full editor is loading; this one works', failed: 'The full editor could not be loaded; this one works',
    lesson: 'What to see here',
  },

  /** What the editor itself says; see `editor/texts.ts`. */
  editorTexts: {
    name: 'Editor', tabHint: 'Tab indents. To leave the editor press Escape, then Tab.', problems: 'Problems',
    problem: (severity: 'error' | 'warning' | 'info', line: number, message: string) =>
      ({ error: `Error in line ${line}: ${message}`, warning: `Warning in line ${line}: ${message}`, info: `Note on line ${line}: ${message}` })[severity],
  },

  request: {
    region: 'Request', view: 'How the request is shown', form: 'Form', raw: 'Raw', delivery: 'Delivery', websocket: 'WebSocket', send: 'Send', sending: 'Sending',
    sendHint: (key: string) => `Send this request (${key})`,
    saved: 'Saved request', add: 'New request', more: 'More about requests', name: 'Name of the request',
    method: 'Method', target: 'Target', version: 'Version', fields: 'Fields', fieldName: 'Field name', fieldValue: 'Field value', addField: 'Add a field',
    removeField: (name: string) => (name === '' ? 'Remove this field' : `Remove ${name}`),
    body: 'Body', bodyLength: octets,
    bodyChunked: 'As it goes over the wire, chunk sizes included',
    lengthKept: 'Content-Length follows', lengthWrong: (says: string, is: number) => `Content-Length says ${says}, the body has ${octets(is)}`, lengthMissing: 'No Content-Length: the server will see no body', lengthFix: 'Correct it',
    noForm: {
      'no-blank-line': 'These bytes have no blank line (CR LF CR LF) that ends the head, so they are no form. Change them in Raw.',
      'request-line': 'The first line is not “method target version”, so these bytes are no form. Change them in Raw.',
      'field-line': 'A field line has no colon or holds a stray CR or LF, so these bytes are no form. Change them in Raw.',
    },
    openRaw: 'Show as Raw',
    rawName: 'Raw request',
    rawHelp: 'A new line is CR LF. Write \\n or \\r for a bare one, \\xNN for any octet, \\\\ for a backslash.',
    rawBad: (offset: number) => `The escape at character ${offset + 1} is not understood`,
    lintOk: (requests: number) => (requests === 1 ? 'One well-formed request' : `${number.format(requests)} well-formed requests`),
    lintIncomplete: { head: 'No blank line yet: the server will wait for the rest of the head', body: 'The body is not complete: the server will wait for the rest' },
    lintEmpty: 'Nothing to send',
    lintAt: (offset: number) => `at byte ${number.format(offset)}`,
    total: octets,
  },

  trace: {
    region: 'Trace', views: 'Views of the trace', response: 'Response', wire: 'Wire', timeline: 'Timeline', environ: 'Environ', scope: 'Scope', states: 'States', console: 'Console', terminals: 'Terminals', machine: 'Machine',
    exchange: 'Request shown', exchangeItem: (connection: number, exchange: number, line: string, status: number, failed: boolean) =>
      `${connection}.${exchange}  ${line === '' ? (failed ? 'not understood' : '…') : line}${status === 0 ? '' : ` → ${status}`}`,
    exchangeNone: 'no request yet',
    clear: 'Clear the trace',
    idle: 'Nothing has been sent yet.',
    idleHint: (key: string) => `Press Send or ${key}. Every byte, parse event and application call will be here.`,
  },

  response: {
    waiting: (seconds: number) => `Waiting for the answer: ${seconds} s`,
    headers: (n: number) => count(n, 'field', 'fields'), trailers: 'Trailers', body: 'Body', time: millis,
    keptOpen: 'connection kept', closed: 'connection closed',
    empty: 'The body is empty.',
    view: 'How the body is shown', as: { preview: 'Preview', text: 'Text', json: 'JSON', image: 'Image', hex: 'Hex', raw: 'Raw' },
    previewName: 'Preview of the response, without scripts',
    none: 'There was no response.',
    notYet: (n: number) => (n === 0 ? 'At this step the client has received nothing yet.' : `At this step the client has ${octets(n)}, and no whole head yet.`),
    complete: 'complete', incomplete: 'not complete yet',
    timing: 'What the time was spent on', phases: { request: 'request', gateway: 'gateway', app: 'app', answer: 'answer' },
    phaseHints: {
      request: 'From the first byte sent until the server had read the request', gateway: 'From there until the application was called',
      app: 'From the call until the head of the response was written', answer: 'From there until the client had read the response',
    },
    failure: {
      refused: 'The connection was refused', closed: 'The server closed the connection before a whole response', reset: 'The connection was reset',
      'not-http': 'What came back is not HTTP', timeout: 'No answer came in time', stopped: 'The machine was stopped',
    },
    received: (n: number) => `${octets(n)} received`,
    refusedBy: 'The server refused this request',
    appFailed: 'The application failed',
    appFailedStage: {
      'before start': 'before it called startResponse, so the client could be told',
      'before body': 'after startResponse and before the first body byte',
      'after body': 'after body bytes were sent: the status could not be changed any more, the response was cut short',
      close: 'in close(), after the response was complete', lifespan: 'during lifespan startup or shutdown', load: 'while it was loaded',
    },
    violation: 'The application broke the rules of its interface',
    clause: 'Rule', advice: 'What to do', given: 'Given', expected: 'Expected', where: 'Where', showByte: (offset: number) => `Show byte ${number.format(offset)}`,
    truncated: (shown: number, all: number) => `The first ${octets(shown)} of ${octets(all)}`,
  },

  json: {
    name: 'JSON', bad: (message: string) => (message === '' ? 'This is not JSON.' : `This is not JSON: ${message}.`),
    items: (n: number) => `[ ${count(n, 'item', 'items')} ]`, members: (n: number) => `{ ${count(n, 'member', 'members')} }`, more: (n: number) => `${number.format(n)} more`,
  },

  browser: {
    region: 'Browser', back: 'Back to the page before', forward: 'Forward', reload: 'Ask for this page again', address: 'Address',
    cookies: (n: number) => count(n, 'cookie', 'cookies'), noCookies: 'No cookies. What a response sets with Set-Cookie is kept here, and sent with the requests of links, forms and the address bar.',
    cookie: (domain: string, path: string, expires: Date | undefined, httpOnly: boolean) =>
      [`${domain}${path}`, expires ? `until ${new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }).format(expires)}` : 'until the page is closed', httpOnly ? 'HttpOnly' : ''].filter((part) => part !== '').join(', '),
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
    becomes: (keys: readonly string[]) => `becomes ${keys.join(', ')}`,
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
    sinceHint: 'Time since the first event that this process told of this request',
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
    error: (never: readonly string[]) => `error, from any state but ${new Intl.ListFormat('en').format(never)} →`,
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
    filter: 'Filter by source', search: 'Filter lines', noMatch: 'No line passes the filter.', inTimeline: (at: string) => `${at}: show in the timeline`, all: 'all', sources: { app: 'app', access: 'access', server: 'server' },
    earlier: (n: number) => `Show ${count(n, 'earlier line', 'earlier lines')}`,
  },

  notice: {
    waitForRun: 'This code came with a link. Read it, then press Run; nothing runs before.',
    badLink: 'The link could not be opened.', badLinkKept: 'What you see is what was here before.',
    unknownExample: (name: string) => `There is no example called “${name}”.`,
    machineFailed: 'The machine could not be started.', machineFailedAdvice: 'Reload the page. Your code is kept.',
    newVersion: 'A newer Porthole is ready.', takeNewVersion: 'Load it',
    badRecording: 'The recorded run in this link could not be shown.',
    storageFull: 'This browser does not let the page keep drafts. Use Share to keep your work as a link.',
    nameTaken: (path: string) => `There is a file called ${path} already.`,
    namePath: (path: string, detail: string) => (path === '' ? 'A file needs a name.' : `“${path}” cannot be the name of a file: it ${detail}.`),
    silent: (process: string, seconds: number) => `The app (${process}) has not answered for ${count(seconds, 'second', 'seconds')}. It may be in an endless loop.`,
    // Not “Run” and “Stop”: those are the names of the two buttons in the header.
    start: 'Start it', restart: 'Restart', end: 'End it',
    problem: 'The app could not be loaded',
    workReplaced: (title: string) => `Opened “${title}”. What you had is kept in Drafts.`,
    fileDeleted: (path: string) => `Deleted ${path}.`,
    requestDeleted: (name: string) => `Deleted the request “${name}”.`,
  },

  splitters: { main: 'Width of the editor', side: 'Height of the request' },

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
    errorPeer: 'refused', errorUs: 'not sent',
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
  detail: { type: 'type', process: 'process', at: 'at', bytes: 'bytes', stack: 'stack', message: 'message', advice: 'what to do', clause: 'rule', code: 'code', status: 'status', site: 'line' },
};

/** The catalogue's shape: what a translation must have. */
export type Messages = typeof en;

/** The catalogue in force. */
export const t: Messages = en;
