/**
 * The main job, end to end (issue 2, "Done when"): run an app, send a request, see the answer, the environ, and the bytes
 * that each key came from; share it, and get the same elsewhere.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { decodeSnippet } from '../../src/api/snippet.ts';
import { newVisitor, useBrowser } from './visitor.ts';

useBrowser();

/** `POST /a%20b?x=1` with a body and ten header fields. */
const request = [
  'POST /a%20b?x=1 HTTP/1.1',
  'Host: 127.0.0.1:8000',
  'User-Agent: porthole-e2e',
  'Accept: text/plain',
  'Accept-Language: fr, en;q=0.5',
  'Content-Type: application/json',
  'Content-Length: 18',
  'Cookie: theme=dark',
  'X-Request-Id: 42',
  'X-Forwarded-For: 192.0.2.1',
  'Connection: keep-alive',
  '',
  '{"hello": "world"}',
].join('\r\n');

/** Keys of environ, their values, and the bytes they came from: a field's name gave the key, its value the value. */
const expectedKeys: readonly (readonly [key: string, value: string, bytes: string])[] = [
  ['REQUEST_METHOD', 'POST', 'POST'],
  ['PATH_INFO', '/a b', '/a%20b'],
  ['QUERY_STRING', 'x=1', 'x=1'],
  ['RAW_URI', '/a%20b?x=1', '/a%20b?x=1'],
  ['SERVER_PROTOCOL', 'HTTP/1.1', 'HTTP/1.1'],
  ['CONTENT_TYPE', 'application/json', 'Content-Typeapplication/json'],
  ['CONTENT_LENGTH', '18', 'Content-Length18'],
  ['HTTP_HOST', '127.0.0.1:8000', 'Host127.0.0.1:8000'],
  ['HTTP_USER_AGENT', 'porthole-e2e', 'User-Agentporthole-e2e'],
  ['HTTP_ACCEPT', 'text/plain', 'Accepttext/plain'],
  ['HTTP_ACCEPT_LANGUAGE', 'fr, en;q=0.5', 'Accept-Languagefr, en;q=0.5'],
  ['HTTP_COOKIE', 'theme=dark', 'Cookietheme=dark'],
  ['HTTP_X_REQUEST_ID', '42', 'X-Request-Id42'],
  ['HTTP_X_FORWARDED_FOR', '192.0.2.1', 'X-Forwarded-For192.0.2.1'],
  ['HTTP_CONNECTION', 'keep-alive', 'Connectionkeep-alive'],
];

