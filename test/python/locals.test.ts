/** What is told of local variables, where that is asked for: names, types, short texts, and never by running code of the application. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SourceLocal } from '../../src/trace/events.ts';
import { bodyText, only, Served, TestPython, type Asked } from '../helpers/python.ts';

let python: TestPython;
beforeAll(async () => void (python = await TestPython.start()), 120_000);
beforeEach(() => python.python.bridge.tellLocals(true));

async function ask(source: string): Promise<Asked> {
  const served = await Served.start(python.load({ 'app.py': source }));
  const asked = await served.ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await served.stop();
  return asked;
}

/** Locals at the call of start_response, after `statements` (indented by four). */
async function localsAfter(statements: string, before = ''): Promise<Map<string, SourceLocal>> {
  const { events, responses } = await ask(`${before}\ndef app(environ, start_response):\n${statements.replaceAll(/^/gm, '    ')}\n    start_response('200 OK', [('Content-Type', 'text/plain')])\n    return [b'ok']\n`);
  expect(only(events, 'app.error').map(({ message }) => message)).toEqual([]);
  expect(bodyText(responses[0])).toBe('ok');
  return new Map(only(events, 'app.start')[0]!.site!.locals!.map((local) => [local.name, local]));
}

const texts = (locals: Map<string, SourceLocal>): Record<string, string> => Object.fromEntries([...locals].filter(([name]) => name !== 'environ' && name !== 'start_response').map(([name, { value }]) => [name, value]));

describe('a local', () => {
  test('has its name, its type and its text', async () => {
    const locals = await localsAfter(`
n = 42; f = 1.5; yes = True; nothing = None; s = 'héllo\\n'; b = b'\\x00a'
items = [1, 'two', (3,)]; d = {'k': {'deep': {'deeper': {'deepest': 1}}}}; e = {1}; many = list(range(1000)); empty = {}
def inner(): pass
class Order:
    def __init__(self): self.id = 7; self.lines = ['a']
order = Order(); cls = Order; method = order.__init__
import datetime; day = datetime.date(2026, 1, 2)`.trim());
    expect(texts(locals)).toEqual({
      n: '42', f: '1.5', yes: 'True', nothing: 'None', s: "'héllo\\n'", b: "b'\\x00a'", items: "[1, 'two', (3,)]", d: "{'k': {'deep': {'deeper': {… (1)}}}}", e: '{1}',
      many: '[0, 1, 2, 3, 4, 5, … (1000)]', empty: '{}', inner: '<function app.<locals>.inner>', Order: '<class app.<locals>.Order>', order: "app.<locals>.Order(id=7, lines=['a'])",
      cls: '<class app.<locals>.Order>', method: '<function app.<locals>.Order.__init__>', datetime: '<module>', day: 'datetime.date(2026, 1, 2)',
    });
    expect(['n', 's', 'order', 'environ'].map((name) => locals.get(name)?.type)).toEqual(['int', 'str', 'app.<locals>.Order', 'dict']);
  });

  test('of great size costs nothing: it is cut', async () => {
    const locals = await localsAfter("text = 'x' * 50_000_000; number = 1 << 10_000_000; big = [['y' * 1000] * 1000] * 1000; wide = {i: 'v' * 500 for i in range(1000)}");
    for (const { value } of locals.values()) expect(value.length).toBeLessThanOrEqual(120);
    expect(texts(locals)).toMatchObject({ number: '<int of 10000001 bits>' });
    expect(texts(locals)['text']).toMatch(/^'x+…$/);
  });

  test('is one of two dozen at most', async () => {
    const locals = await localsAfter(Array.from({ length: 100 }, (_, i) => `v${i} = ${i}`).join('\n'));
    expect(locals.size).toBe(25);
    expect(locals.get('…')).toEqual({ name: '…', type: '', value: '' });
  });

  test.each([
    ['raises', 'raise RuntimeError("no")'],
    ['loops', 'while True: pass'],
    ['is huge', "return 'x' * 10**9"],
    ['ends everything', 'raise SystemExit(1)'],
    ['has effects', "global touched; touched = True; return ''"],
  ])('whose __repr__ %s is told by its class: that code is not run', async (_, body) => {
    const hostile = `
touched = False
class Meta(type):
    def __getattribute__(cls, name):
        ${body}
class Hostile:
    def __repr__(self):
        ${body}
    __str__ = __format__ = __len__ = __iter__ = __hash__ = __bool__ = __repr__
    @property
    def __class__(self):
        ${body}
    @property
    def __dict__(self):
        ${body}
    def __getattribute__(self, name):
        ${body}
class Sub(list):
    def __iter__(self):
        ${body}
    __repr__ = __len__ = __iter__
class Text(str):
    def __repr__(self):
        ${body}
class OfMeta(metaclass=Meta): pass
import datetime
class Zone(datetime.tzinfo):
    def __repr__(self):
        ${body}
    utcoffset = dst = tzname = lambda self, when: None
`;
    const locals = await localsAfter('h = object.__new__(Hostile); inside = [h, {1: h}]; sub = Sub(); text = Text("t"); meta = OfMeta; of_meta = type.__call__(OfMeta); when = datetime.datetime(2026, 1, 2, tzinfo=Zone())', hostile);
    expect(texts(locals)).toMatchObject({ h: '<Hostile>', inside: '[<Hostile>, {1: <Hostile>}]', sub: '<Sub>', text: '<Text>', meta: '<Meta>', of_meta: '<OfMeta>', when: 'datetime.datetime(2026, 1, 2, 0, 0) with tzinfo' });
  });

  test('that holds itself ends', async () => {
    expect(texts(await localsAfter('me = []; me.append(me)'))['me']).toBe('[[[[… (1)]]]]');
  });
});

test('they are told at a yield, at write, at receive and send, of an exception, and of what is printed', async () => {
  const wsgi = await ask(`
def app(environ, start_response):
    word = 'first'
    write = start_response('200 OK', [('Content-Type', 'text/plain')])
    write(b'a')
    return blocks()
def blocks():
    for number in (1, 2):
        yield str(number).encode()
    gone = 'yes'
    raise ValueError
`);
  const local = (site: { readonly locals?: readonly SourceLocal[] } | undefined, name: string): string | undefined => site?.locals?.find((each) => each.name === name)?.value;
  expect(only(wsgi.events, 'app.body').map(({ site }) => local(site, 'word') ?? local(site, 'number'))).toEqual(["'first'", '1', '2']);
  expect(local(only(wsgi.events, 'app.error')[0]?.site, 'gone')).toBe("'yes'");
  const asgi = await ask(`
async def app(scope, receive, send):
    if scope['type'] != 'http': return
    message = await receive()
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    count = 3
    await send({'type': 'http.response.body', 'body': b'x'})
`);
  expect(only(asgi.events, 'app.message').concat().map(({ site }) => local(site, 'scope') !== undefined)).not.toContain(false);
  expect(asgi.events.flatMap((event) => ('site' in event && event.site ? [local(event.site, 'count')] : [])).at(-1)).toBe('3');
});

test('nothing is told where nobody asked', async () => {
  python.python.bridge.tellLocals(false);
  const { events } = await ask("def app(environ, start_response):\n    x = 1\n    start_response('200 OK', [('Content-Type', 'text/plain')])\n    yield b'a'\n");
  expect(events.flatMap((event) => ('site' in event && event.site ? [event.site] : [])).length).toBeGreaterThan(1);
  expect(JSON.stringify(events)).not.toContain('locals');
});
