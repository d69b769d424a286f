/** What an application says again is not made and checked anew: that must not show. */
import { describe, expect, test } from 'vitest';
import type { AsgiApp } from '../../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import { encode } from '../helpers/apps.ts';
import { get, harness } from './harness.ts';

type Pairs = readonly (readonly [name: string, value: string])[];
type Answer = (path: string) => { readonly status?: string; readonly headers: Pairs; readonly body?: string };

const asWsgi = (answer: Answer): WsgiApp => (environ, startResponse) => {
  const { status = '200 OK', headers, body = 'ok' } = answer(environ.PATH_INFO);
  startResponse(status, headers as [string, string][]);
  return body === '' ? [] : [encode(body)];
};
const asAsgi = (answer: Answer): AsgiApp => async (scope, _receive, send) => {
  const { status = '200 OK', headers, body = 'ok' } = answer(String(scope['path']));
  await send({ type: 'http.response.start', status: Number.parseInt(status, 10), headers: headers.map(([name, value]) => [encode(name), encode(value)]) });
  await send({ type: 'http.response.body', body: encode(body) });
};

const heads = (text: string): string[] => [...text.matchAll(/HTTP\/1\.1 (?:[^\r]|\r\n(?!\r\n))*/g)].map(([head]) => head.replaceAll('\r\n', ' | '));
const plain: Pairs = [['content-type', 'text/plain'], ['content-length', '2']];

describe.each([{ kind: 'WSGI', app: asWsgi }, { kind: 'ASGI', app: asAsgi }])('$kind', ({ app }) => {
  const same: Answer = () => ({ headers: plain });

  test('RFC9110-6.6.1-7: Date goes on', async () => {
    const { connect, pass } = harness(app(same), { dateHeader: true });
    const peer = connect();
    const dates: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      await peer.send(get() + get());
      dates.push(...[...peer.take().matchAll(/Date: .*(\d\d:\d\d:\d\d)/g)].map(([, time]) => time!));
      await pass(1000);
    }
    expect(dates).toEqual(['08:49:37', '08:49:37', '08:49:38', '08:49:38', '08:49:39', '08:49:39', '08:49:40', '08:49:40']);
  });

  test('each server adds what is its own', async () => {
    const settings = [{ serverHeader: 'one' }, { serverHeader: 'two' }, { serverHeader: '' }, { serverHeader: 'one', dateHeader: true }, { keepAliveMs: 0 }];
    const expected = [' | Server: one', ' | Server: two', '', ' | Date: Sun, 06 Nov 1994 08:49:37 GMT | Server: one', ' | Connection: close'];
    const servers = settings.map((config) => harness(app(same), config));
    for (let turn = 0; turn < 3; turn += 1) {
      for (const [i, { connect }] of servers.entries()) {
        const peer = connect();
        await peer.send(get());
        expect(heads(peer.take())).toEqual([`HTTP/1.1 200 OK | content-type: text/plain | content-length: 2${expected[i]!}`]);
      }
    }
  });

  test('RFC9112-9.6-1: "close" is for the response that it belongs to', async () => {
    const { connect } = harness(app(same));
    for (let turn = 0; turn < 3; turn += 1) {
      const peer = connect();
      await peer.send(get() + get() + get('/', 'Connection: close\r\n'));
      expect(heads(peer.take()).map((head) => head.includes('close'))).toEqual([false, false, true]);
    }
  });

  test('RFC9110-10.1.1: nor is it said to others because of a client that may or may not send its content', async () => {
    const { connect } = harness(app(same));
    for (let turn = 0; turn < 3; turn += 1) {
      const said: boolean[] = [];
      for (const text of [get(), get('/', 'Content-Length: 1\r\nExpect: 100-continue\r\n'), get()]) {
        const peer = connect();
        await peer.send(text);
        if (text.includes('Expect')) await peer.send('x');
        said.push(...heads(peer.take()).filter((head) => !head.startsWith('HTTP/1.1 100')).map((head) => head.includes('close')));
      }
      // A WSGI application is called when the content is here.
      expect(said).toEqual([false, app === asAsgi, false]);
    }
  });

  test('what is not the same is said as it is', async () => {
    const lists: Record<string, Pairs> = {
      '/plain': plain, '/more': [...plain, ['x-more', '1']], '/other': [['content-type', 'text/html'], ['content-length', '2']], '/swapped': [plain[1]!, plain[0]!],
      '/none': [], '/own': [['date', 'never'], ['server', 'mine'], ...plain], '/long': [...plain, ['x-long', 'l'.repeat(500)]],
    };
    const { connect } = harness(app((path) => ({ headers: lists[path]! })), { serverHeader: 'ours' });
    const peer = connect();
    const paths = Object.keys(lists);
    const said = new Map<string, string>();
    // Each behind each, and behind itself.
    for (const first of paths) {
      for (const second of paths) {
        await peer.send(get(first) + get(first) + get(second));
        for (const [i, head] of heads(peer.take()).entries()) {
          const path = i < 2 ? first : second;
          if (said.has(path)) expect(head).toBe(said.get(path));
          else said.set(path, head);
        }
      }
    }
    expect(said.get('/own')).toBe('HTTP/1.1 200 OK | date: never | server: mine | content-type: text/plain | content-length: 2');
    expect(said.get('/none')).toMatch(/^HTTP\/1\.1 200 OK \| content-length: 2 \| Server: ours$/i);
    expect(said.get('/swapped')).toBe('HTTP/1.1 200 OK | content-length: 2 | content-type: text/plain | Server: ours');
  });

  test('the same fields mean something else with another status or method', async () => {
    const { connect } = harness(app((path) => ({ headers: plain, ...(path === '/304' ? { status: '304 Not Modified', body: '' } : {}) })));
    const peer = connect();
    for (let turn = 0; turn < 3; turn += 1) {
      await peer.send(get() + get('/304') + get().replace('GET', 'HEAD') + get());
      const text = peer.take();
      expect(text.split('\r\n\r\n').slice(1).map((part) => part.replace(/HTTP.*/s, ''))).toEqual(['ok', '', '', 'ok']);
      expect(heads(text).map((head) => head.includes('content-length: 2'))).toEqual([true, true, true, true]);
    }
  });

  test('what is refused is refused each time, and what is in order is not', async () => {
    const lists: Record<string, Pairs> = { '/plain': plain, '/control': [plain[0]!, ['content-length', '2\n']], '/twice': [...plain, plain[1]!] };
    const { connect } = harness(app((path) => ({ headers: lists[path]! })));
    for (let turn = 0; turn < 3; turn += 1) {
      for (const bad of ['/control', '/twice']) {
        const peer = connect();
        await peer.send(get('/plain') + get('/plain'));
        await peer.send(get(bad));
        await peer.send(get('/plain'));
        expect(peer.take().match(/HTTP\/1\.1 \d+/g), `${bad}, ${turn}`).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 500', 'HTTP/1.1 200']);
      }
    }
  });
});

