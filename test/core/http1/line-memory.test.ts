/** What a client says again is not read again: that must not show. */
import { describe, expect, test } from 'vitest';
import { Connection, type ConnectionOptions } from '../../../src/core/http1/connection.ts';
import { RemoteProtocolError } from '../../../src/core/http1/errors.ts';
import type { Request } from '../../../src/core/http1/events.ts';
import { knownNames } from '../../../src/core/http1/known-names.ts';
import { mentionsAny } from '../../../src/core/http1/mentions.ts';
import { answer } from '../../helpers/answer.ts';
import { everyCut, pieces, seededRandom } from '../../helpers/cuts.ts';
import { observe } from '../../helpers/observe.ts';
import { recordingTracer } from '../../helpers/trace.ts';

const octets = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A server that has answered everything, and the requests that it saw. */
class Conversation {
  readonly connection: Connection;
  readonly requests: Request[] = [];

  constructor(options: Partial<ConnectionOptions> = {}) {
    this.connection = new Connection({ role: 'server', ...options });
  }

  /** All requests in `text` are answered; the last one is returned, and its exchange is not over yet. */
  hear(text: string | Uint8Array): Request {
    const { connection } = this;
    if (connection.theirState === 'DONE') answer(connection);
    connection.receiveData(typeof text === 'string' ? octets(text) : text);
    for (;;) {
      const event = connection.nextEvent();
      if (event.type === 'request') this.requests.push(event);
      else if (event.type === 'end' && connection.bufferedBytes > 0) answer(connection);
      else if (event.type !== 'data') return this.requests.at(-1)!;
    }
  }
}

const fields = 'Host: a.example\r\nUser-Agent: test\r\nX-Own:  caf\xe9 \r\nAccept: */*\r\nx-own: 2\r\n\r\n';
const get = (target: string, rest = fields, version = '1.1'): string => `GET ${target} HTTP/${version}\r\n${rest}`;

/** All that can be asked of it. */
function described(request: Request): unknown {
  const { headers, span } = request;
  const lines = Array.from({ length: headers.length }, (_, i) => ({
    name: headers.name(i), lower: headers.lowerName(i), value: headers.value(i), underscore: headers.nameHasUnderscore(i),
    nameAt: headers.nameSpan(i).map((at) => at - span[0]), valueAt: headers.valueSpan(i).map((at) => at - span[0]),
  }));
  return {
    lines, list: [...headers], own: headers.getAll('x-own'), joined: headers.get('x-own'), host: headers.get('host'), none: headers.get('x-none'), has: [headers.has('accept'), headers.has('acceptx')],
    octets: String.fromCharCode(...request.octets()), method: request.method, target: request.target, version: request.version, keepAlive: request.keepAlive, expects100: request.expects100, framing: request.framing,
    targetAt: request.targetSpan.map((at) => at - span[0]), versionAt: request.versionSpan.map((at) => at - span[0]), size: span[1] - span[0],
  };
}

