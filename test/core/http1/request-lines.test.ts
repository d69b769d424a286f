/** A request line that has come before is not decoded again: that must not show. */
import { describe, expect, test } from 'vitest';
import { Connection } from '../../../src/core/http1/connection.ts';
import type { Request } from '../../../src/core/http1/events.ts';
import { knownRequestLine, type RequestLine } from '../../../src/core/http1/request-lines.ts';
import { answer } from '../../helpers/answer.ts';
import { seededRandom } from '../../helpers/cuts.ts';
import { recordingTracer } from '../../helpers/trace.ts';

const fields = 'Host: a\r\n\r\n';
const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A client whose fields are known, and what the server makes of its next request line. */
class Client {
  readonly connection: Connection;
  #request: Request | undefined;

  constructor(options: Partial<ConstructorParameters<typeof Connection>[0]> = {}) {
    this.connection = new Connection({ role: 'server', ...options });
    for (let i = 0; i < 3; i += 1) this.ask('GET /warming-up HTTP/1.1\r\n');
  }

  ask(line: string): Request {
    const { connection } = this;
    if (this.#request !== undefined) answer(connection);
    connection.receiveData(octets(line + fields));
    const event = connection.nextEvent();
    if (event.type !== 'request') throw new Error(`no request but ${event.type}`);
    this.#request = event;
    connection.nextEvent();
    return event;
  }
}

const line = (target: string, method = 'GET', version = '1.1'): string => `${method} ${target} HTTP/${version}\r\n`;
function said(request: Request): unknown {
  const { method, target, version, targetParts, span: [from] } = request;
  return { method, target, version, targetParts, targetAt: request.targetSpan.map((at) => at - from), versionAt: request.versionSpan.map((at) => at - from), octets: String.fromCharCode(...request.octets()) };
}

/** What the same line says to a connection that knows nothing. */
function read(text: string): unknown {
  const connection = new Connection({ role: 'server' });
  connection.receiveData(octets(text + fields));
  return said(connection.nextEvent() as Request);
}

describe('a request line that has come before', () => {
  test('is known from the second time on, and says the same', () => {
    const client = new Client();
    for (const text of [line('/known?a=b'), line('/'), line('/%C3%A9', 'POST'), line('/known?a=b', 'GET', '1.1'), line('/x', 'a-method-of-our-own')]) {
      client.ask(text);
      for (let again = 0; again < 3; again += 1) {
        const request = client.ask(text);
        expect(request.notes, text).toBeDefined();
        expect(said(request)).toEqual(read(text));
      }
    }
  });

  test('is known to other connections', () => {
    new Client().ask(line('/shared'));
    expect(new Client().ask(line('/shared')).notes).toBeDefined();
  });

  test('can be read when the exchange is over, even if nobody had looked at it', () => {
    const client = new Client();
    client.ask(line('/kept'));
    const request = client.ask(line('/kept'));
    for (let i = 0; i < 5; i += 1) client.ask(line(`/other-${i}`));
    expect([request.target, String.fromCharCode(...request.octets())]).toEqual(['/kept', line('/kept') + fields]);
  });

  test('is another one if any octet is another', () => {
    const client = new Client();
    const target = '/a/path/with/some/parts?and=a&query';
    for (let i = 0; i < 3; i += 1) client.ask(line(target));
    for (let at = 1; at < target.length; at += 1) {
      const other = line(`${target.slice(0, at)}~${target.slice(at + 1)}`);
      for (let i = 0; i < 3; i += 1) expect(said(client.ask(other))).toEqual(read(other));
      expect(client.ask(line(target)).target).toBe(target);
    }
    for (const other of [line(target, 'PUT'), line(target, 'GEt'), line(`${target}x`), line(target.slice(0, -1))]) for (let i = 0; i < 3; i += 1) expect(said(client.ask(other))).toEqual(read(other));
  });

  test('is compared to its last octet', () => {
    for (let size = 16; size < 40; size += 1) {
      const bytes = octets(`--${line(`/${'p'.repeat(size - 16)}`)}--`);
      const view = new DataView(bytes.buffer);
      const look = (): RequestLine | undefined => knownRequestLine(bytes, view, 2, size, 4, size - 11);
      look();
      const known = look()!;
      expect([known.is(view, 2, size), known.is(view, 2, size - 1), known.is(view, 2, size + 1), known.target.length]).toEqual([true, false, false, size - 15]);
      for (let at = 2; at < 2 + size; at += 1) {
        bytes[at]! ^= 1;
        expect(known.is(view, 2, size), `${size}, ${at}`).toBe(false);
        bytes[at]! ^= 1;
      }
    }
  });

  test('is not kept where it is long', () => {
    const client = new Client();
    const known = (size: number): boolean => [0, 1, 2].map(() => client.ask(line(`/${'p'.repeat(size - 16)}`)).notes !== undefined).at(-1)!;
    expect([known(128), known(129)]).toEqual([true, false]);
  });

  test('is read each time by who is watched', () => {
    const client = new Client({ tracer: recordingTracer().tracer });
    for (let i = 0; i < 4; i += 1) expect(client.ask(line('/watched')).notes).toBeUndefined();
  });

  test('is not driven out by what comes once', () => {
    const client = new Client();
    client.ask(line('/often'));
    for (let i = 0; i < 20_000; i += 1) {
      client.ask(line(`/once/${i}`));
      if (i % 100 === 0 && client.ask(line('/often')).notes === undefined) expect.fail(`forgotten after ${i}`);
    }
  });

  test('is not driven out by another that would have its place either, while it is asked for', () => {
    const client = new Client();
    const isKnown = (target: string): boolean => client.ask(line(target)).notes !== undefined;
    isKnown('/first');
    expect(isKnown('/first')).toBe(true);
    // Asked for twice, with nothing in between, the other one takes the place.
    const other = Array.from({ length: 200_000 }, (_, i) => `/other/${i}`).find((target) => isKnown(target) || !isKnown(target) || !isKnown('/first'))!;
    expect(other).toBeDefined();
    isKnown('/first');
    expect(isKnown('/first')).toBe(true);
    for (let i = 0; i < 5; i += 1) expect([isKnown(other), isKnown('/first')]).toEqual([false, true]);
  });

  test('any lines, in any order: the same as when they are read', () => {
    const seed = 31;
    const random = seededRandom(seed);
    const client = new Client();
    // More than there is room for, so that some share a place.
    const lines = Array.from({ length: 6000 }, (_, i) => line(`/${i.toString(36)}/${'x'.repeat(random() * 20)}?${Math.floor(random() * 1e9)}`, random() < 0.2 ? 'HEAD' : 'GET'));
    let known = 0;
    for (let run = 0; run < 40_000; run += 1) {
      const text = lines[Math.floor(random() ** 2 * lines.length)]!;
      const request = client.ask(text);
      if (request.notes !== undefined) known += 1;
      if (`${request.method} ${request.target} HTTP/1.1\r\n` !== text) expect.fail(`seed ${seed}, run ${run}: ${request.target} for ${text}`);
    }
    expect(known).toBeGreaterThan(20_000);
  });
});
