/** Programs are run, and what arrives is compared with the request that they were written for. */
import { spawn, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { joinOctets } from '../../../src/basics/join.ts';
import { latin1Bytes, latin1Text } from '../../../src/client/latin1.ts';
import { contentOf } from '../../../src/client/request-content.ts';
import { scanRequests } from '../../../src/client/scan.ts';
import { toFetchCode } from '../../../src/playground/export/fetch-code.ts';
import { jsOctets, jsString, lineByLine } from '../../../src/playground/export/literals.ts';
import type { Program, ProgramServer } from '../../../src/playground/export/program.ts';
import { toPythonCode } from '../../../src/playground/export/python-code.ts';

type Writer = (bytes: Uint8Array, server: ProgramServer) => Program;

/** Run the program for `raw`; what the server got. */
async function run(write: Writer, command: readonly [string, ...string[]], raw: string): Promise<{ sent: Uint8Array; program: Program }> {
  const parts: Uint8Array[] = [];
  const listener = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      parts.push(bytes);
      const failure = scanRequests(joinOctets(parts)).failure?.facts.code;
      if (failure?.startsWith('incomplete-') !== true || raw.length === joinOctets(parts).length) socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const program = write(latin1Bytes(raw), { host: '127.0.0.1', port: (listener.address() as AddressInfo).port });
  const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: process.env['HOME'] } });
  let errors = '';
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
  child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  child.stdin.end(program.code);
  await new Promise((resolve) => child.on('close', resolve));
  await new Promise((resolve) => listener.close(resolve));
  expect(errors).toBe('');
  expect(output).toMatch(/ok\s*$/);
  return { sent: joinOctets(parts), program };
}

/** What must be the same: everything but the fields that the program names as differing, and Content-Length where it counts by itself. */
function essence(bytes: Uint8Array, differing: readonly string[]): unknown {
  const [request] = scanRequests(bytes).requests;
  const left = new Set([...differing.map((name) => name.toLowerCase()), 'content-length', 'transfer-encoding', 'host']);
  return {
    line: [request!.method, request!.target],
    fields: request!.fields.filter(([name]) => !left.has(name.toLowerCase())).map(([name, value]) => `${name.toLowerCase()}: ${value}`).toSorted(),
    content: latin1Text(contentOf(bytes, request!)),
  };
}

const requests: Record<string, string> = {
  'a GET': 'GET /a%20b?x=1&y=2 HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\nX-Quote: it\'s "\\n"\r\n\r\n',
  'a form': 'POST /form HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\na=1&b=%20%0',
  'text beyond ASCII': 'PUT / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\n\xc3\xa9\r\n\t\'"\\\xe2\x82\xac',
  'octets that are no text': 'POST / HTTP/1.1\r\nHost: h\r\nContent-Type: x/y\r\nContent-Length: 6\r\n\r\n\0\xff\x80\n1\'',
  'a byte order mark': 'POST / HTTP/1.1\r\nHost: h\r\nContent-Type: x/y\r\nContent-Length: 4\r\n\r\n\xef\xbb\xbfa',
  'an empty body': 'POST / HTTP/1.1\r\nHost: h\r\nContent-Type: x/y\r\nContent-Length: 0\r\n\r\n',
  'a chunked body': 'POST / HTTP/1.1\r\nHost: h\r\nContent-Type: x/y\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n',
  'a method of its own': 'REPORT / HTTP/1.1\r\nHost: h\r\nContent-Type: x/y\r\nContent-Length: 1\r\n\r\nx',
  'a field value beyond ASCII': 'GET / HTTP/1.1\r\nHost: h\r\nX-Name: caf\xe9\r\n\r\n',
  'DELETE with cookies': 'DELETE /1 HTTP/1.1\r\nHost: h\r\nCookie: a=1; b="2"\r\n\r\n',
};

const odd: Record<string, [raw: string, obstacle: string]> = {
  'bare LF': ['GET / HTTP/1.1\nHost: h\n\n', 'refused'],
  'two requests': ['GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n', 'several'],
  'HTTP/1.0': ['GET / HTTP/1.0\r\n\r\n', 'version'],
  'dot segments': ['GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n', 'target'],
  'asterisk-form': ['OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n', 'target'],
  trailers: ['POST / HTTP/1.1\r\nHost: h\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n\r\n', 'trailers'],
};

describe.each<[string, Writer, readonly [string, ...string[]], boolean]>([
  ['fetch', toFetchCode, [process.execPath, '--input-type=module', '-'], true],
  ['Python requests', toPythonCode, ['python3', '-'], spawnSync('python3', ['-c', 'import requests']).status === 0],
])('%s', (_name, write, command, there) => {
  test.runIf(there).each(Object.entries(requests))('%s', async (_title, raw) => {
    const { sent, program } = await run(write, command, raw);
    expect(program.tool).not.toBe('socket');
    expect(essence(sent, program.differing)).toEqual(essence(latin1Bytes(raw), program.differing));
  });

  test.runIf(there).each(Object.entries(odd))('%s: by a socket, octet for octet', async (_title, [raw, obstacle]) => {
    const { sent, program } = await run(write, command, raw);
    expect(program).toMatchObject({ tool: 'socket', obstacle });
    expect(latin1Text(sent)).toBe(raw);
  });
});

test.each([
  ['GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx', 'body'],
  ['TRACE / HTTP/1.1\r\nHost: h\r\n\r\n', 'method'],
  ['get / HTTP/1.1\r\nHost: h\r\n\r\n', 'method'],
  ['GET / HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'field'],
])('what fetch refuses: %j', (raw, obstacle) => {
  expect(toFetchCode(latin1Bytes(raw), { host: 'h', port: 1 }).obstacle).toBe(obstacle);
});

test('fields that differ are named', () => {
  const raw = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-A: 1\r\nX-A: 2\r\n\r\n';
  expect(toFetchCode(latin1Bytes(raw), { host: 'h', port: 1 }).differing).toEqual(expect.arrayContaining(['Connection', 'User-Agent', 'x-a']));
  const python = toPythonCode(latin1Bytes(raw), { host: 'h', port: 1 });
  expect(python.differing).toEqual(expect.arrayContaining(['User-Agent', 'X-A']));
  expect(python.code).toContain("'X-A': b'1, 2'");
});

test('literals mean what they stand for', () => {
  const all = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
  // oxlint-disable-next-line no-eval
  expect(eval(jsOctets(all))).toBe(all);
  const text = `${all}\u2028\u200b\u{1f418}\ud800'\\`;
  // oxlint-disable-next-line no-eval
  expect(eval(jsString(text))).toBe(text);
  expect(lineByLine(all.repeat(3)).join('')).toBe(all.repeat(3));
  expect(lineByLine('a\r\nb\n\nc')).toEqual(['a\r\n', 'b\n', '\n', 'c']);
});
