/** Scripts in Python in the page: in terminals, over the machine's network, in the same sandbox as everything else. */
import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { debianWheels } from '../helpers/debian-wheels.ts';
import { playIndex } from './package-index.ts';
import type { Playground } from './playground.ts';
import { excuse, newVisitor, useBrowser } from './visitor.ts';

useBrowser({ editor: 'plain' });

/** A first start reads 14 MB, on a machine that is doing other things as well. */
const patience = { timeout: 60_000 };

const terminal = (playground: Playground, name: string): Locator => playground.trace.getByRole('region', { name: `Terminal ${name}` });
const outputOf = (playground: Playground, name: string): Promise<string> => terminal(playground, name).getByRole('log').innerText();
const stateOf = (playground: Playground, name: string): Promise<string> => terminal(playground, name).locator('output').innerText();
const inputOf = (playground: Playground, name: string): Locator => playground.page.getByRole('textbox', { name: `Input of ${name}` });

/** A snippet of scripts, shown in its terminals. */
const scripts = (files: Readonly<Record<string, string>>, ...names: readonly string[]): never =>
  ({ lang: 'py', files, programs: names.map((name) => ({ name, kind: 'script', entry: `${name}.py` })), view: { traceTab: 'terminals' } }) as never;

describe('two terminals', () => {
  test('a server and a client that is typed into; Ctrl+C in a blocked accept; the calls in the timeline', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=python-sockets');
    await playground.button('Run').click();
    await expect.poll(() => outputOf(playground, 'client'), patience).toContain('echo: Hello, is anybody there?');
    await inputOf(playground, 'client').fill('more');
    await page.keyboard.press('Enter');
    await expect.poll(() => outputOf(playground, 'server'), patience).toContain("got b'more'");
    await inputOf(playground, 'client').press('Enter');
    await expect.poll(() => stateOf(playground, 'client'), patience).toBe('exit code 0');
    await expect.poll(() => outputOf(playground, 'server'), patience).toContain('gone');
    await inputOf(playground, 'server').press('Control+c');
    await expect.poll(() => stateOf(playground, 'server'), patience).toBe('exit code 0');
    await expect.poll(() => outputOf(playground, 'server')).toContain('bye');
    for (const part of ['accept() = KeyboardInterrupt', 'server.py:13']) await expect.poll(() => playground.traceText('Timeline')).toContain(part);
  }, 180_000);

  test('an exception has its traceback in the terminal, with a link to the line', async () => {
    const { playground } = await newVisitor();
    await playground.openSnippet(scripts({ 'main.py': 'import socket\n\nsocket.create_connection(("127.0.0.1", 1))\n' }, 'main'));
    await playground.button('Run').click();
    await expect.poll(() => stateOf(playground, 'main'), patience).toBe('exit code 1');
    await expect.poll(() => outputOf(playground, 'main'), patience).toContain('ConnectionRefusedError: [Errno 14] Connection refused');
    await terminal(playground, 'main').getByRole('button', { name: 'main.py:3' }).click();
  }, 120_000);
});

test('uvicorn and waitress, from the index', async () => {
  const visitor = await newVisitor();
  const { playground } = visitor;
  const { done } = await playIndex(visitor, debianWheels());
  await playground.open('ex=python-servers');
  await playground.button('Run').click();
  await expect.poll(() => stateOf(playground, 'ask'), { timeout: 120_000 }).toBe('exit code 0');
  // What a terminal shows comes with the next frame.
  await expect.poll(() => outputOf(playground, 'ask')).toContain("b'wsgi /hello by waitress-0\\n'");
  expect(await outputOf(playground, 'ask')).toContain('8000 200 uvicorn');
  await playground.send();
  await expect.poll(() => playground.responseBody()).toBe('asgi /page\n');
  await playground.page.getByRole('tab', { name: 'Terminals', exact: true }).click();
  await terminal(playground, 'uvicorn').getByRole('button', { name: 'Ctrl+C: interrupt uvicorn' }).click();
  await expect.poll(() => outputOf(playground, 'uvicorn'), patience).toContain('Finished server process');
  done();
}, 240_000);

