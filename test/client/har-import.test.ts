import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importHar, type HarImport } from '../../src/client/har-import.ts';
import { latin1Bytes } from '../../src/client/latin1.ts';
import { scanRequests } from '../../src/client/scan.ts';

const har = (...requests: readonly unknown[]): HarImport => importHar(JSON.stringify({ log: { version: '1.2', creator: {}, entries: requests.map((request) => ({ request })) } }));
const codes = ({ notes }: HarImport): string[] => notes.map(({ code, subject }) => `${code} ${subject}`.trim());
const fields = (value: Record<string, string>): { name: string; value: string }[] => Object.entries(value).map(([name, text]) => ({ name, value: text }));

test('a Chromium entry over HTTP/2: pseudo-fields go, Host comes from the URL', () => {
  const result = har({
    method: 'GET', url: 'https://example.test/a/../b?q=%20x#frag', httpVersion: 'h2', cookies: [], queryString: [],
    headers: fields({ ':authority': 'example.test', ':method': 'GET', ':path': '/a/../b?q=%20x', ':scheme': 'https', accept: '*/*', cookie: 'a=b' }),
  });
  expect(result.requests).toEqual([{
    entry: 0, name: 'GET /a/../b?q=%20x', url: 'https://example.test/a/../b?q=%20x#frag',
    raw: 'GET /a/../b?q=%20x HTTP/1.1\r\nHost: example.test\r\naccept: */*\r\ncookie: a=b\r\n\r\n',
  }]);
  expect(codes(result)).toEqual([
    'other-scheme https://example.test/a/../b?q=%20x#frag', 'pseudo-field :authority', 'pseudo-field :method', 'pseudo-field :path', 'pseudo-field :scheme', 'host-added example.test', 'other-version h2',
  ]);
  expect(result.notes.every(({ entry, message }) => entry === 0 && message.length > 10)).toBe(true);
});

test('a Firefox entry over HTTP/1.1 is taken as it is', () => {
  const result = har({
    method: 'POST', url: 'http://127.0.0.1:8000/form', httpVersion: 'HTTP/1.1',
    headers: fields({ Host: '127.0.0.1:8000', 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '12' }),
    postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'name', value: 'é' }], text: 'name=%C3%A9\n' },
  });
  expect(result).toEqual({ notes: [], requests: [expect.objectContaining({
    raw: 'POST /form HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 12\r\n\r\nname=%C3%A9\n',
  })] });
});

describe('bodies', () => {
  const post = (headers: Record<string, string>, postData?: unknown): HarImport => har({ method: 'POST', url: 'http://h/', httpVersion: 'HTTP/1.1', headers: fields({ Host: 'h', ...headers }), postData });
  const body = (result: HarImport): string => result.requests[0]!.raw.split('\r\n\r\n').slice(1).join('\r\n\r\n');

  test('text is written as UTF-8, and Content-Length counts octets', () => {
    const result = post({}, { mimeType: 'text/plain', text: 'é' });
    expect(body(result)).toBe('\xc3\xa9');
    expect(result.requests[0]!.raw).toContain('Content-Length: 2\r\n');
    expect(codes(result)).toEqual(['length-added 2']);
  });

  test('a length that is not that of the body is corrected', () => {
    expect(codes(post({ 'Content-Length': '99' }, { mimeType: 'text/plain', text: 'abc' }))).toEqual(['length-corrected 99']);
  });

  test('a body that the file does not hold is reported, and the request is still whole', () => {
    const result = post({ 'content-length': '99' });
    expect(codes(result)).toEqual(['body-missing 99']);
    expect(result.requests[0]!.raw).toContain('content-length: 0\r\n');
  });

  test('base64', () => {
    expect(body(post({ 'Content-Length': '3' }, { mimeType: 'x/y', text: 'AP/+', _encoding: 'base64' }))).toBe('\x00\xff\xfe');
  });

  test('chunked', () => {
    const result = post({ 'Transfer-Encoding': 'chunked' }, { mimeType: 'text/plain', text: 'hello world' });
    expect(body(result)).toBe('b\r\nhello world\r\n0\r\n\r\n');
    expect(codes(result)).toEqual(['chunked-again']);
  });

  test('parameters without text', () => {
    expect(body(post({ 'Content-Length': '9' }, { mimeType: 'application/x-www-form-urlencoded', params: fields({ 'a b': 'c&d' }) }))).toBe('a%20b=c%26d');
    const form = post({ 'Content-Type': 'multipart/form-data; boundary=old' }, { mimeType: 'multipart/form-data', params: [{ name: 'a', value: 'b' }, { name: 'f', fileName: 'x.png', contentType: 'image/png' }] });
    expect(body(form)).toContain('Content-Disposition: form-data; name="a"\r\n\r\nb\r\n');
    expect(codes(form)).toContain('file x.png');
    const [boundary] = /boundary=(\S+)/.exec(form.requests[0]!.raw)!.slice(1);
    expect(body(form)).toContain(`--${boundary}--`);
    expect(form.requests[0]!.raw).not.toContain('old');
  });
});

