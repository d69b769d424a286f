import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { lintRequest } from '../../src/client/lint.ts';
import { RequestScanner, scanRequests } from '../../src/client/scan.ts';
import { ascii } from '../net/collect.ts';

const lint = (text: string) => lintRequest(ascii(text));

describe('lintRequest', () => {
  test('a whole request', () => {
    expect(lint('POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 3\r\n\r\nabc')).toEqual({
      verdict: 'ok',
      ignored: 0,
      requests: [{
        exchange: 1, method: 'POST', target: '/a%20b?x=1', version: '1.1', keepAlive: true,
        fields: [['Host', 'h'], ['X-Twice', '1'], ['X-Twice', '2'], ['Content-Length', '3']],
        framing: { kind: 'content-length', length: 3 }, head: [0, 80], contentLength: 3, end: 83,
      }],
    });
  });

  test('several requests, the last of which closes', () => {
    const report = lint('GET /1 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /3 HTTP/1.1\r\n');
    expect(report.requests.map(({ exchange, method, keepAlive }) => [exchange, method, keepAlive])).toEqual([[1, 'GET', true], [2, 'HEAD', false]]);
    expect([report.verdict, report.ignored]).toEqual(['ok', 17]);
  });

  test('chunked: content is counted without its framing', () => {
    expect(lint('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n').requests[0]).toMatchObject({ contentLength: 5, framing: { kind: 'chunked' } });
  });

  test('CONNECT and Upgrade do not stop the reading', () => {
    const report = lint('CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n');
    expect([report.verdict, report.requests.length]).toEqual(['ok', 3]);
  });

  test.each([
    ['', 'empty', undefined],
    ['\r\n', 'empty', undefined],
    ['GET / HTTP/1.1\r\nHost: h\r\n', 'incomplete', 'incomplete-head'],
    ['POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc', 'incomplete', 'incomplete-body'],
    ['GET / HTTP/1.1\nHost: h\n\n', 'refused', 'bare-lf'],
    ['GET / HTTP/1.1\r\n\r\n', 'refused', 'host-missing'],
    ['GET /a b HTTP/1.1\r\nHost: h\r\n\r\n', 'refused', 'bad-version'],
    ['POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n', 'refused', 'te-and-cl'],
  ])('%j: %s', (text, verdict, code) => {
    const report = lint(text);
    expect([report.verdict, report.problem?.facts.code]).toEqual([verdict, code]);
  });

  test('the place of the problem is an offset into what was given', () => {
    const { problem } = lint('GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nBad Name: x\r\n\r\n');
    expect(problem!.span[0]).toBe(27 + 16 + 3);
  });

  test('limits are those of the server', () => {
    expect(lintRequest(ascii('GET /long HTTP/1.1\r\nHost: h\r\n\r\n'), { maxRequestLineBytes: 10 }).problem?.facts.status).toBe(414);
  });

  test('any bytes get a verdict', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const report = lintRequest(bytes);
      expect(report.problem === undefined).toBe(report.verdict === 'ok' || report.verdict === 'empty');
    }));
  });
});

test('a scanner says the same whatever the pieces', () => {
  const text = 'POST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n\r\nGET /2 HTTP/1.0\r\n\r\nrest';
  const whole = scanRequests(ascii(text));
  for (let size = 1; size < text.length; size += 1) {
    const scanner = new RequestScanner();
    for (let at = 0; at < text.length; at += size) scanner.push(ascii(text.slice(at, at + size)));
    scanner.end();
    expect([scanner.requests, scanner.failure, scanner.ignored]).toEqual([whole.requests, whole.failure, whole.ignored]);
  }
  expect(whole.requests.map(({ end }) => end)).toEqual([text.indexOf('\r\nGET'), text.length - 4]);
});

test('midway tells that an answer is due for something not yet complete', () => {
  const scanner = new RequestScanner();
  const steps = ['GET / HT', 'TP/1.1\r\nHost: h\r\n\r\n', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n', 'x'].map((piece) => {
    scanner.push(ascii(piece));
    return [scanner.midway, scanner.exchange];
  });
  expect(steps).toEqual([[true, 1], [false, 2], [true, 2], [false, 3]]);
});
