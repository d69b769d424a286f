/** Python in the page: in the same sandbox, under the same rules, with the same views. */
import { describe, expect, test } from 'vitest';
import { decodeSnippet } from '../../src/snippet/link.ts';
import { debianWheels } from '../helpers/debian-wheels.ts';
import { violations } from './axe.ts';
import { playIndex } from './package-index.ts';
import type { Playground } from './playground.ts';
import { excuse, newVisitor, useBrowser } from './visitor.ts';

useBrowser({ editor: 'plain' });

/** Its first start reads 14 MB, on a machine that is doing other things as well. */
const patience = { timeout: 60_000 };

async function run(playground: Playground): Promise<void> {
  await playground.button('Run').click();
  await expect.poll(() => playground.status.textContent(), patience).toMatch(/listening|could not start/i);
}

describe('an example', () => {
  test('is not loaded where nobody runs any', async () => {
    const { playground, page } = await newVisitor();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await playground.open('ex=hello-wsgi');
    await playground.send();
    await playground.answer();
    expect(requests.filter((url) => /pyodide|python_stdlib/.test(url))).toEqual([]);
  }, 60_000);

  test('runs, answers, and shows the lines of Python that did it', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=python-wsgi');
    await run(playground);
    await playground.send();
    expect(await playground.answer()).toContain('200 OK');
    await expect.poll(() => playground.responseBody()).toBe('Hello, Ada!\n');
    for (const site of ['app.py:8', 'app.py:9']) await expect.poll(() => playground.traceText('Timeline')).toContain(site);
    await expect.poll(() => playground.traceText('Console')).toContain('saying hello to Ada');
  }, 120_000);

  test('tells the locals where it calls the server, once somebody has asked', async () => {
    const { playground, page } = await newVisitor();
    await playground.open('ex=python-wsgi');
    await run(playground);
    await playground.send();
    await playground.answer();
    await playground.selectEvent('startResponse “200 OK”');
    await playground.button('Tell locals').click();
    // From the next run on, which Send brings about.
    await playground.send();
    await expect.poll(() => playground.answer(), patience).toContain('200 OK');
    await playground.selectEvent('startResponse “200 OK”');
    const row = playground.trace.getByRole('table', { name: 'Locals' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'name', exact: true }) });
    await expect.poll(() => row.getByRole('cell').allTextContents()).toEqual(['str', "'Ada'"]);
    expect(await violations(page)).toEqual([]);
    expect((await decodeSnippet(new URL(await playground.shareLink()).hash.slice(1))).server).toEqual({ locals: true });
  }, 120_000);

  test('ASGI, and Stop to running again', async () => {
    const { playground } = await newVisitor();
    await playground.open('ex=python-asgi');
    await run(playground);
    await playground.send();
    await expect.poll(() => playground.responseBody(), patience).toBe('3…\n2…\n1…\n1 so far\n');
    await playground.button('Stop').click();
    await expect.poll(() => playground.status.textContent()).toMatch(/not running/i);
    // From the memory of the first one.
    await run(playground);
    await playground.send();
    await expect.poll(() => playground.responseBody(), patience).toBe('3…\n2…\n1…\n1 so far\n');
  }, 120_000);
});