test('PEP3333-start-3: the list is the application\'s to go on with', async () => {
  const headers: [string, string][] = [['Content-Length', '2']];
  const app: WsgiApp = (environ, startResponse) => {
    startResponse('200 OK', headers);
    headers.push(['X-Path', environ.PATH_INFO]);
    headers[0]![1] = '2 ';
    headers[0]![1] = '2';
    return [encode('ok')];
  };
  const { connect } = harness(app);
  const peer = connect();
  await peer.send(get('/a') + get('/b') + get('/c'));
  expect(heads(peer.take()).map((head) => head.match(/X-Path: \S+/g))).toEqual([null, ['X-Path: /a'], ['X-Path: /a', 'X-Path: /b']]);
});

test('PEP3333-start-3: what is no list of pairs is refused behind one that was', async () => {
  const good = [['Content-Length', '2']];
  const lists: Record<string, unknown> = { '/good': good, '/three': [['Content-Length', '2', '3']], '/one': [['Content-Length']], '/flat': ['Content-Length'], '/object': { 0: good[0], length: 1 } };
  const app: WsgiApp = (environ, startResponse) => {
    startResponse('200 OK', lists[environ.PATH_INFO] as [string, string][]);
    return [encode('ok')];
  };
  const { connect } = harness(app);
  for (const bad of ['/three', '/one', '/flat', '/object']) {
    const peer = connect();
    await peer.send(get('/good') + get('/good') + get(bad) + get('/good'));
    expect(peer.take().match(/HTTP\/1\.1 \d+/g), bad).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 500', 'HTTP/1.1 200']);
  }
});

test('ASGI-start-4: transfer-encoding is left out each time', async () => {
  const { connect } = harness(asAsgi(() => ({ headers: [['transfer-encoding', 'chunked'], ['content-length', '2']] })));
  const peer = connect();
  await peer.send(get().repeat(4));
  expect(heads(peer.take())).toEqual(Array.from({ length: 4 }, () => 'HTTP/1.1 200 OK | content-length: 2'));
});
