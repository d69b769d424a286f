/** From files to an application: which one is meant, which interface it speaks, and what is said where that fails. */
import { beforeAll, describe, expect, test } from 'vitest';
import { PythonLoadError, type PythonTarget } from '../../src/python/load-app.ts';
import { TestPython } from '../helpers/python.ts';

let python: TestPython;
beforeAll(async () => void (python = await TestPython.start()), 120_000);

const kind = (source: string, target: Partial<PythonTarget> = {}): string => python.load({ 'app.py': source }, target).app.interface;
function problem(files: string | Readonly<Record<string, string>>, target: Partial<PythonTarget> = {}): PythonLoadError {
  try {
    python.load(typeof files === 'string' ? { 'app.py': files } : files, target);
  } catch (error) {
    if (error instanceof PythonLoadError) return error;
    throw error;
  }
  throw new Error('it was loaded');
}

describe('the interface', () => {
  test.each([
    ['wsgi', 'def app(environ, start_response): ...'],
    ['wsgi', 'application = lambda environ, start_response: []'],
    ['wsgi', 'class App:\n    def __call__(self, environ, start_response): ...\napp = App()'],
    ['wsgi', 'class App:\n    def __init__(self, environ, start_response): ...\n    def __iter__(self): ...\napp = App'],
    ['wsgi', 'def app(environ, start_response, extra=1): ...'],
    ['wsgi', 'import functools\ndef full(settings, environ, start_response): ...\napp = functools.partial(full, {})'],
    ['asgi', 'async def app(scope, receive, send): ...'],
    ['asgi', 'class App:\n    async def __call__(self, scope, receive, send): ...\napp = App()'],
    ['asgi', 'class App:\n    def method(self): ...\n    async def asgi(self, scope, receive, send): ...\napp = App().asgi'],
    ['asgi', 'import functools\nasync def full(settings, scope, receive, send): ...\napp = functools.partial(full, {})'],
    ['asgi', 'class App:\n    def __init__(self, scope, receive, send): ...\n    def __await__(self): ...\napp = App'],
    ['asgi', 'def app(scope, receive, send): return later(scope, receive, send)'],
    ['asgi', 'def wrap(inner):\n    async def app(*args): await inner(*args)\n    return app\nasync def full(scope, receive, send): ...\napp = wrap(full)'],
  ])('%s: %s', (expected, source) => {
    expect(kind(source)).toBe(expected);
  });

  test('said is said', () => {
    expect(kind('def app(a, b): ...', { interface: 'asgi' })).toBe('asgi');
  });

  test.each([
    ['def app(scope): ...', 'takes one parameter'],
    ['def app(): ...', 'takes 0 parameters'],
    ['app = 7', 'is a int'],
    ['app = type', 'WSGI or ASGI'],
  ])('a doubt is told: %s', (source, words) => {
    expect(problem(source).message).toContain(words);
  });
});

describe('which one', () => {
  const two = 'def one(e, s): ...\nclass box:\n    def two(e, s): ...';
  test('by name, and by path', () => {
    expect(python.load({ 'app.py': two }, { name: 'one' }).app.name).toBe('app.py:one');
    expect(python.load({ 'app.py': two }, { name: 'box.two' }).app.name).toBe('app.py:box.two');
  });

  test('a factory', () => {
    expect(kind('def create():\n    async def app(scope, receive, send): ...\n    return app', { name: 'create', factory: true })).toBe('asgi');
  });

  test('a file in a package imports its neighbours', () => {
    const files = { 'shop/__init__.py': '', 'shop/web/__init__.py': '', 'shop/web/app.py': 'from ..data import answer\nfrom shop.web import app as own\ndef app(e, s): return [answer]', 'shop/data.py': 'answer = b"x"' };
    expect(python.load(files, { file: 'shop/web/app.py' }).app.interface).toBe('wsgi');
  });

  test('a file in a folder imports its neighbours', () => {
    expect(python.load({ 'src/app.py': 'from near import app', 'src/near.py': 'def app(e, s): ...' }, { file: 'src/app.py' }).app.interface).toBe('wsgi');
  });

  test.each([
    [two, 'one.more', "one has no 'more'", ''],
    [two, 'onn', "app.py has no 'onn'", "Did you mean 'one'?"],
    [two, '', 'neither app nor application', 'box, one'],
  ])('%#: a name that is not there', (source, name, message, advice) => {
    const found = problem(source, { name });
    expect(found.message).toContain(message);
    expect(advice.split(', ').every((word) => found.advice.includes(word))).toBe(true);
  });

  test('the name of a module that Python has already', () => {
    expect(problem({ 'json.py': 'def app(e, s): ...' }, { file: 'json.py' }).message).toContain("has the name of the module 'json'");
  });
});

describe('an import that fails', () => {
  test('a syntax error has its line', () => {
    expect(problem('def app(e, s):\n    retrun []\n')).toMatchObject({ kind: 'SyntaxError', site: { file: 'app.py', line: 2 } });
  });

  test('an exception has its line and its traceback', () => {
    const found = problem({ 'app.py': 'import other', 'other.py': 'x = 1\ny = x.upper()' });
    expect(found).toMatchObject({ kind: 'AttributeError', message: "'int' object has no attribute 'upper'", site: { file: 'other.py', line: 2 } });
    expect(found.traceback).toBe('Traceback (most recent call last):\n  File "app.py", line 1, in <module>\n    import other\n  File "other.py", line 2, in <module>\n    y = x.upper()\n        ^^^^^^^\nAttributeError: \'int\' object has no attribute \'upper\'');
  });

  test('a package that is not there', () => {
    expect(problem('import flusk.helpers')).toMatchObject({ kind: 'ModuleNotFoundError', advice: 'Is flusk a package that has to be installed, or a file with another name?', site: { line: 1 } });
  });

  test('SystemExit', () => {
    expect(problem('import sys\nsys.exit("no")')).toMatchObject({ kind: 'SystemExit', site: { line: 2 } });
  });
});