describe('lines that come again', () => {
  test('are known, and say the same as when they were read', () => {
    const talk = new Conversation();
    for (const target of ['/', '/a/longer/one?with=query', '/', '/%C3%A9', '/x']) {
      const request = talk.hear(get(target));
      expect(described(request)).toEqual(described(new Conversation().hear(get(target))));
      // Of many a client there is no second request.
      expect(request.headers.notes === undefined, target).toBe(talk.requests.length <= 2);
    }
  });

  test('have their place in the stream', () => {
    const talk = new Conversation();
    talk.hear(get('/first') + get('/second'));
    const { headers, span } = talk.hear(get('/2'));
    const start = get('/first').length + get('/second').length;
    expect(span).toEqual([start, start + get('/2').length]);
    expect(headers.nameSpan(1)).toEqual([start + get('/2').indexOf('User-Agent'), start + get('/2').indexOf('User-Agent') + 10]);
    expect(headers.valueSpan(2)).toEqual([start + get('/2').indexOf('caf'), start + get('/2').indexOf('caf') + 4]);
  });

  test('are the same for every way in which the segments were cut', () => {
    const input = octets([get('/'), get('/b'), get('/cc'), `POST /d HTTP/1.1\r\nContent-Length: 3\r\n${fields}abc`, `POST /e HTTP/1.1\r\nContent-Length: 3\r\n${fields}abc`, get('/f')].join(''));
    const whole = described(new Conversation().hear(input));
    let known = 0;
    for (const { name, cuts } of everyCut(input.length, 30)) {
      const talk = new Conversation();
      for (const piece of pieces(input, cuts)) talk.hear(piece);
      expect(talk.requests.length, name).toBe(6);
      expect(described(talk.requests.at(-1)!), name).toEqual(whole);
      known += talk.requests.filter(({ headers }) => headers.notes !== undefined).length;
    }
    expect(known).toBeGreaterThan(0);
  });

  test('are known behind a body, and however much was received in between', () => {
    const talk = new Conversation();
    const post = (target: string): string => `POST ${target} HTTP/1.1\r\nContent-Length: 70000\r\n${fields}${'b'.repeat(70_000)}`;
    for (const text of [post('/') + post('/0'), post('/a') + post('/b'), post('/c').repeat(5)]) {
      talk.hear(text);
      expect(described(talk.requests.at(-1)!)).toEqual(described(new Conversation().hear(text.slice(text.lastIndexOf('POST')))));
    }
    expect(talk.requests.map(({ headers }) => headers.notes !== undefined)).toEqual([false, false, true, true, true, true, true, true, true]);
  });

  test('can be read when the exchange is over, even if nobody had looked at them', () => {
    const talk = new Conversation();
    talk.hear(get('/') + get('/'));
    const third = talk.hear(get('/3'));
    talk.hear(get('/4', 'Host: b\r\n\r\n'));
    expect([...third.headers].length).toBe(5);
    // The line before them is gone, as ever.
    expect(() => third.target).toThrow('startNextCycle');
    expect(() => third.octets()).toThrow('startNextCycle');
  });

  test('have well-known names, even where they came in pieces', () => {
    const talk = new Conversation();
    for (const piece of pieces(octets(get('/')), Array.from({ length: get('/').length - 1 }, (_, i) => i + 1))) talk.hear(piece);
    for (const piece of [get('/').slice(0, 30), get('/').slice(30)]) talk.hear(piece);
    const { headers } = talk.hear(get('/'));
    expect([0, 1, 2, 3, 4].map((i) => [knownNames[headers.nameNumber(i)], headers.name(i)])).toEqual([['Host', 'Host'], ['User-Agent', 'User-Agent'], ['', 'X-Own'], ['Accept', 'Accept'], ['', 'x-own']]);
  });

  test('of a client that is watched are read each time', () => {
    const talk = new Conversation({ tracer: recordingTracer().tracer });
    for (const target of ['/', '/', '/', '/']) expect(talk.hear(get(target)).headers.notes).toBeUndefined();
  });
});

