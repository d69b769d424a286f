/**
 * The part of the catalogue that the first paint does without: dialogs, menus, and views that are fetched when they are
 * first asked for. See `messages.ts`.
 */
import type { LabGroup, LabId } from '../playground/lab.ts';
import type { WsLabId } from '../playground/ws-lab.ts';
import { count, form, language, list, number, octets } from './messages.ts';

/** Title, and what is to be learned. */
type Lesson = readonly [title: string, sentence: string];

const lab: Readonly<Record<LabId, Lesson>> = {
  'cl-te': ['CL.TE', 'A front that believes Content-Length and a server that believes Transfer-Encoding disagree about where this ends: the G begins the next visitor’s request.'],
  'te-cl': ['TE.CL', 'The other way round: who believes Content-Length takes four bytes of body and reads the rest as another request.'],
  'te-te': ['TE.TE: two codings', 'Two lines are one list. Whoever looks at one line only finds chunked, or finds it not.'],
  'te-hidden': ['TE.TE: almost chunked', 'A value that a careless search for “chunked” finds, and an exact comparison does not.'],
  'te-gzip': ['A coding nobody knows here', 'gzip before chunked is allowed, and a server that does not implement it must say so and not guess.'],
  'te-space': ['TE.TE: a space hides the field', 'With a space before the colon some servers see no Transfer-Encoding; whoever strips the space does.'],
  'te-http10': ['Chunked in HTTP/1.0', 'HTTP/1.0 does not know chunks: an old proxy passes them on as content.'],
  'cl-cl': ['Two lengths', 'The first line says five bytes, the second none. Either could be believed by somebody.'],
  'cl-plus': ['A length with a sign', 'Libraries that read integers take +5 for five; the grammar allows digits only.'],
  'bare-lf': ['Lines that end in LF', 'Some recipients see a line end there and some do not, so one message can be read in two ways.'],
  'bare-cr': ['A lone CR in a value', 'Who takes CR for a line end sees a field that others do not: here X-Admin.'],
  'obs-fold': ['A folded value', 'HTTP/1.0 could continue a value on the next line. This was given up because recipients read it differently.'],
  'space-first': ['A space before the first field', 'Some would join this line to the request line and some would skip it.'],
  'space-colon': ['A space before the colon', 'Some see a field called “X-Note ”, some X-Note, some none.'],
  'no-colon': ['A field without a colon', 'It is no field, and guessing what was meant would be a hole.'],
  'bad-name': ['A bracket in a field name', 'Names are tokens. CGI turns everything else into an underscore, so names could collide.'],
  nul: ['NUL in a value', 'Programs in C end a string there: two parts of a system would see two values.'],
  'too-many': ['Two hundred fields', 'A server decides how much it reads before it knows whom it talks to.'],
  'no-host': ['No Host', 'Without it a server with several sites cannot tell which one is meant.'],
  'two-hosts': ['Two Hosts', 'The cache looks at one and the application at the other: that is how a cache is poisoned.'],
  'host-path': ['A path in Host', 'Links that an application builds from Host would lead somewhere else.'],
  'chunk-size': ['A chunk size with 0x', 'Sizes are bare hexadecimal digits. A library that reads 0x5 as five and one that reads zero part ways here.'],
  'chunk-short': ['A chunk longer than it says', 'After three bytes there should be CR LF, and there is content.'],
  'chunk-huge': ['A chunk size that overflows', 'Seventeen digits do not fit into 64 bits: in a careless server they become a small number.'],
  'chunk-extension': ['A damaged chunk extension', 'Hardly anybody uses extensions, and parsers that skip them carelessly skip too much.'],
  'two-spaces': ['Two spaces after the method', 'Who splits at any white space and who splits at one space read different targets.'],
  fragment: ['A fragment in the target', 'What follows # is for the browser. Whoever compares paths must not see it.'],
  'no-version': ['No version', 'That is HTTP/0.9, which has neither status nor fields: the answer would be taken for a page.'],
  userinfo: ['A user name before the host', 'It disguises where a link leads; in HTTP it is an error.'],
  http2: ['The preface of HTTP/2', 'A client that speaks HTTP/2 without asking is told so, and not taken for somebody who says PRI.'],
  tls: ['A TLS handshake', 'What a browser sends that was told https for a port that speaks http.'],
  expect: ['An unknown expectation', 'Only 100-continue is defined. Whoever expects more must be told that it will not happen.'],
};

