/**
 * Every word that the page says. One typed catalogue: a translation is another value of {@link Messages}. What only dialogs
 * and other late comers say is in `messages-later.ts`, what only the views of the trace say in `messages-trace.ts`, so that the first paint need
 * not carry it.
 * Sentences with values are functions, so that a language may order its words as it likes; nothing is put together elsewhere.
 * What the specifications call things (`environ`, `Content-Length`, lanes' and events' published names) is not translated.
 */
/** The catalogue's language. */
export const language = 'en';
/** Numbers as the catalogue's language writes them. */
export const number = new Intl.NumberFormat(language);
const plural = new Intl.PluralRules(language);
/** The form of a word that goes with a number. */
export const form = (n: number, one: string, many: string): string => (plural.select(n) === 'one' ? one : many);
/** A number and its noun. */
export const count = (n: number, one: string, many: string): string => `${number.format(n)} ${form(n, one, many)}`;
const lists = new Intl.ListFormat(language, { type: 'unit', style: 'short' });
/** Things one after the other, with nothing said about how they belong together. */
export const list = (items: readonly string[]): string => lists.format(items);
/** Facts beside each other in a line; those that are not known are left out. */
export const facts = (parts: readonly (string | undefined)[]): string => parts.filter((part) => part !== undefined && part !== '').join(' · ');
/** So many bytes. */
export const octets = (n: number): string => count(n, 'byte', 'bytes');

const withDigits = (digits: number): Intl.NumberFormat => new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const fixedBy = { 1: withDigits(1), 2: withDigits(2) } as const;
/** A number with so many digits after the point, whatever they are. */
export const fixed = (value: number, digits: 1 | 2): string => fixedBy[digits].format(value);
/** A time, as exact as it is short. */
export const duration = (ms: number): string => (ms < 10 ? `${fixed(ms, 2)} ms` : ms < 1000 ? `${fixed(ms, 1)} ms` : `${fixed(ms / 1000, 2)} s`);

const en = {
  title: 'Porthole',
  tagline: 'Watch a web server work',
  pageTitle: (snippet: string) => (snippet === '' ? 'Porthole: watch a web server work' : `${snippet} · Porthole`),
  skip: { editor: 'Skip to the editor', trace: 'Skip to the trace' },

  common: {
    close: 'Close', cancel: 'Cancel', copied: 'Copied', copyFailed: 'The browser does not allow copying here', dismiss: 'Dismiss', undo: 'Undo',
    bytes: octets, ms: duration, facts, list,
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
    lintOk: (requests: number) => form(requests, 'One well-formed request', `${number.format(requests)} well-formed requests`),
    lintIncomplete: { head: 'No blank line yet: the server will wait for the rest of the head', body: 'The body is not complete: the server will wait for the rest' },
    lintEmpty: 'Nothing to send',
    lintAt: (offset: number) => `Byte ${number.format(offset)}`,
    total: octets,
  },

  trace: {
    region: 'Trace', views: 'Views of the trace', response: 'Response', wire: 'Wire', timeline: 'Timeline', environ: 'Environ', scope: 'Scope', states: 'States', console: 'Console', terminals: 'Terminals', compare: 'Compare', machine: 'Machine',
    exchange: 'Request shown', exchangeItem: (connection: number, exchange: number, line: string, status: number, failed: boolean) =>
      `${connection}.${exchange}  ${line === '' ? (failed ? 'not understood' : '…') : line}${status === 0 ? '' : ` → ${status}`}`,
    exchangeNone: 'no request yet',
    clear: 'Clear the trace',
    idle: 'Nothing has been sent yet.',
    idleHint: (key: string) => `Press Send or ${key}. Every byte, parse event and application call will be here.`,
  },

  response: {
    waiting: (seconds: number) => `Waiting for the answer: ${seconds} s`,
    headers: (n: number) => count(n, 'field', 'fields'), trailers: 'Trailers', body: 'Body', bodyHint: 'Select the bytes of the body', time: duration,
    keptOpen: 'connection kept', closed: 'connection closed',
    empty: 'The body is empty.',
    view: 'How the body is shown', as: { preview: 'Preview', text: 'Text', json: 'JSON', image: 'Image', hex: 'Hex', raw: 'Raw' },
    previewName: 'Preview of the response, without scripts',
    none: 'There was no response.',
    news: 'What came back', answered: (status: number, reason: string, bytes: number) => `Answer: ${status} ${reason}, ${octets(bytes)}`,
    answeredRefused: (status: number, reason: string, why: string) => `Refused with ${status} ${reason}: ${why}`,
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
    problem: 'The app could not be loaded', updatePackages: 'Update packages',
    workReplaced: (title: string) => `Opened “${title}”. What you had is kept in Drafts.`,
    fileDeleted: (path: string) => `Deleted ${path}.`,
    requestDeleted: (name: string) => `Deleted the request “${name}”.`,
  },

  splitters: { main: 'Width of the editor', side: 'Height of the request' },

};

/** The catalogue's shape: what a translation must have. */
export type Messages = typeof en;

/** The catalogue in force. */
export const t: Messages = en;
