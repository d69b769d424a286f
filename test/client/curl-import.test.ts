import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCommand } from '../../src/client/curl.ts';
import { importCurl } from '../../src/client/curl-import.ts';
import { latin1Bytes } from '../../src/client/latin1.ts';
import { scanRequests } from '../../src/client/scan.ts';

/** The one request of a command line that needs no note. */
function raw(text: string): string {
  const { requests, notes } = importCurl(text, { userAgent: 'curl/0' });
  expect(notes.filter(({ effect }) => effect !== 'none')).toEqual([]);
  expect(requests).toHaveLength(1);
  return requests[0]!.raw;
}

const told = (text: string): string[] => importCurl(text).notes.map(({ code, start, end }) => `${code} ${text.slice(start, end)}`);

describe('what browsers copy', () => {
  test('Chromium: Copy as cURL (bash)', () => {
    expect(raw(String.raw`curl 'http://127.0.0.1:8000/form?x=1' \
  -H 'Accept: text/html,application/xhtml+xml' \
  -H 'Accept-Language: en-GB,en;q=0.9' \
  -H 'Content-Type: application/x-www-form-urlencoded' \
  -b 'session=abc; theme=dark' \
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64)' \
  --data-raw $'name=O\'Brien&note=two\nlines' \
  --insecure`)).toBe([
      'POST /form?x=1 HTTP/1.1', 'Host: 127.0.0.1:8000', 'Cookie: session=abc; theme=dark', 'Accept: text/html,application/xhtml+xml',
      'Accept-Language: en-GB,en;q=0.9', 'Content-Type: application/x-www-form-urlencoded', 'User-Agent: Mozilla/5.0 (X11; Linux x86_64)',
      'Content-Length: 27', '', "name=O'Brien&note=two\nlines",
    ].join('\r\n'));
  });

  test('Firefox: options before and after the URL, --compressed, a method', () => {
    expect(raw(`curl --compressed 'http://example.test/items/1' --request DELETE -H 'Accept: */*' -H 'Origin: http://example.test'`)).toBe(
      'DELETE /items/1 HTTP/1.1\r\nHost: example.test\r\nUser-Agent: curl/0\r\nAccept-Encoding: deflate, gzip, br, zstd\r\nAccept: */*\r\nOrigin: http://example.test\r\n\r\n',
    );
  });

  test('Copy all as cURL: one request each', () => {
    const { requests, notes } = importCurl("curl 'http://a.test/1' ;\ncurl 'http://a.test/2' -H 'X: y' &\ncurl 'http://a.test/3'\n");
    expect(notes).toEqual([]);
    expect(requests.map(({ name, url }) => `${name} ${url}`)).toEqual(['GET /1 http://a.test/1', 'GET /2 http://a.test/2', 'GET /3 http://a.test/3']);
  });

  test('for cmd.exe: said, and what to choose instead', () => {
    const { notes } = importCurl('curl ^"http://a.test/^" ^\r\n  -H ^"Accept: */*^"');
    expect(notes[0]).toMatchObject({ code: 'cmd-quoting', effect: 'lost', start: 5 });
    expect(notes[0]!.message).toContain('bash');
  });
});

describe('the shell', () => {
  test.each([
    [String.raw`curl "http://h/" -d "a \"b\" \\ \x \$5"`, String.raw`a "b" \ \x $5`],
    [String.raw`curl http://h/ -d a\ b\'c`, "a b'c"],
    [String.raw`curl http://h/ -d 'a'"b"c$'\x64\145\u00e9'`, 'abcde\xc3\xa9'],
    ['curl http://h/ -d é', '\xc3\xa9'],
    [String.raw`curl http://h/ -d $'\U1F418\cA\q'`, '\xf0\x9f\x90\x98\x01\\q'],
    ['$ curl http://h/ -d prompt # a comment', 'prompt'],
    ['curl http://h/ \\\r\n -d windows', 'windows'],
    ["curl http://h/ -d ''", ''],
  ])('%s', (line, body) => {
    expect(raw(line).split('\r\n\r\n')[1]).toBe(body);
  });

  test.each([
    ['curl http://h/$ID', ['expansion $ID']],
    ['curl "http://h/$(date)"', ['expansion $(']],
    ['curl http://h/ -d `id`', ['expansion `', 'expansion `']],
    ["curl 'http://h/", ["unterminated '"]],
    ['curl http://h/ > out.txt 2>/dev/null', ['output > out.txt', 'output 2>/dev/null']],
    ['curl http://h/ -d @- < in.txt', ['file -d @-', 'input < in.txt']],
    ['curl http://h/?a=1&b=2', ['not-curl b=2']],
    ['curl http://h/ | jq .', ['output jq']],
    ['wget http://h/', ['not-curl wget']],
    ['', ['no-command ']],
  ])('%s: said where it stands', (line, notes) => {
    expect(told(line)).toEqual(notes);
  });
});