describe('what is not the same', () => {
  test.each([
    ['an octet', fields.replace('caf\xe9', 'caf\xe8')],
    ['the case of a name', fields.replace('x-own', 'X-own')],
    ['whitespace', fields.replace('X-Own:  ', 'X-Own: ')],
    ['a line less', fields.replace('Accept: */*\r\n', '')],
    ['a line more', fields.replace('\r\n\r\n', '\r\nX-More: 1\r\n\r\n')],
    ['the first octet', fields.replace('Host', 'host')],
    ['the last octet of the last line', fields.replace('x-own: 2', 'x-own: 3')],
  ])('is read: %s', (_, other) => {
    const talk = new Conversation();
    talk.hear(get('/') + get('/'));
    expect(talk.hear(get('/')).headers.notes).toBeDefined();
    expect(described(talk.hear(get('/', other)))).toEqual(described(new Conversation().hear(get('/', other))));
    // What comes instead is remembered, or the first one still is: either way it is what it says.
    for (const again of [other, fields, other, other, other, fields, fields, fields, fields]) expect(described(talk.hear(get('/', again)))).toEqual(described(new Conversation().hear(get('/', again))));
  });

  test('even where both make no number, or a zero', () => {
    // They are compared eight at a time, as numbers: what begins where does not matter, so each begins everywhere.
    for (let shift = 0; shift < 8; shift += 1) {
      const lines = (value: string): string => `Host: a\r\nX-Own: ${'p'.repeat(shift)}${value}\r\nX-Last: ${'q'.repeat(40)}\r\n\r\n`;
      const zeros = [`${'\0'.repeat(8)}`, `${'\0'.repeat(7)}\x80`, `${'\0'.repeat(7)}\x01`];
      for (const [known, other] of [['\xff'.repeat(16), `${'\xff'.repeat(15)}\xfe`], ['\xf8'.repeat(16), '\xf8'.repeat(15) + '\xf9'], ['\x80'.repeat(16), `${'\x80'.repeat(15)}\x81`]]) {
        const talk = new Conversation();
        talk.hear(get('/', lines(known!)).repeat(3));
        for (const text of [known!, other!, known!]) expect(described(talk.hear(get('/', lines(text))))).toEqual(described(new Conversation().hear(get('/', lines(text)))));
      }
      for (const zero of zeros) {
        const talk = new Conversation();
        talk.hear(get('/', lines('\x80'.repeat(8))).repeat(3));
        expect(() => talk.hear(get('/', lines(zero)))).toThrow(RemoteProtocolError);
      }
    }
  });

  test('once, does not make what was known forgotten', () => {
    const talk = new Conversation();
    talk.hear(get('/').repeat(3));
    talk.hear(get('/', 'Host: b\r\n\r\n'));
    expect(talk.hear(get('/')).headers.notes).toBeDefined();
  });

  test('each time, is remembered seldom, and not for long', () => {
    const talk = new Conversation();
    const own = (n: number): string => `Host: a\r\nX-Own: ${n}\r\n\r\n`;
    const known = (n: number): boolean => talk.hear(get('/', own(n))).headers.notes !== undefined;
    for (let n = 1; n < 16_384; n += 1) if (known(n)) expect.fail(`${n} was known`);
    // After each power of two, and from 8192 on every so many.
    talk.hear(get('/', own(16_384)));
    for (let n = 16_385; n <= 16_391; n += 1) expect(known(n)).toBe(false);
    expect([known(16_384), known(16_384), known(0), known(16_384)]).toEqual([true, true, false, true]);
    for (let n = 1; n <= 100; n += 1) expect(described(talk.hear(get('/', own(n))))).toEqual(described(new Conversation().hear(get('/', own(n)))));
    expect(known(16_384)).toBe(false);
  });

  test('at two in a row, takes the place of what was known', () => {
    const talk = new Conversation();
    talk.hear(get('/').repeat(3));
    talk.hear(get('/', 'Host: b\r\n\r\n').repeat(2));
    expect([talk.hear(get('/', 'Host: b\r\n\r\n')).headers.notes !== undefined, talk.hear(get('/')).headers.notes !== undefined]).toEqual([true, false]);
  });

  test('is a section too long to be kept for each connection', () => {
    const long = (size: number): string => `Host: a\r\nX: ${'v'.repeat(size)}\r\n\r\n`;
    const known = (size: number): boolean => {
      const talk = new Conversation();
      talk.hear(get('/', long(size)).repeat(2));
      return talk.hear(get('/', long(size))).headers.notes !== undefined;
    };
    expect([known(2032), known(2033)]).toEqual([true, false]);
  });
});

describe('RFC9112-3 and -6: what is refused is refused behind known lines too', () => {
  const refusal = (talk: Conversation, text: string): string => {
    try {
      talk.hear(text);
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      return `${error.code} ${error.span.join('-')}`;
    }
    return 'accepted';
  };

  test.each([
    ['another version', get('/2', `Transfer-Encoding: chunked\r\n${fields}`, '1.0'), `Transfer-Encoding: chunked\r\n${fields}`, '0\r\n\r\n'],
    ['a bad target', 'GET http:///2 HTTP/1.1\r\n' + fields, fields, ''],
    ['CONNECT', 'CONNECT /2 HTTP/1.1\r\n' + fields, fields, ''],
    ['an unknown version', get('/2', fields, '2.0'), fields, ''],
    ['a host that is required', get('/2', 'X: 1\r\n\r\n', '1.1'), 'X: 1\r\n\r\n', ''],
  ])('%s', (_, bad, known, body) => {
    // HTTP/1.0 needs no Host; there the connection is kept on demand.
    const first = known.includes('Host') ? get('/', known) + body : `GET / HTTP/1.0\r\nConnection: keep-alive\r\n${known}`;
    const second = known.includes('Host') ? bad : bad.replace('X: 1', 'Connection: keep-alive\r\nX: 1');
    const watched = new Conversation({ tracer: recordingTracer().tracer });
    const plain = new Conversation();
    for (const talk of [watched, plain]) talk.hear(first + first + first);
    const expected = refusal(watched, second);
    expect(expected).not.toBe('accepted');
    expect(refusal(plain, second)).toBe(expected);
  });

  test('a head that is too large because of its first line', () => {
    const limits = { maxHeadBytes: get('/123').length };
    const talk = new Conversation({ limits });
    talk.hear(get('/') + get('/'));
    expect(talk.hear(get('/123')).headers.notes).toBeDefined();
    expect(refusal(talk, get('/1234'))).toMatch(/^head-too-large/);
  });

  test('an expectation that cannot be met', () => {
    const talk = new Conversation();
    const odd = `Connection: keep-alive\r\nExpect: x\r\n${fields}`;
    // RFC9110-10.1.1-13: in HTTP/1.0 it says nothing.
    talk.hear(get('/', odd, '1.0').repeat(2));
    expect(talk.hear(get('/', odd, '1.0')).headers.notes).toBeDefined();
    expect(refusal(talk, get('/', odd, '1.1'))).toMatch(/^unknown-expectation/);
  });
});

