/** What a process may do to the page if it runs code that means harm: nothing, and not for long. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../src/machine/machine.ts';
import { pythonFiles, type PythonFile } from '../../src/rpc/python-assets.ts';
import { Recorder, type TraceBatch } from '../../src/trace/recorder.ts';
import { realHost } from '../helpers/hosts.ts';
import { type Puppet, puppets, started } from './puppet.ts';
import { rig, snippetOf } from './rig.ts';

/** A batch with `count` events. */
function batchOf(count: number): TraceBatch {
  const recorder = new Recorder({ process: 'anybody', clock: realHost().clock });
  for (let index = 0; index < count; index += 1) recorder.emit({ type: 'log', connection: 0, exchange: 0, source: 'stdout', level: 'info', text: 'x' });
  return recorder.drain();
}

/** A running machine whose one process is a puppet. */
async function withPuppet(): Promise<{ rig: ReturnType<typeof rig>; puppet: Puppet; wire: MessagePort }> {
  const { spawner, made } = puppets(started);
  const it = rig(spawner);
  await it.run('');
  const puppet = made[0]!;
  const wire = await puppet.wire;
  // It answers the heartbeat, whatever else it does.
  wire.on('message', (message: { type: string; id: number }) => {
    if (message.type === 'ping') wire.postMessage({ type: 'pong', id: message.id, clock: 0, now: 0 });
    if (message.type === 'flush') wire.postMessage({ type: 'flushed', id: message.id });
  });
  return { rig: it, puppet, wire };
}

