import { describe, expect, test } from 'vitest';
import { Flask, request } from '../../src/frameworks/flasklike/app.ts';
import { abort } from '../../src/frameworks/flasklike/errors.ts';
import { jsonify, redirect, Response } from '../../src/frameworks/flasklike/response.ts';

describe('routing', () => {
  const app = new Flask();
  app.route('/')(function index() { return 'index'; });
  app.route('/hello/<name>')(function hello({ name }) { return `hello ${name}`; });
  app.route('/hello/world')(function world() { return 'the world itself'; });
  app.route('/post/<int:id>')(function post({ id }) { return { id, kind: typeof id }; });
  app.route('/price/<float:amount>')(function price({ amount }) { return { amount }; });
  app.route('/file/<path:where>/raw')(function file({ where }) { return String(where); });
  app.route('/users/')(function users() { return 'users'; });
  app.route('/form', { methods: ['GET', 'POST'] })(function form() { return request.method; });
  const client = app.testClient();

  test('is a function of two parameters, as WSGI servers expect', () => {
    expect(typeof app).toBe('function');
    expect(app.length).toBe(2);
    expect(app).toBeInstanceOf(Flask);
  });

  test.each([
    ['/', 200, 'index'],
    ['/hello/Ada', 200, 'hello Ada'],
    ['/hello/Ad%C3%A8le', 200, 'hello Adèle'],
    ['/hello/world', 200, 'the world itself'],
    ['/hello/a/b', 404, undefined],
    ['/post/7', 200, '{"id":7,"kind":"number"}\n'],
    ['/post/seven', 404, undefined],
    ['/post/-7', 404, undefined],
    ['/price/1.50', 200, '{"amount":1.5}\n'],
    ['/file/a/b/c.txt/raw', 200, 'a/b/c.txt'],
    ['/nowhere', 404, undefined],
  ])('GET %s', (target, status, text) => {
    const response = client.get(target);
    expect(response.status).toBe(status);
    if (text !== undefined) expect(response.text).toBe(text);
  });

  test('a rule that ends in a slash redirects the path without it (308 keeps the method)', () => {
    const response = client.get('/users');
    expect([response.status, response.header('Location')]).toEqual([308, '/users/']);
    expect(client.get('/users/').text).toBe('users');
  });

  test('RFC9110-15.5.6 405 names the methods that are allowed', () => {
    const response = client.open('DELETE', '/form');
    expect([response.status, response.header('Allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
  });

  test('RFC9110-9.3.2 HEAD is answered like GET, without the body', () => {
    const response = client.open('HEAD', '/');
    expect([response.status, response.text, response.header('Content-Length')]).toEqual([200, '', '5']);
  });

  test('RFC9110-9.3.7 OPTIONS is answered by the framework', () => {
    expect(client.open('OPTIONS', '/form').header('Allow')).toBe('GET, HEAD, OPTIONS, POST');
  });

  test('urlFor builds what match takes apart; the rest becomes the query', () => {
    expect(app.urlFor('hello', { name: 'Ada & co', x: 1 })).toBe('/hello/Ada%20%26%20co?x=1');
    expect(app.urlFor('file', { where: 'a/b c' })).toBe('/file/a/b%20c/raw');
    expect(() => app.urlFor('hello', {})).toThrow(/no rule/);
  });

  test('mistakes in a rule are told when it is added', () => {
    expect(() => app.route('no-slash')(() => '')).toThrow(/begins with a slash/);
    expect(() => app.route('/<date:x>')(() => '')).toThrow(/no converter "date"/);
    expect(() => app.route('/<x>/<x>')(() => '')).toThrow(/twice/);
    expect(() => app.route('/again')(function index() { return ''; })).toThrow(/"index" has a view already/);
  });
});

describe('request', () => {
  const app = new Flask();
  app.route('/echo', { methods: ['POST'] })(function echo() {
    return jsonify({ args: [...request.args], form: [...request.form], type: request.mimetype, agent: request.header('User-Agent'), session: request.cookies.get('session') });
  });
  app.route('/json', { methods: ['POST'] })(function json() { return { got: request.json }; });
  const client = app.testClient();

  test('a form of any size', () => {
    const value = 'x'.repeat(300_000);
    const large = new Flask();
    large.route('/', { methods: ['POST'] })(function size() { return String(request.form.get('a')?.length); });
    expect(large.testClient().post('/', { form: { a: value } }).text).toBe('300000');
  });

  test('query, form, fields and cookies', () => {
    const response = client.post('/echo?a=1&a=2&b=x+y%21', { form: { name: 'Ada', note: 'é & ü' }, headers: { 'User-Agent': 'test', Cookie: 'a=b; session="s1"' } });
    expect(response.json()).toEqual({ args: [['a', '1'], ['a', '2'], ['b', 'x y!']], form: [['name', 'Ada'], ['note', 'é & ü']], type: 'application/x-www-form-urlencoded', agent: 'test', session: 's1' });
  });

  test('JSON: 415 without the content type, 400 where it is not JSON', () => {
    expect(client.post('/json', { json: { a: [1] } }).json()).toEqual({ got: { a: [1] } });
    expect(client.post('/json', { body: '{}' }).status).toBe(415);
    expect(client.post('/json', { body: '{', headers: { 'Content-Type': 'application/json' } }).status).toBe(400);
  });

  test('outside a view there is no request', () => {
    expect(() => request.method).toThrow(/outside of request context/);
  });
});

describe('responses and errors', () => {
  const app = new Flask();
  const order: string[] = [];
  app.beforeRequest(() => { order.push('before'); return request.path === '/early' ? ['early', 202] : undefined; });
  app.afterRequest((response) => { order.push('after 1'); return response.set('X-Seen', 'yes'); });
  app.afterRequest(() => { order.push('after 2'); return undefined; });
  app.get('/tuple')(function tuple() { return ['made', 201, { 'X-Kind': 'tuple' }]; });
  app.get('/stream')(function stream() { return (function* () { yield 'one,'; yield new TextEncoder().encode('two'); })(); });
  app.get('/cookies')(function cookies() { return new Response('').setCookie('a', '1').setCookie('b', '2'); });
  app.get('/away')(function away() { return redirect('/tuple?a=1&b="2"'); });
  app.get('/nothing')(function nothing() { return undefined as unknown as string; });
  app.get('/teapot')(function teapot() { return abort(418, 'short and stout'); });
  app.get('/boom')(function boom() { throw new Error('boom'); });
  app.errorHandler(404)((error) => ({ error: error.message }));
  const client = app.testClient();

  test.each([
    ['/tuple', 201, 'made'],
    ['/stream', 200, 'one,two'],
    ['/early', 202, 'early'],
    ['/away', 302, '<p>Go to <a href="/tuple?a=1&amp;b=&quot;2&quot;">/tuple?a=1&amp;b="2"</a>.'],
    ['/teapot', 418, '418: short and stout\n'],
    ['/boom', 500, '500: The server met an error it did not expect.\n'],
    ['/nothing', 500, '500: The server met an error it did not expect.\n'],
    ['/missing', 404, '{"error":"Nothing is here. Check the address."}\n'],
  ])('GET %s', (target, status, text) => {
    const response = client.get(target);
    expect([response.status, response.text, response.header('x-seen')]).toEqual([status, text, 'yes']);
  });

  test('hooks run in Flask\'s order: before first, after last-registered first', () => {
    order.length = 0;
    client.get('/tuple');
    expect(order).toEqual(['before', 'after 2', 'after 1']);
  });

  test('Set-Cookie stays two lines', () => {
    expect(client.get('/cookies').headers.filter(([name]) => name === 'Set-Cookie')).toHaveLength(2);
  });

  test('propagateErrors lets the server see what was thrown', () => {
    app.propagateErrors = true;
    expect(() => client.get('/boom')).toThrow('boom');
    app.propagateErrors = false;
  });
});
