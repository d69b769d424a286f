/** The small browser: what it sends, where it goes, and what it keeps. */
import { describe, expect, test } from 'vitest';
import type { SendResult } from '../../src/machine/types.ts';
import { Browser, type Visit } from '../../src/playground/browser.ts';
import { addressOf, followed, redirected, requestOctets, submitted } from '../../src/playground/page-request.ts';

const base = new URL('http://app.test:8000/shop/list?page=2#top');
const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: app.test:8000\r\n\r\n`;

describe('what a page asks for', () => {
  test.each([
    ['item/1', 'http://app.test:8000/shop/item/1'],
    ['/a b', 'http://app.test:8000/a%20b'],
    ['?page=3', 'http://app.test:8000/shop/list?page=3'],
    ['', 'http://app.test:8000/shop/list?page=2'],
    ['https://elsewhere.test/', 'https://elsewhere.test/'],
  ])('the link %j', (href, address) => {
    expect(followed(href, base)).toMatchObject({ method: 'GET' });
    expect(followed(href, base)?.url.href).toBe(address);
  });

  test.each(['mailto:a@b.c', 'javascript:alert(1)', 'data:text/html,x', 'http://[', 'blob:x'])('%s is no page', (href) => {
    expect(followed(href, base)).toBeUndefined();
  });

  const form = { action: '/find?old=1', method: 'get', enctype: '', entries: [['q', 'ü & x'], ['n', 'a\nb']] as const };
  test('a GET form replaces the query', () => {
    expect(submitted(form, base)?.url.href).toBe('http://app.test:8000/find?q=%C3%BC+%26+x&n=a%0D%0Ab');
  });

  test('a POST form in its three codings', () => {
    const of = (enctype: string) => submitted({ ...form, method: 'POST', enctype }, base);
    expect(of('')).toMatchObject({ method: 'POST', body: { type: 'application/x-www-form-urlencoded', octets: 'q=%C3%BC+%26+x&n=a%0D%0Ab' } });
    expect(of('')?.url.href).toBe('http://app.test:8000/find?old=1');
    expect(of('text/plain')?.body).toEqual({ type: 'text/plain', octets: 'q=Ã¼ & x\r\nn=a\r\nb\r\n' });
    const multipart = of('multipart/form-data')!.body!;
    expect(multipart.type).toMatch(/^multipart\/form-data; boundary=/);
    expect(multipart.octets).toContain('name="q"\r\n\r\nÃ¼ & x\r\n');
  });

  test('octets have the fields that a browser sends, and a length in octets', () => {
    const octets = requestOctets(submitted({ ...form, method: 'post', enctype: 'text/plain' }, base)!, { cookie: 'a=ü', from: base });
    expect(octets).toMatch(/^POST \/find\?old=1 HTTP\/1\.1\r\nHost: app\.test:8000\r\n/);
    expect(octets).toContain('\r\nContent-Length: 18\r\n');
    expect(octets).toContain('\r\nOrigin: http://app.test:8000\r\n');
    expect(octets).toContain('\r\nReferer: http://app.test:8000/shop/list?page=2\r\n');
    expect(octets).toContain('\r\nCookie: a=Ã¼\r\n');
    expect([...octets].every((character) => character <= '\u00ff')).toBe(true);
  });
});

describe('the address of a request', () => {
  test.each([
    [get('/a?b=1'), 'http://app.test:8000/a?b=1'],
    [get('//x/y'), 'http://app.test:8000//x/y'],
    ['GET http://other/p HTTP/1.1\r\nHost: x\r\n\r\n', 'http://other/p'],
    ['GET / HTTP/1.0\r\n\r\n', 'http://localhost/'],
  ])('%j', (raw, address) => expect(addressOf(raw)?.href).toBe(address));

  test('there is none in what is no request', () => {
    for (const raw of ['', 'hello', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n']) expect(addressOf(raw)).toBeUndefined();
  });
});

describe('redirections', () => {
  const post = { method: 'POST', url: base, body: { type: 'text/plain', octets: 'x' } };
  test.each([
    [301, 'GET', false], [302, 'GET', false], [303, 'GET', false], [307, 'POST', true], [308, 'POST', true],
  ])('%i after a POST is a %s', (status, method, body) => {
    const next = redirected(post, status, '../x');
    expect([next?.method, next?.body !== undefined, next?.url.href]).toEqual([method, body, 'http://app.test:8000/x#top']);
  });

  test('no Location, another status, another scheme: none', () => {
    expect([redirected(post, 302, undefined), redirected(post, 200, '/x'), redirected(post, 304, '/x'), redirected(post, 302, 'mailto:x')]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

/** A browser in front of a server that answers by path. */
class World {
  readonly sent: string[] = [];
  readonly shown: Visit[] = [];
  readonly answers: Record<string, { status?: number; headers?: [string, string][] }> = {};
  readonly browser = new Browser({ send: (raw) => this.send(raw), show: (visit) => { this.shown.push(visit); }, changed: () => {} });
  #connections = 0;

  send(raw: string): Promise<SendResult> {
    this.sent.push(raw);
    const { status = 200, headers = [] } = this.answers[raw.split(' ')[1] ?? ''] ?? {};
    return Promise.resolve({ connection: ++this.#connections, exchange: 1, raw: new Uint8Array(), ms: 1, response: { version: 'HTTP/1.1', status, reason: '', headers, body: new Uint8Array(), trailers: [], keepAlive: true } });
  }

  /** The visitor presses Send. */
  async press(path: string): Promise<void> {
    this.browser.see(get(path), await this.send(get(path)));
  }

  get paths(): string[] {
    return this.sent.map((raw) => raw.split(' ')[1] ?? '');
  }
}

describe('the browser', () => {
  test('follows a link from the page that Send brought, tells where it came from, and finds the way back', async () => {
    const world = new World();
    const { browser } = world;
    await world.press('/');
    expect([browser.back, browser.forward, browser.page?.request.url.pathname]).toEqual([false, false, '/']);
    await browser.link('next');
    await browser.link('/third');
    expect(world.paths).toEqual(['/', '/next', '/third']);
    expect(world.sent[2]).toContain('Referer: http://app.test:8000/next\r\n');
    browser.goBack();
    browser.goBack();
    expect([world.shown.at(-1)?.connection, browser.back, browser.forward]).toEqual([1, false, true]);
    // Pages are shown again, not asked for again; a new link forgets what lay ahead.
    expect(world.paths).toHaveLength(3);
    await browser.link('/other');
    expect([browser.forward, browser.page?.request.url.pathname]).toEqual([false, '/other']);
  });

  test('reloads in place', async () => {
    const world = new World();
    await world.press('/');
    await world.browser.link('/a');
    await world.browser.reload();
    expect(world.paths).toEqual(['/', '/a', '/a']);
    world.browser.goBack();
    expect(world.browser.page?.request.url.pathname).toBe('/');
  });

  test('follows redirections with the cookies that they set', async () => {
    const world = new World();
    world.answers['/login'] = { status: 303, headers: [['Set-Cookie', 'session=abc; Path=/; HttpOnly'], ['Location', '/home']] };
    await world.press('/');
    await world.browser.submit({ action: '/login', method: 'post', enctype: '', entries: [['user', 'x']] });
    expect(world.paths).toEqual(['/', '/login', '/home']);
    expect(world.sent[2]).toContain('Cookie: session=abc\r\n');
    expect(world.sent[2]).toMatch(/^GET /);
    expect(world.browser.cookies.list()).toMatchObject([{ name: 'session', value: 'abc', httpOnly: true, path: '/' }]);
    world.browser.clearCookies();
    await world.browser.link('/again');
    expect(world.sent[3]).not.toContain('Cookie:');
  });

  test('a cookie is sent where it belongs, and one of somebody else\'s is not taken', async () => {
    const world = new World();
    world.answers['/set'] = { headers: [['Set-Cookie', 'deep=1; Path=/deep'], ['set-cookie', 'gone=1; Max-Age=0'], ['Set-Cookie', 'evil=1; Domain=elsewhere.test']] };
    await world.press('/set');
    await world.browser.link('/');
    await world.browser.link('/deep/x');
    expect(world.sent.slice(1).map((raw) => /Cookie: (.*)\r/.exec(raw)?.[1])).toEqual([undefined, 'deep=1']);
    expect(world.browser.cookies.list().map(({ name }) => name)).toEqual(['deep']);
  });

  test('goes round in circles twenty times and no more', async () => {
    const world = new World();
    world.answers['/loop'] = { status: 302, headers: [['Location', '/loop']] };
    await world.press('/');
    await world.browser.link('/loop');
    expect(world.paths).toHaveLength(1 + 21);
    expect(world.browser.problem?.why).toBe('too-many');
  });

  test('does not leave the app, and says so', async () => {
    const world = new World();
    await world.press('/');
    await world.browser.link('https://elsewhere.test/x');
    expect(world.browser.problem).toEqual({ why: 'elsewhere', href: 'https://elsewhere.test/x' });
    await world.browser.link('mailto:a@b.c');
    expect(world.browser.problem?.why).toBe('no-page');
    world.answers['/out'] = { status: 302, headers: [['Location', 'https://elsewhere.test/y']] };
    await world.browser.link('/out');
    expect(world.browser.problem).toEqual({ why: 'elsewhere', href: 'https://elsewhere.test/y' });
    expect(world.paths).toEqual(['/', '/out']);
  });

  test.each([['/p?q=1', '/p?q=1'], ['app.test:8000/x', '/x'], ['http://app.test:8000/y', '/y'], ['z', '/z']])('the address bar takes %s', async (typed, path) => {
    const world = new World();
    await world.press('/');
    await world.browser.open(typed);
    expect(world.paths.at(-1)).toBe(path);
    expect(world.sent.at(-1)).not.toContain('Referer');
  });

  test('forgets pages and keeps cookies when the server starts again', async () => {
    const world = new World();
    world.answers['/'] = { headers: [['Set-Cookie', 'a=1']] };
    await world.press('/');
    world.browser.forget();
    expect([world.browser.page, world.browser.back]).toEqual([undefined, false]);
    expect(world.browser.cookies.list()).toHaveLength(1);
  });
});