test('while it loads, the status says how much of it has come, and then what is being done', async () => {
  const { playground, page } = await newVisitor();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  // The largest file waits; the others come.
  await page.route(/pyodide\.asm.*\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  const said: string[] = [];
  await page.exposeFunction('saidByStatus', (text: string) => void said.push(text));
  await playground.open('ex=python-wsgi');
  await page.evaluate(() => {
    const status = document.querySelector('.server-status')!;
    new MutationObserver(() => { (window as unknown as { saidByStatus(text: string): void }).saidByStatus(status.textContent ?? ''); }).observe(status, { subtree: true, childList: true, characterData: true });
  });
  // Run as soon as it was opened: an example is.
  await expect.poll(() => playground.status.textContent(), patience).toMatch(/Loading Python: [1-9][\d.]* of \d\d\.\d MB…/);
  release();
  await expect.poll(() => playground.status.textContent(), patience).toMatch(/listening/i);
  expect(said.some((text) => text.includes('Starting Python…'))).toBe(true);
  const loaded = said.flatMap((text) => /Loading Python: ([\d.]+) of/.exec(text)?.[1] ?? []).map(Number);
  expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
}, 120_000);

test('with replay on, two runs of Python say the same: time, chance, hashes, and the order of tasks', async () => {
  const { playground } = await newVisitor();
  await playground.openSnippet({
    lang: 'py', replay: true, network: { seed: 4, segmentBytes: 20, ragged: true },
    files: { 'app.py': `
import asyncio, os, random, secrets, time, uuid
async def app(scope, receive, send):
    if scope['type'] != 'http': return
    told = [time.time(), time.monotonic(), random.random(), os.urandom(4).hex(), secrets.token_hex(4), uuid.uuid4(), hash('a'), sorted({'x', 'y', 'z'}, key=hash)]
    async def task(name, wait):
        await asyncio.sleep(wait)
        told.append(f'{name} at {time.time()}')
    await asyncio.gather(task('a', 0.3), task('b', random.random()), task('c', 0))
    print(*told)
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    for each in told: await send({'type': 'http.response.body', 'body': f'{each}\\n'.encode(), 'more_body': True})
    await send({'type': 'http.response.body'})
` },
  });
  const once = async (): Promise<string[]> => {
    await run(playground);
    await playground.send();
    await expect.poll(() => playground.answer(), patience).toContain('200 OK');
    const body = await playground.responseBody();
    const timeline = await playground.traceText('Timeline');
    let lines = '';
    await expect.poll(async () => (lines = await playground.traceText('Console'))).toContain('"GET / HTTP/1.1" 200');
    return [body, timeline, lines];
  };
  const one = await once();
  expect(one[0]!.split('\n')).toHaveLength(12);
  expect(one[0]).toContain('c at ');
  await playground.button('Stop').click();
  await expect.poll(() => playground.status.textContent()).toMatch(/not running/i);
  expect(await once()).toEqual(one);
}, 240_000);

describe('packages', () => {
  test('the Flask example: packages are found, verified and pinned', async () => {
    const visitor = await newVisitor();
    const { playground } = visitor;
    const { asked, done } = await playIndex(visitor, debianWheels());
    await playground.open('ex=python-flask');
    await run(playground);
    await playground.send();
    expect(await playground.answer()).toContain('200 OK');
    await expect.poll(() => playground.responseBody()).toContain('<li><a href="/books/1">Flatland</a>');
    const flask = debianWheels().find(({ name }) => name === 'flask')!;
    await expect.poll(() => playground.traceText('Console')).toMatch(/Packages: .*flask 3\.1\.1/);
    const pinned = playground.trace.getByRole('table', { name: 'Packages' }).getByRole('row', { name: /^flask/ });
    await playground.trace.getByRole('tab', { name: 'Machine', exact: true }).click();
    await expect.poll(() => pinned.getByRole('cell').first().innerText()).toBe('3.1.1');
    await expect.poll(() => pinned.getByRole('cell').last().getAttribute('title')).toBe(flask.sha256);
    // A link has them; the example itself is as it was.
    const link = await decodeSnippet(new URL(await playground.shareLink()).hash.slice(1));
    expect(link.packages).toContainEqual({ name: 'flask', version: '3.1.1', sha256: flask.sha256 });
    expect(new URL(playground.page.url()).hash).toBe('#ex=python-flask');
    const before = asked.length;
    await playground.button('Stop').click();
    await run(playground);
    expect(asked).toHaveLength(before);
    done();
  }, 180_000);

  test('four servers around one app, beside each other', async () => {
    const visitor = await newVisitor();
    const { playground } = visitor;
    const { done } = await playIndex(visitor, debianWheels());
    // It is run as soon as it is there.
    await playground.open('ex=python-four-servers');
    const servers = playground.trace.getByRole('group', { name: 'Servers' }).getByRole('checkbox');
    await expect.poll(() => servers.count(), { timeout: 120_000 }).toBe(4);
    const status = async (): Promise<string[]> => {
      const row = playground.trace.getByRole('row').filter({ has: playground.page.getByRole('rowheader', { name: 'Status line', exact: true }) });
      return (await row.getByRole('cell').allTextContents()).map((text) => /HTTP\/.*$/.exec(text)?.[0] ?? text);
    };
    await playground.send();
    await expect.poll(status, patience).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.0 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
    await playground.page.getByRole('combobox', { name: 'Saved request' }).selectOption({ label: 'Two lengths' });
    await playground.send();
    await expect.poll(status, patience).toEqual(['HTTP/1.1 400 Bad Request', 'HTTP/1.0 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
    await expect.poll(() => playground.trace.getByRole('columnheader', { name: /^waitress/ }).innerText(), patience).toContain('2 answers');
    expect(await playground.trace.getByRole('columnheader', { name: /^wsgiref/ }).innerText()).not.toContain('answers');
    done();
  }, 240_000);

  test('a version that is pinned is taken though there is a newer one; one that has gone is said so, and Update goes on', async () => {
    const visitor = await newVisitor();
    const { playground } = visitor;
    const idna = debianWheels().find(({ name }) => name === 'idna')!;
    const version = /^idna-([\d.]+)-/.exec(idna.file)![1]!;
    // Its content does not matter before it is asked for.
    const newer = { ...idna, file: 'idna-99.0-py3-none-any.whl', sha256: '0'.repeat(64) };
    const { done } = await playIndex(visitor, [...debianWheels(), newer]);
    const files = { 'app.py': 'import idna\ndef app(environ, start_response): return []\n' };
    await playground.openSnippet({ lang: 'py', files, packages: [{ name: 'idna', version, sha256: idna.sha256 }] });
    await run(playground);
    expect(await playground.status.textContent()).toMatch(/listening/i);
    const gone = { name: 'idna', version: '1.0', sha256: 'a'.repeat(64) };
    await visitor.page.goto('about:blank');
    await playIndex(visitor, debianWheels());
    await playground.openSnippet({ lang: 'py', files, packages: [gone] });
    await run(playground);
    await expect.poll(() => playground.status.textContent()).toContain('Failed: This snippet pins idna 1.0, and that version is not to be had any more.');
    await playground.button('Update packages').click();
    await expect.poll(() => playground.status.textContent(), patience).toMatch(/listening/i);
    done();
  }, 180_000);

  test('a wheel that was changed on its way is not run', async () => {
    const visitor = await newVisitor();
    const { done } = await playIndex(visitor, debianWheels().map((wheel) => (wheel.name === 'idna' ? { ...wheel, content: Buffer.from('something else') } : wheel)));
    await visitor.playground.openSnippet({ lang: 'py', files: { 'app.py': 'import idna\ndef app(environ, start_response): return []\n' } });
    await run(visitor.playground);
    await expect.poll(() => visitor.playground.status.textContent()).toMatch(/Failed: idna-3\.10-py3-none-any\.whl is not what the index says it is/);
    done();
  }, 120_000);
});

test('what is wrong is told with its line', async () => {
  const { playground } = await newVisitor();
  await playground.openSnippet({ lang: 'py', files: { 'app.py': 'import helper\ndef app(environ, start_response): return []\n', 'helper.py': 'x = 1\nx.upper()\n' } });
  await run(playground);
  await expect.poll(() => playground.status.textContent()).toContain("Failed at helper.py:2: 'int' object has no attribute 'upper'");
  await expect.poll(() => playground.traceText('Console')).toContain('File "helper.py", line 2, in <module>');
}, 120_000);

test('Python reaches neither the network nor the page', async () => {
  const { playground, page, complaints } = await newVisitor();
  const elsewhere: string[] = [];
  page.on('request', (request) => elsewhere.push(request.url()));
  await playground.openSnippet({ lang: 'py', files: { 'app.py': probes } });
  await run(playground);
  const before = elsewhere.length;
  await playground.send();
  await playground.answer();
  const told = JSON.parse(await playground.responseBody()) as Record<string, string>;
  expect(Object.keys(told)).toEqual(['pyfetch', 'open_url', 'js.fetch', 'XMLHttpRequest', 'WebSocket', 'socket', 'urllib', 'loadPackage', 'micropip', 'indexedDB', 'localStorage', 'caches', 'parent', 'cookie']);
  for (const [way, outcome] of Object.entries(told)) expect(outcome, way).toMatch(/^(?:refused|absent)/);
  // The browser tells of the requests that the policy stopped; none of them left it.
  expect(elsewhere.slice(before).filter((url) => !url.startsWith('https://example.org/') && !url.endsWith('favicon.svg'))).toEqual([]);
  excuse(complaints, (complaint) => complaint === 'request to https://example.org/' || complaint === 'request failed: https://example.org/ (csp)');
}, 120_000);

/** Each way out is tried, and what came of it is told. An origin of the page itself is what could be reached most easily. */
const probes = `
import json
async def probe(ways):
    told = {}
    for name, way in ways.items():
        try:
            value = way()
            if hasattr(value, '__await__'): value = await value
            told[name] = f'REACHED {value!r}'
        except (AttributeError, NameError, ModuleNotFoundError) as error:
            told[name] = f'absent: {error}'
        except BaseException as error:
            told[name] = f'refused: {type(error).__name__}: {error}'
    return told

def socket():
    import socket
    connection = socket.create_connection(('127.0.0.1', 80), 1)
    connection.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
    assert connection.recv(1)
def urllib():
    from urllib.request import urlopen
    return urlopen('http://127.0.0.1/').read()
def open_url():
    from pyodide.http import open_url
    return open_url('https://example.org/').read()
def pyfetch():
    from pyodide.http import pyfetch
    return pyfetch('https://example.org/')
def js_fetch():
    import js
    return js.fetch('https://example.org/')
def xhr():
    import js
    request = js.XMLHttpRequest.new()
    request.open('GET', 'https://example.org/', False)
    request.send()
def websocket():
    import asyncio, js
    done = asyncio.get_event_loop().create_future()
    socket = js.WebSocket.new('wss://example.org/')
    socket.onopen = lambda event: done.set_result('open')
    socket.onerror = lambda event: done.set_exception(OSError('error event'))
    return done
async def load_package():
    import pyodide_js
    await pyodide_js.loadPackage('https://example.org/x-1-py3-none-any.whl')
    __import__('x')
def micropip():
    # Written as an import, the page would install it.
    __import__('micropip')
def indexed_db():
    import js
    js.indexedDB.open('x')
def local_storage():
    import js
    js.localStorage
async def caches():
    import js
    await js.caches.open('x')
def parent():
    import js
    js.parent
def cookie():
    import js
    js.document.cookie

async def app(scope, receive, send):
    assert scope['type'] == 'http'
    told = await probe({'pyfetch': pyfetch, 'open_url': open_url, 'js.fetch': js_fetch, 'XMLHttpRequest': xhr, 'WebSocket': websocket, 'socket': socket, 'urllib': urllib, 'loadPackage': load_package,
        'micropip': micropip, 'indexedDB': indexed_db, 'localStorage': local_storage, 'caches': caches, 'parent': parent, 'cookie': cookie})
    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-type', b'application/json')]})
    await send({'type': 'http.response.body', 'body': json.dumps(told).encode()})
`;