describe('a process is killed at once when it says', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing that is known', { type: 'hello' }, /means nothing/],
    ['no object', 42, /means nothing/],
    ['a heartbeat that is none', { type: 'pong', id: -1, clock: 0, now: 0 }, /means nothing/],
    ['a time that is none', { type: 'pong', id: 1, clock: 0, now: Number.NaN }, /means nothing/],
    ['a trace without a batch', { type: 'trace' }, /means nothing/],
    ['a trace that is no buffer', { type: 'trace', batch: { process: 'x', tokens: 'x', payloads: new ArrayBuffer(0), strings: [], segments: [] } }, /trace batch|too many/],
    ['a trace with half a row', { type: 'trace', batch: { process: 'x', tokens: new ArrayBuffer(12), payloads: new ArrayBuffer(0), strings: [], segments: [] } }, /not a block of rows/],
    ['a trace that is too large', { type: 'trace', batch: { process: 'x', tokens: new ArrayBuffer(64 * 1024 * 1024), payloads: new ArrayBuffer(0), strings: [], segments: [] } }, /too many/],
    ['a trace without payloads', { type: 'trace', batch: { process: 'x', tokens: new ArrayBuffer(0) } }, /byteLength|too many/],
    ['the memory of a Python that it did not have to start', { type: 'snapshot', octets: new ArrayBuffer(8) }, /nobody asked for/],
    ['a memory that is larger than any', { type: 'snapshot', octets: new ArrayBuffer(64 * 1024 * 1024) }, /means nothing/],
    ['an event that there is not', { type: 'trace', batch: { ...batchOf(1), payloads: Float64Array.from([999, 0, 0, 0, 0, 0]).buffer } }, /type is not known/],
  ])('%s', async (_what, message, reason) => {
    const { rig: { seen, until }, puppet, wire } = await withPuppet();
    wire.postMessage(message);
    expect(await seen((event) => event.type === 'process.exit')).toMatchObject({ process: 'arbiter', detail: expect.stringMatching(reason) });
    expect(puppet.terminated).toBe(true);
    await until('running');
  });

  const call = (more: object, id = 1): object => ({ type: 'call', id, clock: 0, ...more });
  const bind = (fd: number): object => ({ call: 'bind', fd, address: { host: '127.0.0.1', port: 0 }, reuseAddress: true });
  test.each<[string, readonly object[], RegExp]>([
    ['that it listens on what it has not bound', [call({ call: 'listen', fd: 7, backlog: 1 })], /descriptor that makes no sense/],
    ['that it connects from what it has not bound', [call({ call: 'connect', fd: 7, address: { host: '127.0.0.1', port: 1 } })], /descriptor that makes no sense/],
    ['the same descriptor twice', [call(bind(3)), call(bind(3), 2)], /descriptor that makes no sense/],
    ['the same call twice', [call(bind(3)), call({ call: 'listen', fd: 3, backlog: 1 }, 2), call({ call: 'accept', fd: 3 }, 3), call({ call: 'accept', fd: 3 }, 3)], /more calls at a time/],
    ['too many calls at a time', [call(bind(3)), call({ call: 'listen', fd: 3, backlog: 1 }, 2), ...Array.from({ length: 300 }, (_, index) => call({ call: 'accept', fd: 3 }, 10 + index))], /more calls at a time/],
    ['too many descriptors', Array.from({ length: 300 }, (_, index) => call(bind(3 + index), 1 + index)), /descriptor that makes no sense/],
    ['a call that there is not', [call({ call: 'fork', fd: 3 })], /means nothing/],
  ])('%s', async (_what, messages, reason) => {
    const { rig: { seen }, puppet, wire } = await withPuppet();
    for (const message of messages) {
      wire.postMessage(message);
      // One after the other, as a process would: what was bound before is bound.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await seen((event) => event.type === 'process.exit')).toMatchObject({ process: 'arbiter', detail: expect.stringMatching(reason) });
    expect(puppet.terminated).toBe(true);
  });

  test('more trace than it has credit for', async () => {
    const { rig: { seen }, puppet, wire } = await withPuppet();
    // Credit comes back as it is used, as long as the rate allows.
    for (let sent = 0; sent < 1000; sent += 1) wire.postMessage({ type: 'trace', batch: batchOf(500) });
    expect(await seen((event) => event.type === 'process.exit')).toMatchObject({ detail: expect.stringContaining('more trace than it was allowed to') });
    expect(puppet.terminated).toBe(true);
  });

  test('too much, on the wire', async () => {
    const { rig: { seen, events }, puppet, wire } = await withPuppet();
    for (let sent = 0; sent < 100_000; sent += 1) wire.postMessage({ type: 'pong', id: 0, clock: 0, now: 0 });
    await seen((event) => event.type === 'process.exit' && event.detail.includes('flooded'));
    expect(puppet.terminated).toBe(true);
    expect(events.length).toBeLessThan(100);
  });

  test('too much, as answers to calls that nobody made', async () => {
    const { rig: { seen }, puppet } = await withPuppet();
    for (let sent = 0; sent < 100_000; sent += 1) puppet.calls.postMessage({ id: 'x', type: 'RAW', value: 1 });
    await seen((event) => event.type === 'process.exit' && event.detail.includes('flooded'));
    expect(puppet.terminated).toBe(true);
  });

  test('that it waits for more connections than there can be', async () => {
    const { rig: { seen }, wire } = await withPuppet();
    for (let sent = 0; sent < 500; sent += 1) wire.postMessage({ type: 'accept', clock: 0 });
    await seen((event) => event.type === 'process.exit' && event.detail.includes('more connections'));
  });
});

test('of the memory of a Python, the first that comes is kept; a second one kills', async () => {
  const { spawner, made } = puppets();
  const kept: number[] = [];
  const machine = createMachine({
    spawner, host: realHost(), library: async () => '',
    python: {
      fetch: async () => ({ files: Object.fromEntries(pythonFiles.map((name) => [name, new Blob()])) as unknown as Record<PythonFile, Blob>, lockInfo: '{}' }),
      keep: (snapshot) => void kept.push(snapshot.byteLength),
      packages: async () => [],
    },
  });
  const status = machine.run(snippetOf({ 'app.py': '' }, { lang: 'py', entry: 'app.py:app' }));
  await expect.poll(() => made.length).toBe(1);
  const wire = await made[0]!.wire;
  wire.postMessage({ type: 'snapshot', octets: new ArrayBuffer(1) });
  wire.postMessage({ type: 'snapshot', octets: new ArrayBuffer(2) });
  expect((await status).problem?.message).toContain('nobody asked for');
  expect(kept).toEqual([1]);
  await machine.stop();
});