const wsLessons: Readonly<Record<WsLabId, string>> = {
  unmasked: 'A client’s frame without a mask', rsv: 'A reserved bit that nothing was agreed for', opcode: 'A reserved opcode',
  'long-form': 'A length in more bytes than it needs', 'length-sign': 'A length with its highest bit set', continuation: 'A continuation of nothing',
  interrupted: 'A message within a message', 'fragmented-ping': 'A Ping in pieces', 'long-ping': 'A Ping of 126 bytes', utf8: 'Text that is not UTF-8',
  'close-short': 'A Close with half a code', 'close-code': 'A Close with a code that must not be sent',
};

const labGroups: Readonly<Record<LabGroup, string>> = {
  smuggling: 'Smuggling: where does the body end?', lines: 'Line ends', fields: 'Fields', host: 'Host', chunks: 'Chunks', start: 'Request line', other: 'Another protocol',
};

const en = {
  share: {
    title: 'Share', explain: 'The link holds everything: files, requests, settings, and where you are in the trace. It is not sent to any server; whoever opens it runs it in their own browser.',
    link: 'Link', copyLink: 'Copy link', copyMarkdown: 'Copy as Markdown', copyEmbed: 'Copy embed code', length: (n: number) => count(n, 'character', 'characters'),
    limits: 'Where it goes through', places: { discord: 'Discord', slack: 'Slack', servers: 'mail and proxies', firefox: 'Firefox' },
    fits: (place: string, chars: number) => `${place}: fits (${number.format(chars)})`, tooLong: (place: string, chars: number) => `${place}: too long (${number.format(chars)})`,
    advice: 'Many tools cut a link of this length, some without saying so: send it in a code block or as a file, or download the project.',
    failed: (why: string) => `This is too large for a link. ${why}`,
    tooMuch: { events: (n: number) => `The run has ${count(n, 'event', 'events')}: clear the trace and send less.`, octets: (n: number) => `The run has ${octets(n)} of traffic: clear the trace and send less.` }, making: 'Making the link',
    markdown: (title: string, url: string) => `[${title}](${url})`,
    recorded: 'With the recorded run', recordedHint: 'shown at once to whoever opens it, before anything runs', nothingSent: 'Nothing has been sent yet.',
    files: 'Save as a file', project: 'Node project', projectHint: 'npm install, npm start, npm test: the app, its requests, and what came back as a test', notPython: 'An app in Python does not run in Node.',
    vitest: 'Vitest test', vitestHint: 'what was sent, and what came back, as expectations', recording: 'Recorded run', recordingHint: 'plays in an embedded playground', har: 'HAR', harHint: 'opens in the network panel of browsers', pcap: 'pcap', pcapHint: 'opens in Wireshark',
  },
  embed: {
    title: 'Embed', explain: 'Paste this into a page of yours. The code is shown at once and runs when the reader presses Run.',
    how: 'Kind of code', element: 'Element', frame: 'Frame', elementHint: 'Is fetched when it is scrolled into view, and follows the theme of your page. Needs one script.', frameHint: 'For pages that allow frames and no scripts.',
    code: 'HTML', copy: 'Copy HTML', height: 'Height in pixels', panel: 'Shows first', panelAny: 'as in the link', loading: 'Loads', loadings: { lazy: 'a little before it is seen', visible: 'when it is seen', click: 'when it is clicked' }, readOnly: 'read only',
    panels: { code: 'Code', request: 'Request', response: 'Response', wire: 'Wire', timeline: 'Timeline', environ: 'Environ', states: 'States', console: 'Console' },
    frameTitle: (title: string) => `${title}, in Porthole`,
  },
  settings: {
    title: 'Settings', server: 'Server', serverExplain: 'Part of the snippet and of its link. Names as on the command line.', network: 'Network', networkExplain: 'What lies between client and server. Part of the link.', page: 'This page', pageExplain: 'Kept in this browser only.',
    byDefault: 'default',
    workers: 'workers', workersHint: 'processes, each with its own copy of the app', workerClass: 'worker class', classes: { auto: 'auto', sync: 'sync', async: 'async' }, workerClassHint: 'sync: one request at a time in a process',
    rootPath: 'root path', rootPathHint: 'where the app is mounted: SCRIPT_NAME, root_path', timeout: 'timeout', timeoutHint: 'seconds of silence after which a process is killed',
    keepAlive: 'keep-alive', keepAliveHint: 'seconds an idle connection is kept', locals: 'locals', localsHint: 'Python: tell what the local variables hold wherever the application calls the server; select an event in the Timeline', validate: 'validate', validateHint: 'check both sides of the interface and report every broken rule',
    segmentBytes: 'segment size', segmentBytesHint: 'bytes per segment; empty: as written', latency: 'latency', latencyHint: 'ms, each way', bandwidth: 'bandwidth', bandwidthHint: 'bytes per second; empty: unlimited',
    plainEditor: 'Plain text editor', plainEditorHint: 'a text area instead of Monaco: lighter, and better on touch screens and with some screen readers',
    theme: 'Theme', themes: { system: 'System', light: 'Light', dark: 'Dark' },
  },
  drafts: {
    title: 'Drafts', explain: 'Everything you changed is kept in this browser, newest first.', none: 'No drafts yet. They appear when you change something.',
    open: 'Open', discard: 'Discard', current: 'open now', files: (n: number) => count(n, 'file', 'files'),
    when: (wallMs: number) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(wallMs),
  },

  menu: {
    name: 'More about requests', duplicate: 'Duplicate this request', rename: 'Rename this request', up: 'Move up', down: 'Move down', remove: 'Delete this request',
    import: 'Import cURL or HAR…', lab: 'Malformed requests…',
    copyAs: { curl: 'Copy as cURL', fetch: 'Copy as fetch', python: 'Copy as Python requests' },
    copyRefused: 'The browser does not allow copying here',
    copied: { curl: 'Copied as cURL', fetch: 'Copied as fetch', python: 'Copied as Python requests' },
    copiedInstead: { curl: 'Copied as printf and nc: curl cannot send these bytes', fetch: 'Copied as a program with a socket: fetch cannot send these bytes', python: 'Copied as a program with a socket: requests cannot send these bytes' },
  },

  importing: {
    title: 'Import requests', explain: 'Paste a command that a browser’s network panel copied (“Copy as cURL”), or the text of a HAR file; or choose a file. Nothing leaves this page.',
    source: 'cURL command or HAR', file: 'Choose a file', sourceHint: "curl 'https://example.com/' -H 'Accept: text/html'",
    found: (n: number) => (n === 0 ? 'No request found yet' : count(n, 'request', 'requests')),
    take: (n: number) => (n === 0 ? 'Add' : `Add ${count(n, 'request', 'requests')}`), choose: (name: string) => `Import ${name}`,
    notes: 'What became of it', effect: { lost: 'lost', changed: 'changed', none: 'left out' },
    tooLarge: (n: number) => `The file is larger than ${octets(n)}.`,
    more: (n: number) => `and ${number.format(n)} more`,
  },

  lab: {
    title: 'Malformed requests', explain: 'Each breaks one rule. Take one, send it, and see which clause refuses it, and at which byte.',
    groups: labGroups, lessons: lab, answered: (status: number) => `refused with ${status}`,
  },

  palette: {
    title: 'Commands', search: 'Type what you want to do', found: (n: number) => (n === 0 ? 'Nothing matches' : count(n, 'command', 'commands')),
    groups: { run: 'Machine', request: 'Request', show: 'Show', page: 'Page' },
    goEditor: 'Go to the editor', show: (what: string) => `Show ${what}`, keys: 'Keyboard map', light: 'Light theme', dark: 'Dark theme',
    plainEditor: 'Use the plain text editor', fullEditor: 'Use Monaco',
  },

  keyMap: {
    title: 'Keyboard map',
    everywhere: 'Everywhere', send: 'send the request', palette: 'commands (in the editor: its own)', share: 'share', help: 'this map, where nothing is typed',
    nextArea: 'next area: editor, request, trace', previousArea: 'area before', escape: 'close a dialog or menu',
    editor: 'Editor', leavePlain: 'leave the plain editor', leaveMonaco: 'in Monaco: Tab moves on, or indents again', editorPalette: 'commands of Monaco',
    trace: 'Trace', stepForward: 'step forward', stepBack: 'step back', unselect: 'select nothing',
    bytes: 'Bytes on the wire', bytesMove: 'byte by byte', bytesToken: 'from token to token', bytesExtend: 'select more',
    timeline: 'Timeline', timelineMove: 'event by event', timelineFold: 'fold and unfold', timelineProblem: 'to what went wrong in a group',
    tabs: 'Tabs', tabsMove: 'the tab beside', tabsEnds: 'first and last tab',
    borders: 'Borders between areas', bordersMove: 'move', bordersBack: 'back to the middle',
    cuts: 'Cuts between segments', cutsMove: 'move by a byte', cutsMoveTen: 'move by ten', cutsRemove: 'mend the cut',
  },

  delivery: {
    help: 'Click between two bytes to cut there; drag a cut, or move it with the arrow keys.',
    bytes: 'Bytes and cuts', cut: (at: number) => `Cut after byte ${number.format(at)}`,
    bytesMany: (n: number) => `${octets(n)} are too many to draw. Cuts can be set below.`,
    at: 'Cut after byte', pause: 'Pause before it, in ms', remove: (at: number) => `Remove the cut after byte ${number.format(at)}`,
    segment: (index: number, start: number, end: number) => `${index}: ${end - start === 1 ? `byte ${number.format(start)}` : `bytes ${number.format(start)}–${number.format(end - 1)}`}`,
    segments: 'Segments', segmentCount: (n: number) => count(n, 'segment', 'segments'),
    after: { ok: (n: number) => (form(n, 'then the request is whole', `then ${number.format(n)} requests are whole`)), head: 'then the parser waits for the rest of the head', body: 'then the parser waits for the rest of the body', empty: 'then nothing has been said yet', refused: (status: number) => `then it is refused with ${status}` },
    how: 'How the bytes are cut', cutHere: 'Cut at marks', cutEvery: 'Cut every', everyBytes: 'Bytes in a segment', everyPause: 'Pause between segments, in ms',
    /** Words before and after a number that is typed. */
    everyAround: (n: number) => ['', form(n, 'byte', 'bytes')] as const, pauseAround: ['pause', 'ms'] as const, stopAround: (n: number) => ['Stop after', form(n, 'byte', 'bytes')] as const, copiesAround: (n: number) => ['Send it', form(n, 'time', 'times')] as const,
    addAt: 'Add a cut', presets: { line: 'after the first line', head: 'after the head', crlf: 'inside the last CR LF of the head', half: 'in the middle' },
    copies: 'Send it so many times', copiesHow: 'On which connection', companions: 'Together with', hows: { 'in-turn': 'one after the other on one connection', pipelined: 'at once on one connection (pipelined)', parallel: 'at once, each on its own connection' },
    reuse: 'On the connection of the request before, while it is open',
    stopAfter: 'Stop after so many bytes', stopAfterHint: 'all',
    ending: 'And then', endings: { keep: 'keep the connection', close: 'close our half (FIN)', reset: 'cut the connection (RST)' },
    clear: 'As usual: in one piece, once',
  },

  webSocket: {
    connect: 'Connect', cut: 'Cut it (RST)', ownHandshake: 'The saved request is a handshake: it is sent as it is.', subprotocols: 'Subprotocols', compress: 'offer compression',
    writeHandshake: 'Write the handshake yourself', handshakeName: 'WebSocket handshake', showFrames: 'Show frames',
    log: 'Messages', idle: 'Connect opens a WebSocket for the target of the saved request.', connecting: 'Waiting for the answer to the handshake',
    directions: { sent: 'sent', received: 'received' },
    kinds: { text: 'Text', binary: 'Binary', ping: 'Ping', pong: 'Pong', close: 'Close', raw: 'Raw frame' },
    frame: (opcode: string) => `${opcode} frame`,
    frameFacts: (fin: boolean, masked: boolean, compressed: boolean) => list([fin ? 'FIN' : 'to be continued', ...(masked ? ['masked'] : []), ...(compressed ? ['compressed'] : [])]),
    showBytes: 'Show its bytes', size: octets,
    opened: 'Open', openedFacts: (subprotocol: string, compressed: boolean) => `${subprotocol === '' ? 'no subprotocol' : subprotocol}, ${compressed ? 'compressed' : 'not compressed'}`,
    rejected: (status: number, reason: string) => `Refused: ${status} ${reason}`,
    closing: (code: number, reason: string) => (reason === '' ? `${code}` : `${code} ${reason}`),
    closed: (code: number, reason: string) => (reason === '' ? `Closed: ${code}` : `Closed: ${code} ${reason}`), clean: 'Close frames both ways', notClean: 'without a Close frame',
    unsent: 'Not sent',
    kind: 'Kind of frame', code: 'Close code', malformed: 'Malformed frames', hex: 'Octets in hexadecimal', hexHint: '81 85 …', reason: 'Reason', message: 'Message', send: 'Send message',
    badHex: 'Write pairs of hexadecimal digits.',
    lab: (what: string, code: number, clause: string) => `${what} (${code}, ${clause})`,
    lessons: wsLessons,
  },

  body: {
    as: 'Body as', kinds: { text: 'Text', json: 'JSON', form: 'Form', multipart: 'Multipart', file: 'File' },
    jsonOk: 'well-formed JSON', jsonBad: (message: string) => `Not JSON: ${message}`, format: 'Format',
    fieldName: 'Name', fieldValue: 'Value', fileName: 'File name', add: 'Add a field', remove: (name: string) => (name === '' ? 'Remove this field' : `Remove ${name}`),
    fields: 'Fields of the form', file: 'Choose a file', attach: (name: string) => `Choose a file for ${name}`, fileHint: 'Its bytes become the body.', tooLarge: (n: number) => `A request may have ${octets(n)} at most.`,
    binary: 'not text',
  },
};

/** The shape of this part of the catalogue. */
export type LaterMessages = typeof en;

/** This part of the catalogue in force. */
export const later: LaterMessages = en;
