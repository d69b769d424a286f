import { spawn, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinOctets } from '../../src/basics/join.ts';
import { toCommand } from '../../src/client/curl.ts';
import { scanRequests } from '../../src/client/scan.ts';
import { printfCommand, shellWord } from '../../src/client/shell.ts';

const server = { host: '127.0.0.1', port: 8000 };
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const command = (text: string): string => toCommand(latin1(text), server).command;

test('a plain GET', () => {
  expect(command('GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: me\r\nAccept: */*\r\n\r\n')).toBe(
    "curl -i 'http://127.0.0.1:8000/a?b=c' \\\n  -H 'User-Agent: me' \\\n  -H 'Accept: */*'",
  );
});

test('fields that curl would add are taken away, an empty one is kept', () => {
  expect(command('POST / HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nContent-Length: 2\r\n\r\n@x')).toBe(
    "curl -i http://127.0.0.1:8000/ \\\n  -H 'Host: h' \\\n  -H 'X-Empty;' \\\n  -H 'User-Agent:' \\\n  -H 'Accept:' \\\n  -H 'Content-Type:' \\\n  --data-raw @x",
  );
});

test.each([
  ['a broken rule', 'GET / HTTP/1.1\nHost: h\n\n', 'A line ends in LF without CR'],
  ['two requests', 'GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n', 'one request at a time'],
  ['CONNECT', 'CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n', 'proxy'],
  ['trailers', 'POST / HTTP/1.1\r\nHost: h\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n\r\n', 'trailers'],
])('%s: nc, and why', (_name, text, reason) => {
  const result = toCommand(latin1(text), server);
  expect(result.tool).toBe('nc');
  expect(result.reason).toContain(reason);
  expect(result.command).toMatch(/^printf '.*' \| nc 127\.0\.0\.1 8000$/);
});

describe('in a real shell', () => {
  const inBash = (script: string): Uint8Array => new Uint8Array(spawnSync('bash', ['-c', script], { encoding: 'buffer' }).stdout);

  test('printf takes no hyphen at the beginning for an option', () => {
    expect(inBash(printfCommand(Uint8Array.of(0x2d, 0x2d, 0x31)))).toEqual(Uint8Array.of(0x2d, 0x2d, 0x31));
  });

  test('shellWord and printfCommand give the octets back', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0x27, 0x5c, 0x25, 0x24, 0x21, 0x0a, 0x37)), { maxLength: 30 }), (octets) => {
        const bytes = Uint8Array.from(octets);
        // printf %s writes its argument as it is; a final newline would be lost by $( ), so none is used.
        expect(inBash(`LC_ALL=C printf %s ${shellWord(bytes)}`)).toEqual(bytes);
        const withNul = joinOctets([bytes, Uint8Array.of(0, 0x31), bytes]);
        expect(inBash(printfCommand(withNul))).toEqual(withNul);
      }),
      { numRuns: 40 },
    );
  });
});

/** Run `script` in bash and give what the first connection to `port` sent, up to the end of one request. */
async function capture(make: (port: number) => string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      parts.push(bytes);
      const scan = scanRequests(joinOctets(parts));
      if (!scan.failure && scan.requests.length > 0) socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const child = spawn('bash', ['-c', make((listener.address() as AddressInfo).port)], { stdio: 'ignore', env: { PATH: process.env['PATH'], LC_ALL: 'C' } });
  await new Promise((resolve) => child.on('close', resolve));
  await new Promise((resolve) => listener.close(resolve));
  return joinOctets(parts);
}

const hasCurl = spawnSync('curl', ['--version']).status === 0;

describe.runIf(hasCurl)('curl sends the same request', () => {
  const cases: Record<string, string> = {
    'a GET': 'GET /a%20b?x=1&y=2 HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n\r\n',
    'many fields, twice the same, an empty one': "GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: it's \"2\"\r\nX-Empty:\r\nCookie: a=$b; c=`d`\r\n\r\n",
    'octets above 127': 'GET / HTTP/1.1\r\nHost: h\r\nX-Name: caf\xe9\r\n\r\n',
    'dot segments, brackets and braces': 'GET /a/../b/./[1-3]/{x,y} HTTP/1.1\r\nHost: h\r\n\r\n',
    'absolute-form': 'GET http://other/path?q HTTP/1.1\r\nHost: other\r\n\r\n',
    'asterisk-form': 'OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n',
    'a path that begins with //': 'GET //double HTTP/1.1\r\nHost: h\r\n\r\n',
    'a form': 'POST /form HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\na=1&b=%20%0',
    'a body with quotes, line ends and controls': "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n'a'\r\n\x01\xff\\n$!",
    'a body with NUL': 'PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na\0%\0b',
    'a body that looks like a file name': 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\n\r\n@/etc/passwd',
    'an empty body': 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n',
    'a chunked body': 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n',
    'a method of its own': 'M-SEARCH / HTTP/1.1\r\nHost: h\r\n\r\n',
    'DELETE with a body': 'DELETE /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx',
    HEAD: 'HEAD / HTTP/1.1\r\nHost: h\r\n\r\n',
    'HTTP/1.0': 'GET / HTTP/1.0\r\n\r\n',
  };

  /** What must be the same. curl may put Content-Length elsewhere, and chooses its own chunks. */
  const essence = (bytes: Uint8Array) => {
    const [request] = scanRequests(bytes).requests;
    const framed = request!.fields.filter(([name]) => name.toLowerCase() === 'content-length');
    return {
      line: [request!.method, request!.target, request!.version],
      fields: request!.fields.filter(([name]) => !['content-length', 'host'].includes(name.toLowerCase())).map(([name, value]) => `${name}: ${value}`),
      host: request!.fields.filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value),
      framed: framed.map(([, value]) => value),
      content: request!.framing.kind === 'chunked' ? request!.contentLength : [...bytes.subarray(request!.head[1])],
    };
  };

  test.each(Object.entries(cases))('%s', async (_name, text) => {
    const bytes = latin1(text);
    const sent = await capture((port) => {
      const { tool, command: script } = toCommand(bytes, { host: '127.0.0.1', port });
      expect(tool).toBe('curl');
      return script;
    });
    expect(essence(sent)).toEqual(essence(bytes));
  });
});

