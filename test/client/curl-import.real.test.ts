/** The import is compared with what the curl of this machine sends: request line, field lines and body, octet for octet. */
import { spawn, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { joinOctets } from '../../src/basics/join.ts';
import { importCurl } from '../../src/client/curl-import.ts';
import { latin1Text } from '../../src/client/latin1.ts';
import { scanRequests } from '../../src/client/scan.ts';

const version = /^curl (\S+)/.exec(spawnSync('curl', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];

/** Run a command line in bash; what arrives at `PORT`, as latin-1, up to the end of one request. */
async function sentBy(make: (port: number) => string): Promise<string> {
  const parts: Uint8Array[] = [];
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      parts.push(bytes);
      const scan = scanRequests(joinOctets(parts));
      if (scan.failure?.facts.code.startsWith('incomplete-') === true) return;
      socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const child = spawn('bash', ['-c', make((listener.address() as AddressInfo).port)], { stdio: 'ignore', env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } });
  await new Promise((resolve) => child.on('close', resolve));
  await new Promise((resolve) => listener.close(resolve));
  return latin1Text(joinOctets(parts));
}

/** curl's boundary is random: the same in both. */
const sameBoundary = (raw: string): string => raw.replaceAll(/-{24}\w{16,22}/g, '------------------------BOUNDARY').replace(/Content-Length: \d+(?=\r\nContent-Type: multipart)/, 'Content-Length: …');

/** The order of what curl says by itself differs between its versions (7.88 puts Content-Length before Content-Type). */
const parts = (raw: string): unknown => {
  const [head = '', ...body] = sameBoundary(raw).split('\r\n\r\n');
  const [line, ...fields] = head.split('\r\n');
  return { line, fields: fields.toSorted(), body };
};

describe.runIf(version !== undefined)(`curl ${version}`, () => {
  test.each([
    'http://127.0.0.1:PORT',
    'http://127.0.0.1:PORT?x=1',
    'http://127.0.0.1:PORT/p?q#fragment',
    'http://127.0.0.1:PORT/a/../b/./c/..',
    'http://127.0.0.1:PORT/../../x/.',
    '--path-as-is http://127.0.0.1:PORT/a/../b',
    "-g 'http://127.0.0.1:PORT/[1]{2}|\"<>'",
    "-u a:b -A me -e http://ref/ -b 'x=1; y=2' -H 'X-A: 1' -H 'Accept: q' -d a=1 -d b=2 http://127.0.0.1:PORT/p",
    'http://user:p%40ss@127.0.0.1:PORT/',
    "--oauth2-bearer token -H 'Cookie: a=1' -b b=2 http://127.0.0.1:PORT/",
    "--json '{\"a\":1}' --json '{\"b\":2}' -H 'X-Last: 1' http://127.0.0.1:PORT/",
    "--json '{}' -H 'Content-Type: application/ld+json' http://127.0.0.1:PORT/",
    "-d '' http://127.0.0.1:PORT/",
    '-X POST http://127.0.0.1:PORT/',
    '-XPUT -dx -HContent-Type:t/x http://127.0.0.1:PORT/',
    '-I http://127.0.0.1:PORT/',
    '-0 http://127.0.0.1:PORT/',
    "-0 -X PUT -d x -H 'Content-Type: t/x' http://127.0.0.1:PORT/",
    '-r 0-9 http://127.0.0.1:PORT/',
    "-H 'Transfer-Encoding: chunked' -d hello http://127.0.0.1:PORT/",
    "-H 'Host: other' -H 'X-Empty;' -H 'User-Agent:' http://127.0.0.1:PORT/",
    "-H 'Host:' -H 'Accept:' http://127.0.0.1:PORT/",
    "-H 'A:  spaced  ' -H 'B:' -H 'C;' -H 'Accept;' http://127.0.0.1:PORT/",
    "-A '' -e '' -b '' http://127.0.0.1:PORT/",
    "-e ';auto' http://127.0.0.1:PORT/",
    "--request-target '*' -X OPTIONS http://127.0.0.1:PORT/",
    "-G -d a=1 -d 'b=2' http://127.0.0.1:PORT/s?z=9",
    '-G -I -d a=1 http://127.0.0.1:PORT/s',
    "--data-urlencode 'a b=ü~*!' --data-urlencode '=q&r' --data-urlencode 'plain&t' --data-raw @x http://127.0.0.1:PORT/",
    "--data-binary $'two\\nlines' http://127.0.0.1:PORT/",
    "-F a=1 -F 'b=two;type=text/x' --form-string 'c=@x;y' -F 'd=\"q;uo\";filename=f.txt' http://127.0.0.1:PORT/",
    "-F 'a=\"x' -F 'we\"ird\\=1' -F '=nameless' http://127.0.0.1:PORT/",
    "-F 'x=1;headers=\"X-Y: 1\"' -H 'Content-Type: multipart/form-data' http://127.0.0.1:PORT/",
    "--tr-encoding -H 'Connection: close' -H 'Referer: a' http://127.0.0.1:PORT/",
    '--tr-encoding http://127.0.0.1:PORT/',
  ])('curl %s', async (line) => {
    let port = 0;
    const sent = await sentBy((free) => {
      port = free;
      return `curl -s ${line.replace('PORT', String(free))}`;
    });
    const { requests, notes } = importCurl(`curl ${line.replace('PORT', String(port))}`, { userAgent: `curl/${version}` });
    expect(notes.filter(({ effect }) => effect !== 'none')).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(parts(requests[0]!.raw)).toEqual(parts(sent));
  });
});
