"""ASGI 3.0: each call of an application is a task of the event loop; messages cross as they come.

`host` is the gateway's side of one call: `receive()` asks for an event, which comes through `deliver`; `send(message, token)`
is True where it need not be waited for, otherwise `sent` or `refused` follow; `finished()` and `failed()` end it.
"""

import asyncio
import json
from collections import deque
from itertools import count

import js
from pyodide.ffi import ConversionError, JsException, to_js

from . import border, threads
from .loader import applications

threads.install()

_numbers = count(1)
_connections = {}
#: `scope["state"]` of the lifespan, by application: Python objects, which the gateway never sees.
_states = {}
_from_entries = js.Object.fromEntries


def call(number, text, host):
    """Call an application with a scope (JSON, octets as latin-1). Returns the number of the call."""
    key = next(_numbers)
    _connections[key] = connection = _Connection(key, host)
    scope = _scope(json.loads(text), _states.setdefault(number, {}))
    connection.start(applications[number], scope)
    return key


def deliver(key, text, name, octets):
    """An event that was asked for. `octets`, where there are some, belong into it as `name`."""
    connection = _connections.get(key)
    if connection is None:
        return
    event = json.loads(text)
    if octets is not None:
        event[name] = octets.to_bytes()
    connection.deliver(event)


def sent(key, token):
    """There is room again."""
    connection = _connections.get(key)
    if connection is not None and not (future := connection.sending.pop(token)).done():
        future.set_result(None)


def refused(key, token, error):
    """The gateway did not take the message."""
    connection = _connections.get(key)
    if connection is not None and not (future := connection.sending.pop(token)).done():
        future.set_exception(border.translated(error))


class _Connection:
    def __init__(self, key, host):
        self.key = key
        self.host = host
        self.loop = asyncio.get_event_loop()
        self.sending = {}
        self._tokens = count(1)
        self._events = deque()
        self._waiting = []
        self._asked = False

    def start(self, app, scope):
        # At once, not in the next turn of the loop: most applications answer without having to wait.
        asyncio.Task(self._run(app, scope), loop=self.loop, eager_start=True)

    async def _run(self, app, scope):
        try:
            await app(scope, self.receive, self.send)
        except BaseException as error:
            border.fail(error)
            self.host.failed()
        else:
            self.host.finished()
        finally:
            del _connections[self.key]

    async def receive(self):
        """One event. Nothing is lost where a task is cancelled while it waits: the event stays for the next."""
        while not self._events:
            if not self._asked:
                self._asked = True
                self.host.receive()
            waiter = self.loop.create_future()
            self._waiting.append(waiter)
            await waiter
        return self._events.popleft()

    def deliver(self, event):
        self._asked = False
        self._events.append(event)
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def send(self, message):
        token = next(self._tokens)
        try:
            done = self.host.send(_message(message), token)
        except JsException as error:
            raise border.translated(error) from None
        if done:
            return
        self.sending[token] = future = self.loop.create_future()
        await future


def _message(message):
    if type(message) is not dict:
        raise border.violation('asgi', 'message-not-object', 'ASGI-app-2', f'send was given a {type(message).__name__} instead of a message.', "Send a dict with a type, such as {'type': 'http.response.start', 'status': 200}.", repr(message)[:120], 'a dict with a type')
    headers = message.get('headers')
    if not isinstance(headers, (list, tuple)) and hasattr(headers, '__iter__'):
        message = {**message, 'headers': list(headers)}
    try:
        return to_js(message, dict_converter=_from_entries, create_pyproxies=False)
    except ConversionError:
        odd = next((f'{key!r} is a {type(value).__name__}' for key, value in message.items() if not isinstance(value, (str, bytes, bytearray, memoryview, bool, int, list, tuple, dict, type(None)))), 'it holds something else than the specification has')
        raise border.violation('asgi', 'message-values', 'ASGI-app-2', f'The message {message.get("type")!r} cannot be sent: {odd}.', 'Give bytes, str, int, bool, lists and tuples of them.', repr(message)[:120], 'the types of the specification') from None


def _octets(text):
    return text.encode('latin-1')


def _scope(scope, state):
    kind = scope['type']
    if kind == 'lifespan':
        scope['state'] = state
        return scope
    scope['raw_path'] = _octets(scope['raw_path'])
    scope['query_string'] = _octets(scope['query_string'])
    scope['headers'] = [(_octets(name), _octets(value)) for name, value in scope['headers']]
    for key in ('client', 'server'):
        if scope[key] is not None:
            scope[key] = tuple(scope[key])
    if 'state' in scope:
        # ASGI-lifespan-5: "a shallow copy of the namespace is passed into each subsequent request".
        scope['state'] = state.copy()
    return scope
