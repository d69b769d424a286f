import { describe, expect, test } from 'vitest';
import { openConnections } from '../../src/playground/connections.ts';
import { programsNow, terminalPieces } from '../../src/playground/terminals.ts';
import { TraceLog } from '../../src/playground/trace-log.ts';
import type { Snippet } from '../../src/snippet/schema.ts';
import type { TraceEvent, TraceInput } from '../../src/trace/events.ts';

const on = { connection: 0, exchange: 0 };
let clock = 0;
const seqs = new Map<string, number>();
function told(process: string, event: TraceInput): TraceEvent {
  const seq = seqs.get(process) ?? 0;
  seqs.set(process, seq + 1);
  clock += 1;
  return { ...event, process, seq, at: clock, clock };
}
const says = (process: string, text: string, more: object = {}): TraceEvent => told(process, { type: 'log', ...on, source: 'stdout', level: 'info', text, ...more });

describe('a terminal', () => {
  test('shows what its program wrote, in order, and where it was started again', () => {
    const log = new TraceLog();
    log.append([says('a', 'one'), says('b', 'other'), says('a', 'name? ', { partial: true }), says('a', 'bad', { source: 'stderr', level: 'error' }), says('a-2', 'again')]);
    expect(terminalPieces(log, ['a', 'a-2']).map(({ text, stream, partial, again }) => [text, stream, partial, again])).toEqual([
      ['one', 'stdout', false, false], ['name? ', 'stdout', true, false], ['bad', 'stderr', false, false], ['again', 'stdout', false, true],
    ]);
    expect(terminalPieces(log, ['a'], 1).map(({ text }) => text)).toEqual(['bad']);
    expect(terminalPieces(log, [])).toEqual([]);
  });

  test('is there for each program of the editor, as it is now', () => {
    const snippet: Snippet = {
      v: 1, lang: 'ts', interface: 'auto', files: {}, entry: '', requests: [], server: {}, network: {}, view: {},
      programs: [{ name: 'a', kind: 'script', entry: 'a.ts' }, { name: 'b', kind: 'gateway', entry: 'b.ts:app' }],
    };
    const running = { name: 'b', kind: 'gateway', state: 'running', listening: [], processes: [], names: [] } as const;
    expect(programsNow(snippet, [running, { ...running, name: 'gone' }]).map(({ name, state }) => [name, state])).toEqual([['a', 'exited'], ['b', 'running']]);
    expect(programsNow({ ...snippet, programs: undefined } as never, undefined).map(({ name }) => name)).toEqual(['gateway']);
  });
});

test('connections that are open', () => {
  const log = new TraceLog();
  log.append([
    told('client', { type: 'socket.connect', connection: 1, exchange: 0, local: 'c:1', remote: 's:1' }),
    told('w', { type: 'socket.accept', connection: 1, exchange: 0, local: 's:1', remote: 'c:1' }),
    told('w', { type: 'socket.accept', connection: 2, exchange: 0, local: 's:1', remote: 'c:2' }),
    told('w', { type: 'socket.close', connection: 1, exchange: 0, reason: '' }),
  ]);
  expect(openConnections(log)).toEqual([{ id: 2, from: 'c:2', to: 's:1', requests: 0 }]);
});
