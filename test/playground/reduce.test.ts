import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/playground/actions.ts';
import { shownFile } from '../../src/playground/files.ts';
import { reduce } from '../../src/playground/reduce.ts';
import { shownRequest } from '../../src/playground/requests.ts';
import { initialState, isStale, type PlaygroundState } from '../../src/playground/state.ts';
import { eventId } from '../../src/playground/trace-log.ts';
import { snippet, traceOf } from './traces.ts';

const start = (): PlaygroundState => initialState({ snippet: { ...snippet, files: { 'app.ts': 'a', 'lib/b.ts': 'b' } }, origin: { kind: 'draft' }, trusted: true });
const after = (state: PlaygroundState, ...actions: readonly Action[]): PlaygroundState => actions.reduce(reduce, state);

describe('files', () => {
  test('the entry follows a rename, and the tabs keep their order', () => {
    const { work } = after(start(), { type: 'file/rename', from: 'app.ts', to: 'main.ts' });
    expect(work.snippet.entry).toBe('main.ts:app');
    expect(Object.keys(work.snippet.files)).toEqual(['main.ts', 'lib/b.ts']);
    expect(shownFile(work.snippet)).toBe('main.ts');
  });

  test('a name that is taken or no path is refused, and said', () => {
    const taken = after(start(), { type: 'file/rename', from: 'app.ts', to: 'lib/b.ts' });
    expect(taken.work.snippet.files).toEqual(start().work.snippet.files);
    expect(taken.notice).toMatchObject({ kind: 'file-name', problem: { why: 'taken' } });
    expect(after(start(), { type: 'file/add', path: '../x.ts' }).notice).toMatchObject({ kind: 'file-name', problem: { why: 'path' } });
  });

  test('a deleted file comes back by undo, with what else was changed meanwhile kept', () => {
    const state = after(start(), { type: 'file/delete', path: 'lib/b.ts' }, { type: 'file/edit', path: 'app.ts', text: 'changed' }, { type: 'undo' });
    expect(state.work.snippet.files).toEqual({ 'app.ts': 'changed', 'lib/b.ts': 'b' });
    expect(state.undo).toBeNull();
  });

  test('undo of a deletion does not overwrite a new file of that name', () => {
    const state = after(start(), { type: 'file/delete', path: 'lib/b.ts' }, { type: 'file/add', path: 'lib/b.ts' }, { type: 'file/edit', path: 'lib/b.ts', text: 'new' }, { type: 'undo' });
    expect(Object.values(state.work.snippet.files).toSorted()).toEqual(['a', 'b', 'new']);
  });

  test('the last file stays', () => {
    const one = after(start(), { type: 'file/delete', path: 'lib/b.ts' });
    expect(after(one, { type: 'file/delete', path: 'app.ts' })).toBe(one);
  });

  test('typing what is there already changes nothing', () => {
    const state = start();
    expect(after(state, { type: 'file/edit', path: 'app.ts', text: 'a' }, { type: 'file/edit', path: 'gone.ts', text: 'x' })).toBe(state);
  });
});

describe('requests', () => {
  test('the automatic name follows the bytes; a given name stays', () => {
    const auto = after(start(), { type: 'request/edit', raw: 'PUT /new HTTP/1.1\r\n\r\n' });
    expect(shownRequest(auto.work.snippet).name).toBe('PUT /new');
    const named = after(auto, { type: 'request/rename', index: 0, name: 'mine' }, { type: 'request/edit', raw: 'GET /other HTTP/1.1\r\n\r\n' });
    expect(shownRequest(named.work.snippet)).toEqual({ name: 'mine', raw: 'GET /other HTTP/1.1\r\n\r\n' });
  });

  test('a deleted request comes back by undo, where it was', () => {
    const two = after(start(), { type: 'request/duplicate' }, { type: 'request/edit', raw: 'GET /second HTTP/1.1\r\n\r\n' });
    const back = after(two, { type: 'request/delete', index: 0 }, { type: 'undo' });
    expect(back.work.snippet.requests).toEqual(two.work.snippet.requests);
  });

  test('a snippet without requests shows a plain one, and has it once it is edited', () => {
    const bare = initialState({ ...start().work, snippet: { ...snippet, requests: [] } });
    expect(shownRequest(bare.work.snippet).raw).toContain('GET / HTTP/1.1');
    expect(after(bare, { type: 'request/edit', raw: 'x' }).work.snippet.requests).toHaveLength(1);
  });
});

describe('running', () => {
  test('stale is what changes the app, not what is sent or looked at', () => {
    const run = after(start(), { type: 'run/begin', snippet: start().work.snippet });
    const fresh = { ...run, ran: run.work.snippet };
    expect(isStale(fresh)).toBe(false);
    expect(isStale(after(fresh, { type: 'request/edit', raw: 'x' }, { type: 'view/trace-tab', tab: 'wire' }))).toBe(false);
    expect(isStale(after(fresh, { type: 'file/edit', path: 'app.ts', text: 'x' }))).toBe(true);
    expect(isStale(after(fresh, { type: 'file/edit', path: 'app.ts', text: 'x' }, { type: 'file/edit', path: 'app.ts', text: 'a' }))).toBe(false);
    expect(isStale(after(fresh, { type: 'server/set', server: { workers: 2 } }))).toBe(true);
  });

  test('a new run forgets the trace and what was pointed at, and keeps what was typed', async () => {
    const { events } = await traceOf({});
    const state = after(start(), { type: 'trace/append', events }, { type: 'select', selection: { kind: 'key', connection: 1, exchange: 1, key: 'PATH_INFO' } }, { type: 'file/edit', path: 'app.ts', text: 'typed' });
    expect(state.focus).toEqual({ connection: 1, exchange: 1 });
    const again = after(state, { type: 'run/begin', snippet: state.work.snippet });
    expect(again.trace.events).toHaveLength(0);
    expect([again.selection, again.focus, again.hover]).toEqual([null, null, null]);
    expect(again.work).toBe(state.work);
  });

  test('the views follow what is selected, and a new answer', async () => {
    const { events } = await traceOf({}, {});
    const state = after(start(), { type: 'trace/append', events });
    const second = events.find((event) => event.type === 'gateway.environ' && event.connection === 2);
    if (!second) throw new Error('no second request');
    expect(after(state, { type: 'select', selection: { kind: 'event', id: eventId(second) } }).focus).toEqual({ connection: 2, exchange: 1 });
    const sent = after(state, { type: 'send/begin', id: 1, press: 1, raw: 'x' }, { type: 'send/end', id: 1, result: { connection: 1, exchange: 1, raw: new Uint8Array(), ms: 1 } });
    expect(sent.focus).toEqual({ connection: 1, exchange: 1 });
  });

  test('while an answer is awaited, the connection opened for it is shown', async () => {
    const { events } = await traceOf({});
    const waiting = after(start(), { type: 'send/begin', id: 1, press: 1, raw: 'x' }, { type: 'trace/append', events: events.filter((event) => event.type === 'socket.connect') });
    expect(waiting.focus).toEqual({ connection: 1, exchange: 1 });
  });
});
