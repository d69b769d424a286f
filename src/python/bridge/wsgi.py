"""WSGI (PEP 3333): the environ as a dict of exact types, start_response, and the iterable block by block.

`exchange` is the gateway's side of one exchange: `start(status, fields, again)`, `write(octets)`, `input` and `errors`.
"""

import json
from itertools import count
from wsgiref.util import FileWrapper

from pyodide.ffi import JsException, to_js

from . import border, sites
from .loader import applications

_numbers = count(1)
#: Iterables that are being sent: number -> (iterable, iterator or None).
_results = {}


class Input:
    """`wsgi.input` over the gateway's, so that every read is seen."""

    __slots__ = ('_input',)

    def __init__(self, stream):
        self._input = stream

    def read(self, size=-1, /):
        return self._input.read(-1 if size is None else size).to_bytes()

    def readline(self, size=-1, /):
        return self._input.readline(-1 if size is None else size).to_bytes()

    def readlines(self, hint=-1, /):
        return [line.to_bytes() for line in self._input.readlines(0 if hint is None or hint < 0 else hint)]

    def __iter__(self):
        return iter(self.readline, b'')


class Errors:
    """`wsgi.errors`: text for the log."""

    __slots__ = ('_errors',)

    def __init__(self, stream):
        self._errors = stream

    def write(self, text, /):
        if not isinstance(text, str):
            raise TypeError(f'write() argument must be str, not {type(text).__name__}')
        self._errors.write(sites.shown(text))
        return len(text)

    def writelines(self, lines, /):
        for line in lines:
            self.write(line)

    def flush(self):
        self._errors.flush()


def _violation(*facts):
    return border.violation('wsgi', *facts)


def _a(value):
    return 'None' if value is None else f'a {type(value).__name__}'


def _starter(exchange):
    def write(data, /):
        if type(data) is not bytes:
            raise _not_bytes('write() was given', data)
        try:
            exchange.write(to_js(data))
        except JsException as error:
            raise border.translated(error) from None

    def start_response(status, response_headers, exc_info=None, /):
        if type(status) is not str:
            raise _violation('status-not-string', 'PEP3333-start-1', f'The status is {_a(status)}: {status!r}.', "Give code and reason as one str, such as '200 OK'.", repr(status), "a str such as '200 OK'")
        if type(response_headers) is not list:
            raise _violation('headers-not-list', 'PEP3333-start-3', f'The headers are {_a(response_headers)}, not a list.', 'Give a list of (name, value) tuples.', repr(response_headers)[:120], "[('Content-Type', 'text/plain'), ...]")
        flat = []
        for pair in response_headers:
            if type(pair) is not tuple or len(pair) != 2 or type(pair[0]) is not str or type(pair[1]) is not str:
                raise _violation('header-not-pair', 'PEP3333-start-3', f'The header {pair!r} is not a tuple of two str.', "Write ('Name', 'value'); turn numbers into strings with str().", repr(pair)[:120], "('Content-Type', 'text/plain')")
            flat += pair
        try:
            if not exchange.start(status, to_js(flat), exc_info is not None):
                # PEP3333-start-11: the head has gone out, so the application's own error goes on.
                raise exc_info[1].with_traceback(exc_info[2])
        except JsException as error:
            raise border.translated(error) from None
        finally:
            exc_info = None  # PEP 3333: "avoid circular reference"
        return write

    return start_response


def _environ(text, exchange):
    environ = json.loads(text)
    environ['wsgi.version'] = (1, 0)
    environ['wsgi.input'] = Input(exchange.input)
    environ['wsgi.errors'] = Errors(exchange.errors)
    environ['wsgi.file_wrapper'] = FileWrapper
    return environ


def call(number, environ, exchange):
    """Call an application. Returns all blocks, where they are there already; a number for `next_block` and `close`; None after `fail`."""
    try:
        result = applications[number](_environ(environ, exchange), _starter(exchange))
        if type(result) in (list, tuple) and all(type(block) is bytes for block in result):
            return to_js(result)
        _check_result(result)
        key = next(_numbers)
        _results[key] = [result, None]
        return key
    except BaseException as error:
        border.fail(error)


def next_block(key):
    """The next block; None at the end, and after `fail`."""
    try:
        entry = _results[key]
        if entry[1] is None:
            entry[1] = iter(entry[0])
        for block in entry[1]:
            if type(block) is not bytes:
                raise _not_bytes('The iterable gave', block)
            return to_js(block)
    except BaseException as error:
        border.fail(error)


def type_of_result(key):
    """Name of its class, for the trace."""
    return type(_results[key][0]).__name__ if key in _results else None


def site_of_block(key):
    """The `yield` that gave the last block."""
    return sites.suspended(_results[key][1]) if key in _results else None


def close(key):
    """PEP3333-details-8. True: there was something to call."""
    try:
        result, _ = _results.pop(key)
        close = getattr(result, 'close', None)
        if close is None:
            return False
        close()
        return True
    except BaseException as error:
        border.fail(error)


def _not_bytes(how, block):
    advice = "Encode text first: text.encode()." if isinstance(block, str) else 'Return a list of bytes: [data], not data.' if isinstance(block, int) else 'Give bytes(data).'
    return _violation('body-not-bytes', 'PEP3333-unicode-2', f'{how} {_a(block)} instead of bytes: {block!r:.60}.', advice, repr(block)[:120], 'bytes')


def _check_result(result):
    def refuse(code, message, advice):
        raise _violation(code, 'PEP3333-details-5', message, advice, repr(result)[:120], 'an iterable of bytes')

    if result is None:
        refuse('result-none', 'The application returned None.', 'Return an iterable, if only an empty one: return [].')
    if isinstance(result, str):
        refuse('result-string', 'The application returned a str: its characters would be sent one by one, and they are not bytes.', 'Return [text.encode()].')
    if isinstance(result, (bytes, bytearray)):
        refuse('result-bytes', f'The application returned {_a(result)}: iterating over it gives numbers.', 'Put it into a list: return [data].')
    if hasattr(result, '__await__'):
        if hasattr(result, 'close'):
            result.close()
        refuse('async-app', 'The application returned a coroutine, but WSGI is synchronous: there is nobody to await it.', 'Write def instead of async def, or make it an ASGI application: async def app(scope, receive, send).')
    if not hasattr(type(result), '__iter__') and not hasattr(type(result), '__getitem__'):
        refuse('result-not-iterable', f'The application returned {_a(result)}, which cannot be iterated over.', 'Return a list of bytes, or a generator.')