describe('options', () => {
  test('an unknown one is named, and nothing else is lost', () => {
    const { requests, notes } = importCurl('curl --frobnicate -H "X: 1" http://h/');
    expect(notes).toEqual([{ code: 'unknown-option', effect: 'lost', subject: '--frobnicate', start: 5, end: 17, message: 'curl has no option --frobnicate.' }]);
    expect(requests[0]!.raw).toContain('\r\nX: 1\r\n');
  });

  test('every option that changes no byte is named too, with its value', () => {
    expect(told('curl -sSLk -o /dev/null --max-time 5 http://h/')).toEqual(['no-bytes -sSLk', 'no-bytes -sSLk', 'no-bytes -sSLk', 'no-bytes -sSLk', 'no-bytes -o /dev/null', 'no-bytes --max-time 5']);
  });

  test.each([
    ['-T file http://h/', ['option-not-supported -T file']],
    ['--digest -u a:b http://h/', ['option-not-supported --digest']],
    ['-d @data.json http://h/', ['file -d @data.json']],
    ['-F f=@photo.png http://h/', ['file -F f=@photo.png']],
    ['-b jar.txt http://h/', ['file -b jar.txt']],
    ['-H @fields http://h/', ['file -H @fields']],
    ['-H nocolon http://h/', ['bad-field -H nocolon']],
    ['-F novalue http://h/', ['bad-part -F novalue']],
    ['-u me http://h/', ['password -u me']],
    ['--http2 https://h/', ['other-version --http2', 'other-scheme https://h/']],
    ['-d x -F a=b http://h/', ['conflict -F a=b']],
    ['-I -d x http://h/', ['conflict -I']],
    ["'http://h/a b'", ["bad-url 'http://h/a b'"]],
    ['ftp://h/', ['bad-url ftp://h/']],
    ['http://h/{a,b}', ['glob http://h/{a,b}']],
    ['-H', ['no-url curl', 'value-missing -H']],
    ['-d x', ['no-url curl']],
  ])('curl %s', (rest, notes) => {
    expect(told(`curl ${rest}`)).toEqual(notes);
  });

  test('--next begins again; several URLs share their options', () => {
    const { requests } = importCurl('curl -d a http://h/1 http://h/2 --next http://h/3');
    expect(requests.map(({ name }) => name)).toEqual(['POST /1', 'POST /2', 'GET /3']);
  });

  test('octets above 127: escaped in the path, as they are in the query', () => {
    expect(raw('curl http://h/é?a=ü')).toContain('GET /%c3%a9?a=\xc3\xbc HTTP/1.1');
  });

  test('a value of one octet A0, a no-break space in latin-1, is a value', () => {
    expect(raw("curl -H $'X-A: \\xa0' http://h/")).toContain('X-A: \xa0\r\n');
    expect(raw("curl -H 'X-A: \t ' http://h/")).not.toContain('X-A');
    expect(raw("curl -H 'X-A; ' http://h/")).toContain('X-A:\r\n');
  });

  test('IPv6 and [brackets] of a host are no globs', () => {
    expect(raw('curl http://[::1]:8000/')).toContain('Host: [::1]:8000\r\n');
  });
});

test('any text: no exception, and every note lies within it', () => {
  const words = fc.constantFrom('curl ', '-d ', "'", '"', '$', '\\', '\n', '|', '>', '<', '-H ', 'http://h/', '@', '=', ';', '--json ', '-F ', 'printf ', '%', 'é', '--', '&', '^"', '2', '{', '[', 'u\\', '#');
  fc.assert(
    fc.property(fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')), (text) => {
      for (const { start, end } of importCurl(text).notes) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
      for (const request of importCurl(`curl ${text}`).requests) expect(request.raw).not.toMatch(/[^\0-\xff]/u);
    }),
    { numRuns: 2000 },
  );
});

describe('our own export comes back as the same request', () => {
  const server = { host: '127.0.0.1', port: 8000 };
  const token = fc.string({ unit: fc.constantFrom(...'abcXYZ-_09'), minLength: 1, maxLength: 8 });
  const octets = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 40 });
  const value = fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 12 });
  const target = fc.string({ unit: fc.constantFrom(...'ab/.?&=%$\'"[]{}*!~;'), maxLength: 12 }).map((rest) => `/${rest.replaceAll('%', '%25')}`);

  test('well formed ones, by curl', () => {
    fc.assert(
      fc.property(fc.constantFrom('GET', 'POST', 'M-SEARCH'), target, fc.array(fc.tuple(token.map((name) => `X-${name}`), value), { maxLength: 4 }), fc.option(octets), (method, path, fields, body) => {
        const lines = [`${method} ${path} HTTP/1.1`, 'Host: h.test', ...fields.map(([name, text]) => `${name}: ${text}`), ...(body === null ? [] : [`Content-Length: ${body.length}`])];
        const original = `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
        const exported = toCommand(latin1Bytes(original), server);
        expect(exported.tool).toBe('curl');
        const { requests, notes } = importCurl(exported.command);
        expect(notes.filter(({ effect, subject }) => effect !== 'none' && subject !== '-i')).toEqual([]);
        const [back] = scanRequests(latin1Bytes(requests[0]!.raw)).requests;
        const [sent] = scanRequests(latin1Bytes(original)).requests;
        expect(back).toMatchObject({ method: sent!.method, target: sent!.target, fields: expect.arrayContaining([...sent!.fields]) });
        expect(back!.fields).toHaveLength(sent!.fields.length);
        expect(requests[0]!.raw.slice(back!.head[1])).toBe(body ?? '');
      }),
      { numRuns: 300 },
    );
  });

  test('any other bytes, by nc: octet for octet', () => {
    fc.assert(
      fc.property(octets, (bytes) => {
        const { tool, command } = toCommand(latin1Bytes(`GET / HTTP/1.1\n${bytes}`), server);
        expect(tool).toBe('nc');
        expect(importCurl(command)).toMatchObject({ requests: [{ raw: `GET / HTTP/1.1\n${bytes}`, url: '127.0.0.1:8000' }], notes: [] });
      }),
      { numRuns: 300 },
    );
  });
});