describe('a process that says', () => {
  test('it is somebody else in the trace is shown under its own name', async () => {
    const { rig: { seen }, wire } = await withPuppet();
    wire.postMessage({ type: 'trace', batch: { ...batchOf(1), process: 'arbiter' } });
    expect(await seen((event) => event.type === 'log')).toMatchObject({ process: 'worker-1' });
  });

  test('a Lamport time from the far future moves nobody there', async () => {
    const { rig: { seen, get, machine }, wire } = await withPuppet();
    wire.postMessage({ type: 'accept', clock: Number.MAX_SAFE_INTEGER });
    void get('/');
    expect((await seen((event) => event.type === 'socket.connect')).clock).toBeLessThan(1000);
    await machine.stop();
  });

  test('nonsense on a connection loses that connection', async () => {
    const { rig: { get, machine }, wire } = await withPuppet();
    wire.on('message', (message: { type: string; port?: MessagePort }) => {
      if (message.type === 'connection') message.port!.postMessage({ bytes: 'not bytes' });
    });
    wire.postMessage({ type: 'accept', clock: 0 });
    expect((await get('/')).failure?.kind).toBe('reset');
    expect(machine.status.state).toBe('running');
  });

  test('something that is not HTTP is told as that', async () => {
    const { rig: { get }, wire } = await withPuppet();
    wire.on('message', (message: { type: string; port?: MessagePort }) => {
      const bytes = new TextEncoder().encode('hello, client\n');
      if (message.type === 'connection') message.port!.postMessage({ bytes, lengths: [bytes.length], fin: true });
    });
    wire.postMessage({ type: 'accept', clock: 0 });
    const result = await get('/');
    expect(result.failure?.kind).toBe('not-http');
    expect(new TextDecoder().decode(result.raw)).toBe('hello, client\n');
  });

  test('nothing to the heartbeat is silent, even while it starts', async () => {
    const { spawner } = puppets();
    expect((await rig(spawner).run('')).state).toBe('silent');
  });
});

describe('an answer to start', () => {
  test.each([
    ['that makes no sense', { hello: 1 }, /makes no sense/],
    ['of an unknown interface', { ok: true, interface: 'cgi' }, /makes no sense/],
    ['with a problem that is none', { ok: false, problem: 7 }, /unknown/],
  ])('%s is a problem', async (_what, reply, message) => {
    const status = await rig(puppets(reply).spawner).run('');
    expect(status).toMatchObject({ state: 'failed', problem: { message: expect.stringMatching(message) } });
  });

  test('with endless text is cut', async () => {
    const long = 'x'.repeat(1_000_000);
    const status = await rig(puppets({ ok: false, problem: { name: long, message: long, advice: long, site: { file: long, line: 1 } } }).spawner).run('');
    expect(JSON.stringify(status).length).toBeLessThan(100_000);
  });

  test('that is a proxy to walk into is refused', async () => {
    // With comlink's own handler it would become an object that calls back into the process at every touch.
    const { port1, port2 } = new MessageChannel();
    let touched = false;
    port1.on('message', () => (touched = true));
    const status = await rig(puppets((answer: (message: object, transfer?: MessagePort[]) => void) => answer({ type: 'HANDLER', name: 'proxy', value: port2 }, [port2])).spawner).run('');
    expect(status).toMatchObject({ state: 'failed', problem: { message: expect.stringContaining('did not start') } });
    expect(touched).toBe(false);
    port1.close();
  });

  test('that is an error is a problem', async () => {
    const thrown = { name: 'RangeError', message: 'no room', stack: '', fields: {} };
    const status = await rig(puppets((answer: (message: object) => void) => answer({ type: 'HANDLER', name: 'throw', value: thrown })).spawner).run('');
    expect(status.problem?.message).toBe('The process did not start: no room');
  });
});

test('a spawner that cannot start a process is a problem, not a hang', async () => {
  const status = await rig({ spawn: () => Promise.reject(new Error('The runtime could not be fetched: 404')) }).run('');
  expect(status).toMatchObject({ state: 'failed', problem: { message: 'The runtime could not be fetched: 404' } });
});
