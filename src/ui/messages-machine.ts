/** The part of the catalogue that the views of the machine say: terminals, processes, network, load. See `messages.ts`. */
import { count, fixed, list, number, octets } from './messages.ts';

const ms = (value: number): string => (value < 10 ? `${fixed(value, 1)} ms` : value < 10_000 ? `${number.format(Math.round(value))} ms` : `${fixed(value / 1000, 1)} s`);

/** What a burst was sent to. */
function sentTo(server: { readonly workers?: number; readonly workerClass?: 'sync' | 'async' } | undefined): string {
  if (server === undefined) return 'a script';
  const { workers = 1, workerClass } = server;
  switch (workerClass) {
    case 'sync': return count(workers, 'sync worker', 'sync workers');
    case 'async': return count(workers, 'async worker', 'async workers');
    default: return count(workers, 'worker', 'workers');
  }
}

/** What the views of the machine say, in English. */
export const tMachine = {
  states: { waiting: 'waits for the program before it', starting: 'starting', running: 'running', silent: 'not answering', exited: 'ended', failed: 'could not be loaded' },
  notStarted: 'not started',
  kinds: { gateway: 'gateway', script: 'script' },

  terminals: {
    name: (program: string) => `Terminal ${program}`, output: (program: string) => `Output of ${program}`, input: (program: string) => `Input of ${program}`,
    run: 'Run', stop: 'Stop', runOne: (program: string) => `Run ${program}`, stopOne: (program: string) => `Stop ${program}`,
    inputHint: 'A line for its standard input', end: 'End input', endHint: 'No more lines (Ctrl+D)',
    interrupt: 'Ctrl+C', interruptOne: (program: string) => `Ctrl+C: interrupt ${program}`, interruptHint: 'SIGINT: KeyboardInterrupt in Python; other scripts end',
    exit: (code: number) => `exit code ${code}`, listening: (addresses: readonly string[]) => `listens at ${list(addresses)}`,
    again: 'started again', silent: 'Nothing written so far.', earlier: 'What came before is in the Console.',
    only: 'This snippet has one program, the gateway. What it writes is in the Console.',
  },

  compare: {
    servers: 'Servers', explain: 'Send gives each the same bytes.',
    none: 'Nothing listens. Press Run.', alone: 'Only one program listens here. A snippet with several programs compares what they answer.',
    asked: (answered: number, all: number) => `${number.format(answered)} of ${number.format(all)} answered`,
    idle: 'Nothing has been compared yet.', idleHint: (key: string) => `Press Send or ${key}.`,
    table: 'Answers beside each other', what: 'What', differs: (first: string) => `not as ${first}`,
    status: 'Status line', framing: 'Framing', content: 'Body', ending: 'Socket', firstByte: 'First byte', raw: 'Raw answer',
    framings: { none: 'no body', 'content-length': 'Content-Length', chunked: 'in chunks', 'until-close': 'until the connection closes' },
    noAnswer: { refused: 'connection refused', waiting: 'no answer yet', open: 'no answer', closed: 'closed without an answer', reset: 'reset without an answer', 'given-up': 'no answer that can be read' },
    endings: { refused: 'refused', waiting: 'waiting', open: 'kept open', closed: 'closed', reset: 'reset', 'given-up': 'cut by the client' },
    closedAfter: (after: number) => `closed ${ms(after)} later`,
    incomplete: (n: number) => `${octets(n)}, not complete`, complete: octets, absent: 'none', spelled: (name: string) => `written ${name}`, place: (at: number) => `${at}.`,
    reordered: 'other order', bareLf: 'lines end in LF', more: (n: number) => `${count(n, 'answer', 'answers')}`, ms,
    rawOf: (program: string) => `Raw answer of ${program}`, rawMore: (n: number) => `… ${octets(n)} more`, nothing: 'nothing',
    wire: (program: string) => `Wire of ${program}`, wireShort: 'Wire', wireHint: 'Show this connection in the Wire tab',
  },

  processes: {
    title: 'Processes', none: 'Nothing runs. Press Run.', process: 'Process', program: 'Program', state: 'State',
    states: { starting: 'starting', running: 'running', silent: 'not answering', exited: 'ended' },
    kill: 'Kill', killOne: (process: string) => `Kill ${process}`, killHint: 'SIGKILL: an arbiter starts another one',
    reload: 'Reload', reloadHint: 'New workers with what is in the editor, then the old ones go (HUP)', reloadOne: (program: string) => `Reload ${program}`,
    workers: 'Workers', workerClass: 'Class', workersHint: 'Changes count from the next Run.',
    classes: { auto: 'auto', sync: 'sync: one request at a time', async: 'async: many at a time' },
  },

  load: {
    title: 'Load', explain: 'Sends the shown request many times and measures each. The numbers come from this run.',
    count: 'Requests', concurrency: 'At a time', think: 'Pause, ms', keepAlive: 'Keep connections', send: 'Send burst',
    sending: (answered: number, asked: number) => `${number.format(answered)} of ${number.format(asked)} answered`,
    burst: (id: number, server: { readonly workers?: number; readonly workerClass?: 'sync' | 'async' } | undefined) => `Burst ${number.format(id)}: ${sentTo(server)}`,
    figure: (title: string, process: string) => `Requests over processes and time: ${title}, ${process}`,
    compare: 'Bursts compared', measure: 'Measure',
    answered: 'Answered', failed: 'Failed', perSecond: 'Throughput', perSecondValue: (value: number) => `${value < 10 ? fixed(value, 1) : number.format(Math.round(value))} /s`,
    duration: 'Duration', total: 'Answer, median', total99: 'Answer, 99 %', waiting: 'Waiting, median', waiting99: 'Waiting, 99 %', service: 'Service, median',
    shape: (plan: { readonly count: number; readonly concurrency: number; readonly keepAlive: boolean; readonly thinkMs: number }) =>
      `${count(plan.count, 'request', 'requests')}, ${number.format(plan.concurrency)} at a time, ${plan.keepAlive ? 'connections kept' : 'a connection each'}${plan.thinkMs > 0 ? `, ${ms(plan.thinkMs)} between` : ''}`,
    legend: { queued: 'waits', service: 'is served', done: 'on its way back', failed: 'failed' },
    nobody: 'no process', ms,
    table: 'As a table', columns: { index: 'No.', process: 'Process', connection: 'Connection', sent: 'Sent', accepted: 'Accepted', started: 'App called', served: 'Served', ended: 'Answered', outcome: 'Outcome' },
    more: (hidden: number) => `${count(hidden, 'more request is', 'more requests are')} not shown.`,
    bar: (index: number, waited: number, served: number, outcome: string) => `Request ${index + 1}: waited ${ms(waited)}, served in ${ms(served)}, ${outcome}`,
  },

  network: {
    title: 'Network', explain: 'What every connection goes through. It travels in the link, and counts from the next Run.',
    segmentBytes: 'Segments, bytes', ragged: 'Of random lengths', latency: 'Latency, ms', jitter: 'Jitter, ms', bandwidth: 'Bandwidth, bytes/s', slow: 'Slow reader, bytes/s',
    cutAfter: 'Lost after, bytes', cut: 'When lost', cuts: { reset: 'both ends are told', silence: 'nobody is told' }, seed: 'Seed', unlimited: 'none',
    replay: 'Replay: time and chance from the seed', replayHint: 'Processes take turns, so that two runs give the same trace.',
  },

  packages: {
    title: 'Packages', explain: 'What the last run took from the index. A link carries versions and hashes, so that whoever opens it gets these very files.',
    name: 'Package', version: 'Version', hash: 'SHA-256', update: 'Update packages', updateHint: 'Take the newest versions that fit, and start again', copy: 'Copy as requirements.txt',
  },

  connections: {
    title: 'Open connections', none: 'No connection is open.', id: 'No.', from: 'From', to: 'To', requests: 'Requests',
    disconnect: 'Disconnect', disconnectOne: (id: number) => `Disconnect ${id}`, hint: 'Both ends are told that the connection was reset',
  },
} as const;