describe('the environ example', () => {
  test('POST /a%20b?x=1 with a body and ten fields: status, body, environ, and the bytes of every key', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=environ');
    await playground.writeRequest(request);
    await playground.run();
    await playground.send();

    const response = await playground.answer();
    expect(response).toContain('200 OK');
    const body = await playground.responseBody();
    expect(body).toContain('REQUEST_METHOD: POST\n');
    expect(body).toContain('PATH_INFO: /a b\n');
    expect(body).toContain('QUERY_STRING: x=1\n');

    const environ = await playground.environ();
    for (const [key, value] of expectedKeys) expect(environ.get(key), key).toContain(value);

    for (const [key, , bytes] of expectedKeys) {
      await playground.selectKey(key);
      await expect.poll(() => playground.litBytes(), { message: key }).toBe(bytes);
    }
  });

  test('selecting bytes in Wire lights the key that they became, the timeline row, and the other way round', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=environ');
    await playground.writeRequest(request);
    await playground.run();
    await playground.send();
    await playground.answer();

    // From the wire to environ. A click selects a token: here the path, which became two keys.
    await playground.selectByte(request.indexOf('%20'));
    await expect.poll(() => playground.litBytes()).toBe('/a%20b');
    await expect.poll(() => playground.litKeys()).toEqual(['PATH_INFO', 'RAW_URI']);

    await playground.selectByte(request.indexOf('theme=dark') + 2);
    await expect.poll(() => playground.litKeys()).toEqual(['HTTP_COOKIE']);

    // From the timeline to the wire: the row of the request head denotes the whole head.
    await playground.selectEvent('POST /a%20b?x=1 HTTP/1.1');
    await expect.poll(() => playground.litBytes()).toBe(request.slice(0, request.indexOf('{"hello"')));
    await expect.poll(() => playground.litKeys()).toContain('HTTP_X_REQUEST_ID');
  });

  test.each([
    ['Response', '200'],
    ['Wire', '504f5354'],
    ['Timeline', 'startResponse'],
    ['Environ', 'HTTP_X_REQUEST_ID'],
    ['Console', 'POST /a%20b?x=1'],
  ] as const)('%s fills while it is looked at', async (tab, expected) => {
    const { playground } = await newVisitor();
    await playground.open('ex=environ');
    await playground.writeRequest(request);
    await playground.listening();
    const panel = await playground.showTrace(tab);
    await playground.send();
    // No other tab is opened in between: what is on the screen has to follow by itself.
    await expect.poll(async () => (await panel.innerText()).replaceAll(/\s+/g, ' '), { timeout: 10_000 }).toContain(expected);
  });

  test('Ctrl+Enter sends, from the request and from the editor', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=environ');
    await playground.run();
    await playground.writeRequest(request.replace('X-Request-Id: 42', 'X-Request-Id: from-request'));
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect.poll(() => playground.responseBody()).toContain('HTTP_X_REQUEST_ID: from-request');

    await playground.writeRequest(request.replace('X-Request-Id: 42', 'X-Request-Id: from-editor'));
    await playground.focusCode();
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect.poll(() => playground.responseBody()).toContain('HTTP_X_REQUEST_ID: from-editor');
  });

  test('shared: the link opens in a new profile with the same snippet and request, and after Run the same result', async () => {
    const author = await newVisitor();
    await author.playground.open('ex=environ');
    await author.playground.writeRequest(request);
    await author.playground.run();
    await author.playground.send();
    await author.playground.answer();
    const result = await author.playground.responseBody();
    const link = await author.playground.shareLink();
    // The address bar says the same as the button.
    await expect.poll(() => author.page.url()).toContain('#1.');
    expect((await decodeSnippet(author.page.url())).files).toEqual((await decodeSnippet(link)).files);

    const reader = await newVisitor();
    await reader.page.goto(link);
    await reader.playground.editor.waitFor();
    await expect.poll(() => reader.playground.code()).toBe(await author.playground.code());
    await expect.poll(() => reader.playground.rawRequest()).toBe(await author.playground.rawRequest());
    await reader.playground.run();
    await reader.playground.send();
    expect(await reader.playground.answer()).toContain('200 OK');
    expect(comparable(await reader.playground.responseBody())).toEqual(comparable(result));
  });
});

describe('the same file served by the CLI', () => {
  let server: ChildProcess | undefined;
  afterEach(async () => {
    if (server === undefined || server.exitCode !== null) return;
    server.kill('SIGTERM');
    await once(server, 'exit');
  });

  test('answers the same bytes with the same body', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=environ');
    await playground.writeRequest(request);
    await playground.run();
    await playground.send();
    await playground.answer();
    const inPage = await playground.responseBody();

    const root = fileURLToPath(new URL('../..', import.meta.url));
    server = spawn(process.execPath, ['dist/cli.js', 'src/examples/environ/app.ts:app', '-b', '127.0.0.1:0'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
    const port = await listeningPort(server);
    const answer = await exchange(port, request);
    expect(answer.head).toContain('HTTP/1.1 200 OK');
    expect(comparable(answer.body)).toEqual(comparable(inPage));
  });
});

/**
 * The body of the environ example as key and value, without what must differ between two servers: the addresses of the
 * sockets, and how many processes there are.
 */
function comparable(body: string): Record<string, string> {
  const local = new Set(['REMOTE_ADDR', 'REMOTE_PORT', 'SERVER_NAME', 'SERVER_PORT', 'wsgi.multiprocess', 'wsgi.multithread']);
  return Object.fromEntries(
    body
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string])
      .filter(([key]) => !local.has(key)),
  );
}

/** The port that the CLI says it listens on. */
async function listeningPort(server: ChildProcess): Promise<number> {
  const said: string[] = [];
  for await (const line of createInterface({ input: server.stderr! })) {
    said.push(line);
    const port = /Listening at: http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`the CLI ended without listening:\n${said.join('\n')}`);
}

/** Sends raw bytes over TCP, and reads one response with a Content-Length. */
async function exchange(port: number, raw: string): Promise<{ head: string; body: string }> {
  const socket = connect(port, '127.0.0.1');
  socket.end(raw, 'latin1');
  let text = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString('latin1');
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  return { head, body };
}