test('cookies that are only in the list', () => {
  const result = har({ method: 'GET', url: 'http://h/', headers: fields({ Host: 'h' }), cookies: fields({ a: '1', b: '2' }) });
  expect(result.requests[0]!.raw).toContain('\r\nCookie: a=1; b=2\r\n');
});

test.each([
  ['not JSON', '{', ['not-har it is not JSON']],
  ['no log', '{}', ['not-har it has no log.entries']],
  ['entries that are none', '{"log":{"entries":[null,{"request":{}},{"request":{"method":"GET","url":"about:blank"}},{"request":{"method":"G T","url":"http://h/"}}]}}',
    ['bad-entry there is none', 'bad-entry its method is not one', 'bad-entry its URL is not one of HTTP', 'bad-entry its method is not one']],
  ['a field of two lines', '\ufeff{"log":{"entries":[{"request":{"method":"GET","url":"http://h/","headers":[{"name":"X","value":"a\\r\\nY: b"},{"name":"Host","value":"h"}]}}]}}', ['bad-field X']],
])('%s', (_name, json, said) => {
  expect(codes(importHar(json))).toEqual(said);
});

test('whatever an entry says, what comes out is one request that our own parser takes, or a note', () => {
  const word = fc.string({ maxLength: 12 });
  const entry = fc.record({
    method: fc.constantFrom('GET', 'POST', 'X'),
    url: fc.oneof(word.map((rest) => `http://h.test/${rest.replaceAll(/[\\^`{}|"<>]/g, '')}`), fc.constant('http://h.test')),
    httpVersion: fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'h2', 'unknown', ''),
    headers: fc.array(fc.record({ name: fc.constantFrom('X-A', 'x-b', ':path', 'Cookie', 'bad name', ''), value: word }), { maxLength: 5 }),
    postData: fc.option(fc.record({ mimeType: fc.constantFrom('text/plain', 'multipart/form-data'), text: fc.option(word), params: fc.array(fc.record({ name: word, value: word }), { maxLength: 2 }) })),
  });
  fc.assert(
    fc.property(entry, (request) => {
      const { requests } = har(request);
      for (const { raw } of requests) {
        expect(raw).not.toMatch(/[^\0-\xff]/u);
        const scan = scanRequests(latin1Bytes(raw));
        // Controls in a value are the entry's own mistake: they are for the parser to refuse, not for the import to hide.
        // oxlint-disable-next-line no-control-regex
        if (request.headers.some(({ value }) => /[\0-\x08\x0a-\x1f\x7f]/.test(value))) continue;
        expect(scan.failure).toBeUndefined();
        expect(scan.requests).toHaveLength(1);
        expect(scan.requests[0]!.end).toBe(raw.length);
      }
    }),
    { numRuns: 1000 },
  );
});
