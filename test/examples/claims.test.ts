/** The checker itself: what does not hold must not pass. */
import { describe, expect, test } from 'vitest';
import type { Claim } from '../../src/examples/index.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { checkResponse, checkTrace } from './claims.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const seen = { raw: bytes('HTTP/1.1 200 OK\r\nContent-Type: a\r\n\r\nbody é'), response: { status: 200, headers: [['Content-Type', 'a']] as const, body: bytes('body é') } };
const stamp = { connection: 1, exchange: 1, seq: 0, at: 0, clock: 0, process: 'p' };
const trace: readonly TraceEvent[] = [
  { ...stamp, type: 'app.call', interface: 'wsgi', name: 'app' },
  { ...stamp, type: 'gateway.environ', entries: [{ key: 'PATH_INFO', value: '/', kind: 'str', origin: { from: 'gateway' } }] },
  { ...stamp, type: 'app.close' },
  { ...stamp, connection: 0, type: 'log', source: 'stdout', level: 'info', text: 'other' },
];

describe('responses', () => {
  test('what holds passes', () => {
    checkResponse({ status: 200, headers: { 'content-type': 'a' }, body: 'body é', bodyIncludes: ['é'] }, seen);
    checkResponse({ status: 200, cutShort: true, bodyIncludes: ['body'] }, { raw: seen.raw });
  });
  test.each<Claim>([
    { status: 500 }, { status: 200, body: 'body' }, { status: 200, bodyIncludes: ['no'] }, { status: 200, headers: { 'content-type': 'b' } },
    { status: 200, headers: { server: 'x' } }, { status: 200, cutShort: true },
  ])('%j does not', (claim) => {
    expect(() => checkResponse(claim, seen)).toThrow();
  });
  test('a response that was cut short is not a whole one', () => {
    expect(() => checkResponse({ status: 200 }, { raw: seen.raw })).toThrow();
    expect(() => checkResponse({ status: 200, cutShort: true, bodyIncludes: ['no'] }, { raw: seen.raw })).toThrow();
  });
});

describe('traces', () => {
  test('what holds passes', () => {
    checkTrace({ status: 200, context: { PATH_INFO: '/' }, trace: [{ type: 'app.call', interface: 'wsgi' }, { type: 'app.close' }] }, trace);
  });
  test.each<Partial<Claim>>([
    { context: { PATH_INFO: '/x' } }, { context: { SCRIPT_NAME: '' } }, { trace: [{ type: 'app.close' }, { type: 'app.call' }] },
    { trace: [{ type: 'app.call', interface: 'asgi' }] }, { trace: [{ type: 'app.close' }, { type: 'app.close' }] }, { trace: [{ type: 'log' }] },
  ])('%j does not', (claim) => {
    expect(() => checkTrace({ status: 200, ...claim }, trace)).toThrow();
  });
});