test('RFC9110-10.1.1-14: a client that waits for 100 waits each time', () => {
  const talk = new Conversation();
  const post = `POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n${fields}`;
  for (let i = 0; i < 4; i += 1) {
    talk.hear(post);
    expect([talk.requests.at(-1)!.expects100, talk.connection.clientWaitsFor100, talk.connection.theirState]).toEqual([true, true, 'SEND_BODY']);
    talk.hear('b');
  }
  expect(talk.requests.map(({ headers }) => headers.notes !== undefined)).toEqual([false, false, true, true]);
});

test('RFC9112-7.1.2: trailers are not taken for the lines of the head, which are not remembered where there may be some', () => {
  const talk = new Conversation();
  const post = `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${fields}0\r\nHost: b\r\nX-T: 1\r\n\r\n`;
  for (let i = 0; i < 4; i += 1) expect(described(talk.hear(post))).toEqual(described(new Conversation().hear(post)));
  expect(talk.requests.map(({ headers }) => headers.notes)).toEqual([undefined, undefined, undefined, undefined]);
});

test('a question about the lines is answered once', () => {
  const asksForAccept = mentionsAny('accept');
  const asksForRange = mentionsAny('range', 'x-own');
  const talk = new Conversation();
  for (let i = 0; i < 6; i += 1) {
    const { headers } = talk.hear(get('/', i === 4 ? 'Host: a\r\nRange: x\r\n\r\n' : fields));
    expect([asksForAccept(headers), asksForRange(headers)], String(i)).toEqual([i !== 4, true]);
  }
});

test('any conversation: the same with memory and without', () => {
  const seed = 2911;
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const sections = [fields, 'Host: a\r\n\r\n', 'Host: [::1]:80\r\nCookie: a=b\r\n\r\n', `Connection: keep-alive\r\n${fields}`, `Content-Length: 2\r\n${fields}`, `Transfer-Encoding: chunked\r\n${fields}`, `Expect: 100-continue\r\nContent-Length: 2\r\n${fields}`];
  for (let run = 0; run < 300; run += 1) {
    let section = pick(sections);
    let text = '';
    for (let n = 1 + Math.floor(random() * 8); n > 0; n -= 1) {
      if (random() < 0.3) section = pick(sections);
      const body = section.includes('Content-Length') ? 'bb' : section.includes('chunked') ? '2\r\nbb\r\n0\r\n\r\n' : '';
      text += `${pick(['GET', 'POST', 'HEAD', 'CONNECT', 'X'])} ${pick(['/', '/a', '/a?b', '/', 'http://h/a', '*', 'bad'])} HTTP/1.${pick(['1', '1', '1', '0'])}\r\n${section}${body}`;
    }
    const bytes = octets(text);
    if (random() < 0.3) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    for (const cuts of [[], [Math.floor(random() * bytes.length)]]) {
      // Throws where it makes a difference whether the connection is watched, when it remembers nothing.
      expect(() => observe(bytes, cuts, { role: 'server' }), `seed ${seed}, run ${run}: ${JSON.stringify(text)}`).not.toThrow();
    }
  }
});