test('a script reaches neither the network nor the page', async () => {
  const { playground, page, complaints } = await newVisitor();
  await playground.openSnippet(scripts({ 'main.py': 'import json, probes\ninput()\nprint("TOLD", json.dumps(probes.run()))\n', 'probes.py': probes }, 'main'));
  await playground.button('Run').click();
  await expect.poll(() => stateOf(playground, 'main'), patience).toBe('running');
  const elsewhere: string[] = [];
  page.on('request', (request) => elsewhere.push(request.url()));
  await inputOf(playground, 'main').press('Enter');
  await expect.poll(() => stateOf(playground, 'main'), patience).toBe('exit code 0');
  await expect.poll(() => outputOf(playground, 'main'), patience).toContain('TOLD');
  const told = JSON.parse(/TOLD (.*)/.exec(await outputOf(playground, 'main'))![1]!) as Record<string, string>;
  expect(Object.keys(told)).toEqual(['pyfetch', 'open_url', 'js.fetch', 'XMLHttpRequest', 'WebSocket', 'socket', 'urllib', 'asyncio', 'gethostbyname', 'indexedDB', 'localStorage', 'caches', 'parent', 'cookie', 'importScripts', 'Worker']);
  for (const [way, outcome] of Object.entries(told)) expect(outcome, way).toMatch(/^(?:refused|absent)/);
  // The browser tells of the requests that the policy stopped; none of them left it. The page itself may still fetch its editor, and opens a frame for the next run.
  const ownParts = ['favicon.svg', 'sandbox.html', 'assets/'].map((part) => new URL(part, page.url()).href);
  expect(elsewhere.filter((url) => !url.startsWith('https://example.org/') && !ownParts.some((part) => url.startsWith(part)))).toEqual([]);
  excuse(complaints, (complaint) => complaint === 'request to https://example.org/' || complaint === 'request failed: https://example.org/ (csp)');
}, 120_000);

/** Each way out is tried, and what came of it is told. */
const probes = `
import asyncio
import js
from pyodide.ffi import run_sync

def pyfetch():
    from pyodide.http import pyfetch
    return asyncio.run(asyncio.wait_for(pyfetch('https://example.org/'), 3))
def open_url():
    from pyodide.http import open_url
    return open_url('https://example.org/').read()
def js_fetch():
    return run_sync(js.fetch('https://example.org/'))
def xhr():
    request = js.XMLHttpRequest.new()
    request.open('GET', 'https://example.org/', False)
    request.send()
def websocket():
    promise = js.Promise.withResolvers()
    socket = js.WebSocket.new('wss://example.org/')
    socket.onopen = promise.resolve
    socket.onerror = promise.reject
    return run_sync(promise.promise)
def socket():
    import socket
    # The page's own server is at some port of this address.
    return socket.create_connection(('127.0.0.1', int(js.location.port or 80)), 3)
def urllib():
    from urllib.request import urlopen
    return urlopen('http://example.org/', timeout=3).read()
def streams():
    return asyncio.run(asyncio.open_connection('93.184.216.34', 80))
def lookup():
    import socket
    return socket.gethostbyname('example.org')
def indexed_db():
    js.indexedDB.open('x')
def local_storage():
    js.localStorage
def caches():
    run_sync(js.caches.open('x'))
def parent():
    js.parent
def cookie():
    js.document.cookie
def import_scripts():
    js.importScripts('https://example.org/x.js')
def worker():
    promise = js.Promise.withResolvers()
    worker = js.Worker.new('https://example.org/x.js')
    worker.onmessage = promise.resolve
    worker.onerror = promise.reject
    run_sync(promise.promise)

def run():
    told = {}
    for name, way in {'pyfetch': pyfetch, 'open_url': open_url, 'js.fetch': js_fetch, 'XMLHttpRequest': xhr, 'WebSocket': websocket, 'socket': socket, 'urllib': urllib, 'asyncio': streams,
            'gethostbyname': lookup, 'indexedDB': indexed_db, 'localStorage': local_storage, 'caches': caches, 'parent': parent, 'cookie': cookie, 'importScripts': import_scripts, 'Worker': worker}.items():
        try:
            told[name] = f'REACHED {way()!r}'
        except (AttributeError, NameError, ModuleNotFoundError) as error:
            told[name] = f'absent: {error}'
        except BaseException as error:
            told[name] = f'refused: {type(error).__name__}: {error}'
    return told
`;
