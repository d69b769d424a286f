import { describe, expect, test } from 'vitest';
import { InterfaceError, toGatewayApp } from '../../src/gateway/detect.ts';

const wsgi = (environ: unknown, start: unknown): unknown[] => [environ, start];
const asgi = async (scope: unknown, receive: unknown, send: unknown): Promise<void> => void [scope, receive, send];
const object = { fetch: () => new Response('x') };

describe('auto', () => {
  test.each([
    ['two parameters', wsgi, 'wsgi'],
    ['a generator function of two', function* (a: unknown, b: unknown) { yield [a, b]; }, 'wsgi'],
    ['three parameters', asgi, 'asgi'],
    ['three parameters, not async', (a: unknown, b: unknown, c: unknown) => [a, b, c], 'asgi'],
    ['an object with fetch', object, 'asgi'],
    ['a class instance with fetch', new (class { fetch() { return new Response('x'); } })(), 'asgi'],
    ['a function of one with fetch', Object.assign((a: unknown) => a, { fetch: () => new Response('x') }), 'asgi'],
  ])('%s', (_what, value, expected) => {
    expect(toGatewayApp(value, 'auto', 'app.ts:app')).toMatchObject({ interface: expected, name: 'app.ts:app' });
  });

  test.each([
    ['one parameter', (a: unknown) => a, /takes one parameter/, /fetch handler/],
    ['none', () => [], /takes 0 parameters/, /--interface/],
    ['rest parameters', (...all: unknown[]) => all, /takes 0 parameters/, /--interface/],
    ['two parameters and fetch', Object.assign((a: unknown, b: unknown) => [a, b], object), /has a fetch method/, /--interface/],
    ['an async function of two', async (a: unknown, b: unknown) => [a, b], /WSGI is synchronous/, /Drop "async"/],
    ['an async generator of two', async function* (a: unknown, b: unknown) { yield [a, b]; }, /WSGI is synchronous/, /Drop "async"/],
    ['a class', class App { readonly both: unknown[]; constructor(a: unknown, b: unknown) { this.both = [a, b]; } }, /is a class/, /instance/],
    ['a number', 7, /is a number/, /Export/],
    ['undefined', undefined, /is undefined/, /Export/],
    ['null', null, /is null/, /Export/],
    ['a string', 'app', /is a string/, /Export/],
    ['an object without fetch', {}, /is an object/, /Export/],
    ['a promise', Promise.resolve(wsgi), /is a Promise/, /Export/],
  ])('in doubt or wrong: %s', (_what, value, message, advice) => {
    const thrown = (() => {
      try {
        toGatewayApp(value, 'auto', 'app.ts:app');
      } catch (error) {
        return error as InterfaceError;
      }
      return undefined;
    })();
    expect(thrown).toBeInstanceOf(InterfaceError);
    expect(thrown!.message).toMatch(message);
    expect(thrown!.message).toMatch(/^app\.ts:app /);
    expect(thrown!.advice).toMatch(advice);
  });
});

describe('said', () => {
  test('it is obeyed', () => {
    expect(toGatewayApp(() => [], 'wsgi', 'x').interface).toBe('wsgi');
    expect(toGatewayApp((...all: unknown[]) => all, 'asgi', 'x').interface).toBe('asgi');
    expect(toGatewayApp((request: Request) => new Response(request.url), 'fetch', 'x').interface).toBe('asgi');
    expect(toGatewayApp(object, 'fetch', 'x').interface).toBe('asgi');
  });

  test('as far as it can be', () => {
    expect(() => toGatewayApp(object, 'wsgi', 'x')).toThrow(InterfaceError);
    expect(() => toGatewayApp(object, 'asgi', 'x')).toThrow(InterfaceError);
    expect(() => toGatewayApp({}, 'fetch', 'x')).toThrow(InterfaceError);
    expect(() => toGatewayApp(async (a: unknown, b: unknown) => [a, b], 'wsgi', 'x')).toThrow(/synchronous/);
  });
});
