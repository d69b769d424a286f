import { describe, expect, test } from 'vitest';
import { readForwarded } from '../../src/gateway/forwarded.ts';
import { parseIp, trustedPeers } from '../../src/gateway/trusted-peers.ts';
import { dispatcher } from '../../src/gateway/wsgi/middleware/dispatcher.ts';
import { proxyFix } from '../../src/gateway/wsgi/middleware/proxy-fix.ts';
import { timing } from '../../src/gateway/wsgi/middleware/timing.ts';
import type { WsgiApp, WsgiEnviron } from '../../src/gateway/wsgi/types.ts';
import { decode, encode } from '../helpers/apps.ts';
import { get, harness } from '../server/harness.ts';

/** Answers with some keys of its environ. */
const show = (...keys: string[]): WsgiApp => (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']]);
  return [encode(keys.map((key) => String(environ[key])).join(' '))];
};
const bodyOf = async (app: WsgiApp, request: string): Promise<string> => {
  const peer = harness(app, { validate: true }).connect();
  await peer.send(request);
  return peer.received.slice(peer.received.indexOf('\r\n\r\n') + 4);
};

describe('dispatcher', () => {
  const app = dispatcher({ '/shop': show('SCRIPT_NAME', 'PATH_INFO'), '/shop/admin/': show('PATH_INFO'), '/': show('PATH_INFO', 'SCRIPT_NAME') });
  test.each([
    ['/shop', '/shop '],
    ['/shop/', '/shop /'],
    ['/shop/tea', '/shop /tea'],
    ['/shopping', '/shopping '],
    ['/shop/admin/x', '/x'],
    ['/', '/ '],
  ])('PEP3333-environ-2 and -3: %s', async (path, body) => {
    expect(await bodyOf(app, get(path))).toBe(body);
  });

  test('mounts within mounts add up', async () => {
    expect(await bodyOf(dispatcher({ '/a': dispatcher({ '/b': show('SCRIPT_NAME', 'PATH_INFO') }) }), get('/a/b/c'))).toBe('/a/b /c');
  });

  test('what nobody takes: 404, or the fallback', async () => {
    expect(await bodyOf(dispatcher({ '/a': show('PATH_INFO') }), get('/b'))).toBe('Not Found\n');
    expect(await bodyOf(dispatcher({}, show('PATH_INFO')), get('/b'))).toBe('/b');
  });
});

describe('timing', () => {
  test('adds a field and writes a line when the response is over', async () => {
    let now = 0;
    const slow: WsgiApp = function* (_environ, startResponse) {
      now += 5;
      startResponse('200 OK', [['Content-Type', 'text/plain']]);
      yield encode('a');
      now += 7;
      yield encode('b');
    };
    const { connect, log } = harness(timing(slow, { now: () => now }), { validate: true });
    const peer = connect();
    await peer.send(get('/x'));
    expect(peer.received).toContain('Server-Timing: app;dur=5.0\r\n');
    expect(log).toEqual(['wsgi.errors error: GET /x 200 OK 12.0 ms']);
  });

  test('PEP3333-blocks-1: one block for each block, the empty ones too, and close() is handed on', () => {
    const seen: string[] = [];
    const app: WsgiApp = () => ({ *[Symbol.iterator]() { yield encode('a'); yield encode(''); yield encode('b'); }, close: () => seen.push('closed') });
    const result = timing(app, { now: () => 0 })({ 'wsgi.errors': { write: () => seen.push('line') } } as unknown as WsgiEnviron, () => () => {}) as unknown as Generator<Uint8Array>;
    expect([...result].map(decode)).toEqual(['a', '', 'b']);
    result.return(undefined);
    expect(seen).toEqual(['closed', 'line']);
  });
});

