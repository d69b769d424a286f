import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { remoteCalls, serveCalls, type CallPort } from '../../src/rpc/calls.ts';
import type { Job, ProcessApi, WirePort } from '../../src/rpc/contract.ts';
import { packError, unpackError } from '../../src/rpc/errors.ts';

class Detailed extends Error {
  override readonly name = 'Detailed';
  readonly code = 'bare-lf';
  readonly status = 400;
  readonly fatal = true;
  readonly advice = null;
  readonly secret = { not: 'plain' };
}

describe('an error', () => {
  test('arrives with name, message, stack, plain fields and cause', () => {
    const error = Object.assign(new Detailed('what', { cause: new TypeError('why') }), { stack: 'the stack' });
    const arrived = unpackError(structuredClone(packError(error)));
    expect(arrived).toBeInstanceOf(Error);
    expect(arrived).toMatchObject({ name: 'Detailed', message: 'what', stack: 'the stack', fields: { code: 'bare-lf', status: 400, fatal: true, advice: null } });
    expect(arrived.fields).not.toHaveProperty('secret');
    expect(arrived.cause).toMatchObject({ name: 'TypeError', message: 'why' });
  });

  test.each([
    ['a string', 'oops', 'oops'],
    ['nothing', undefined, 'undefined'],
    ['an object', {}, 'a thrown [object Object]'],
    ['an object without a prototype', Object.create(null), 'a thrown [object Object]'],
  ])('that is %s', (_what, thrown, message) => {
    expect(packError(thrown)).toMatchObject({ name: 'Error', message });
  });

  test('that fights back is packed all the same', () => {
    const trap = new Proxy(new Error('x'), { get: () => { throw new Error('trap'); } });
    expect(packError(trap).message).toBe('something was thrown that cannot be looked at');
  });

  test('with endless text, fields and causes is cut', () => {
    const error: Error & Record<string, unknown> = Object.assign(new Error('x'.repeat(100_000)), Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, 'y'.repeat(100_000)])));
    error.cause = error;
    expect(JSON.stringify(packError(error)).length).toBeLessThan(40 * 16_384 * 9);
  });

  test('made up by a hostile process is an error with bounded text', () => {
    for (const data of [undefined, 7, 'x', [], { name: 1, message: {}, fields: 'abc', cause: [] }, { fields: { a: {}, b: 1 } }]) {
      const error = unpackError(data);
      expect(typeof error.message).toBe('string');
      expect(error.name).toBe('Error');
    }
    expect(unpackError({ message: 'x'.repeat(1_000_000) }).message.length).toBeLessThan(20_000);
    const deep: { cause?: unknown } = {};
    deep.cause = deep;
    expect(unpackError(deep)).toBeInstanceOf(Error);
  });
});

describe('calls', () => {
  const connect = (api: Partial<ProcessApi>): { remote: ProcessApi; close: () => void } => {
    const { port1, port2 } = new MessageChannel();
    serveCalls(api as ProcessApi, port2 as unknown as CallPort);
    return { remote: remoteCalls(port1 as unknown as CallPort), close: () => port1.close() };
  };
  const wire = (): WirePort => new MessageChannel().port1 as unknown as WirePort;

  test('carry the job and the wire there, and a checked outcome back', async () => {
    const { remote, close } = connect({
      async start(job, port) {
        port.postMessage('hello on the wire');
        return { ok: true, interface: job.name === 'w' ? 'wsgi' : 'asgi' };
      },
    });
    const { port1, port2 } = new MessageChannel();
    const greeting = new Promise((resolve) => port1.once('message', resolve));
    expect(await remote.start({ name: 'w' } as Job, port2 as unknown as WirePort)).toEqual({ ok: true, interface: 'wsgi' });
    expect(await greeting).toBe('hello on the wire');
    port1.close();
    close();
  });

  test('that throw reject with the fields of the error', async () => {
    const { remote, close } = connect({ start: () => Promise.reject(new Detailed('no')) });
    await expect(remote.start({} as Job, wire())).rejects.toMatchObject({ name: 'Detailed', message: 'no', fields: { code: 'bare-lf' } });
    close();
  });
});