describe('proxyFix', () => {
  const keys = ['REMOTE_ADDR', 'wsgi.url_scheme', 'HTTP_HOST', 'SCRIPT_NAME'];
  const request = (fields: string): string => get('/', fields);

  test('believes a trusted peer', async () => {
    expect(await bodyOf(proxyFix(show(...keys)), request('X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: example.org\r\nX-Forwarded-Prefix: /api\r\n'))).toBe('203.0.113.7 https example.org /api');
    expect(await bodyOf(proxyFix(show(...keys)), request('Forwarded: for="[2001:db8::1]:99";proto=https;host=example.org\r\n'))).toBe('2001:db8::1 https example.org ');
  });

  test('believes nobody else', async () => {
    expect(await bodyOf(proxyFix(show(...keys), { trusted: ['10.0.0.0/8'] }), request('X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n'))).toBe('127.0.0.1 http a ');
  });

  test('keeps what was there before', async () => {
    expect(await bodyOf(proxyFix(show('porthole.proxy.remote_addr', 'porthole.proxy.wsgi_url_scheme')), request('X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n'))).toBe('127.0.0.1 http');
  });

  test('a list that is not understood is refused when the application is wrapped', () => {
    expect(() => proxyFix(show(), { trusted: ['10.0.0.0/33'] })).toThrow(RangeError);
    expect(() => proxyFix(show(), { trusted: ['localhost'] })).toThrow(RangeError);
  });
});

describe('what proxies say', () => {
  const trusted = trustedPeers(['10.0.0.0/8']);
  test.each([
    ['one proxy', { for: '203.0.113.7' }, '203.0.113.7'],
    ['two, the last one trusted', { for: '203.0.113.7, 10.1.2.3' }, '203.0.113.7'],
    ['what came before an untrusted one may be made up', { for: '1.1.1.1, 203.0.113.7, 10.1.2.3' }, '203.0.113.7'],
    ['all of them trusted: the first', { for: '10.0.0.1, 10.0.0.2' }, '10.0.0.1'],
    ['Forwarded counts before X-Forwarded-For', { forwarded: 'for=203.0.113.7', for: '1.1.1.1' }, '203.0.113.7'],
    ['several elements', { forwarded: 'for=1.1.1.1;proto=http, for=203.0.113.7;by=x, for="10.1.2.3:80"' }, '203.0.113.7'],
    ['unknown', { forwarded: 'for=unknown' }, undefined],
    ['an obfuscated name', { forwarded: 'for=_hidden' }, undefined],
    ['nothing', {}, undefined],
  ])('%s', (_what, fields, host) => {
    expect(readForwarded(fields, trusted).host).toBe(host);
  });

  test('hostile values are not taken over', () => {
    expect(readForwarded({ proto: 'javascript', host: 'a"b<c>', prefix: 'evil' }, trusted)).toMatchObject({ scheme: undefined, authority: undefined, prefix: undefined });
    expect(readForwarded({ forwarded: 'for="a\\"b;host=x";proto="HTTPS"' }, trusted)).toMatchObject({ scheme: 'https' });
  });
});

describe('trusted peers', () => {
  test.each([
    ['127.0.0.1', ['127.0.0.0/8'], true],
    ['128.0.0.1', ['127.0.0.0/8'], false],
    ['::1', ['::1'], true],
    ['::ffff:10.1.2.3', ['10.0.0.0/8'], true],
    ['2001:db8::99', ['2001:db8::/32'], true],
    ['2001:db9::99', ['2001:db8::/32'], false],
    ['fe80::1%eth0', ['fe80::/10'], true],
    ['anything', ['*'], true],
    ['/run/x.sock', ['unix'], true],
    ['', ['unix'], true],
    ['', ['127.0.0.1'], false],
    ['10.0.0.1', ['0.0.0.0/0'], true],
    ['::1', ['0.0.0.0/0'], false],
  ])('%s in %j: %s', (host, list, expected) => {
    expect(trustedPeers(list)(host)).toBe(expected);
  });

  test.each(['1.2.3', '1.2.3.256', '01.2.3.4', ':::', '1::2::3', '12345::', 'g::'])('%s is no address', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });
});
