"""The standard library's sockets over those of the machine, for scripts.

CPython's own `_socket` does the work: Pyodide suspends the stack where a call would block (src/python/sockets.ts). Here is what it has no
hook for (`accept`, `bind`, `listen`, `socketpair`), what Emscripten's C library lacks, and the trace: one line for each call, by the name
and with the arguments that the program used.
"""

import errno
import functools
import os
import select
import socket
import time
import weakref

import _socket
from pyodide.ffi import can_run_sync

from . import sites

#: Set by `install`: src/python/sockets.ts.
host = None

#: CPython does not define these for Emscripten; the numbers are musl's.
_constants = {'SO_REUSEADDR': 2, 'SO_REUSEPORT': 15}
#: What getsockopt says where nothing was set.
_defaults = {
    (socket.SOL_SOCKET, socket.SO_TYPE): int(socket.SOCK_STREAM),
    (socket.SOL_SOCKET, socket.SO_DOMAIN): int(socket.AF_INET),
    (socket.SOL_SOCKET, socket.SO_PROTOCOL): int(socket.IPPROTO_TCP),
    (socket.SOL_SOCKET, socket.SO_SNDBUF): 65536,
    (socket.SOL_SOCKET, socket.SO_RCVBUF): 65536,
}
_options = weakref.WeakKeyDictionary()
_base = _socket.socket


def park(timeout=None):
    """Suspend the stack until another one wakes it, or for so many seconds."""
    if not can_run_sync():
        raise RuntimeError('This call would block, and nothing can be waited for here: it was called from JavaScript.')
    select.poll().poll(None if timeout is None else max(0, timeout) * 1000)


def _settled(number):
    while (outcome := host.outcome(number)) is None:
        park()
    if outcome != 0:
        raise OSError(outcome, os.strerror(outcome))


# ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bind(self, address, /):
    # The C library reads the address, and the machine is asked whether it is free.
    _base.bind(self, address)
    host.bind(self.fileno(), bool(_options.get(self, {}).get((socket.SOL_SOCKET, socket.SO_REUSEADDR))))
    _settled(self.fileno())


def _listen(self, backlog=128, /):
    _base.listen(self, backlog)
    host.listen(self.fileno(), backlog)
    _settled(self.fileno())


def _accept(self):
    if self.gettimeout() is None:
        if not host.listens(self.fileno()):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        poll.poll()
    return _base._accept(self)


def _connect(self, address, /):
    _resolve(address)
    return _base.connect(self, address)


def _connect_ex(self, address, /):
    _resolve(address)
    return _base.connect_ex(self, address)


def _recv(self, size, flags=0, /):
    if flags & socket.MSG_DONTWAIT and not host.peek(self.fileno(), 1):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    if flags & socket.MSG_PEEK:
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        if not poll.poll(None if self.gettimeout() is None else self.gettimeout() * 1000):
            raise TimeoutError('timed out') if self.gettimeout() else BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return host.peek(self.fileno(), size).to_bytes()
    if not flags & socket.MSG_WAITALL:
        return _base.recv(self, size)
    data = b''
    while len(data) < size and (more := _base.recv(self, size - len(data))):
        data += more
    return data


def _setsockopt(self, level, option, value, *rest):
    # Connections in memory have no use for the other options; what was set is remembered.
    _options.setdefault(self, {})[level, option] = value


def _getsockopt(self, level, option, size=None, /):
    if (level, option) == (socket.SOL_SOCKET, socket.SO_ERROR):
        return _base.getsockopt(self, level, option)
    if (level, option) == (socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        value = int(host.listens(self.fileno()))
    else:
        value = _options.get(self, {}).get((level, option), _defaults.get((level, option), 0))
    if size is None or isinstance(value, bytes):
        return value
    return int(value).to_bytes(size, 'little')


# ── the trace ────────────────────────────────────────────────────────────────────────────────────────────────────


def _error_name(error):
    if isinstance(error, TimeoutError):
        return 'ETIMEDOUT'
    if isinstance(error, OSError) and error.errno is not None:
        return errno.errorcode.get(error.errno, str(error.errno))
    return 'EINTR' if isinstance(error, KeyboardInterrupt) else type(error).__name__


def _traced(call, function, arguments, result=lambda value: '0'):
    """A method that calls `function` and tells of it. `arguments` and `result` give texts."""

    @functools.wraps(function)
    def method(self, *args, **named):
        number = self.fileno()
        began = time.monotonic()
        try:
            value = function(self, *args, **named)
        except BaseException as error:
            _tell(call, number, arguments(*args, **named), error, began)
            raise
        host.told(call, number, arguments(*args, **named), result(value), None, (time.monotonic() - began) * 1000, sites.here())
        return value

    return method


def _tell(call, number, arguments, error, began):
    said = str(error)
    host.told(call, number, arguments, f'{type(error).__name__}: {said}' if said else type(error).__name__, _error_name(error), (time.monotonic() - began) * 1000, sites.here())


def _name(module, prefix, value):
    return next((name for name in dir(module) if name.startswith(prefix) and getattr(module, name) == value), str(value))


def _octets(value):
    return f'{memoryview(value).nbytes} octets'


def _first(value='', *rest):
    return repr(value)


def _shown_option(level, option, value, *rest):
    of = 'SO_' if level == socket.SOL_SOCKET else 'TCP_' if level == socket.IPPROTO_TCP else '?'
    return f'{_name(socket, "SOL_", level)}, {_name(socket, of, option)}, {value!r}'


def _shown_connection(value):
    accepted, address = value
    return f'(fd {accepted.fileno()}, {address!r})'


class _Created:
    """`socket.socket()` itself."""

    def __init__(self, original):
        self.original = original

    def __call__(self, instance, family=-1, type=-1, proto=-1, fileno=None):
        began = time.monotonic()
        shown = f'{"AF_INET" if family in (-1, socket.AF_INET) else family!s}, {"SOCK_STREAM" if type in (-1, socket.SOCK_STREAM) else type!s}'
        try:
            self.original(instance, family, type, proto, fileno)
        except OSError as error:
            _tell('socket', 0, shown, error, began)
            raise
        if fileno is None:
            host.told('socket', instance.fileno(), shown, f'fd {instance.fileno()}', None, (time.monotonic() - began) * 1000, sites.here())


def _trace(cls):
    count = lambda size, *rest: str(size)
    buffer = lambda target, size=0, *rest: str(size or memoryview(target).nbytes)
    many = lambda value: f'{len(value)} octets'
    how_many = lambda value: f'{value} octets'
    nothing = lambda *rest: ''
    how = lambda value, *rest: _name(socket, 'SHUT_', value)
    cls.bind = _traced('bind', _bind, _first)
    cls.listen = _traced('listen', _listen, lambda backlog=128: str(backlog))
    cls.accept = _traced('accept', cls.accept, nothing, _shown_connection)
    cls.connect = _traced('connect', _connect, _first)
    cls.connect_ex = _traced('connect', _connect_ex, _first, str)
    cls.send = _traced('send', _base.send, lambda data, *rest: _octets(data), str)
    cls.sendall = _traced('sendall', _base.sendall, lambda data, *rest: _octets(data))
    cls.recv = _traced('recv', _recv, count, many)
    cls.recv_into = _traced('recv', _base.recv_into, buffer, how_many)
    cls.shutdown = _traced('shutdown', _base.shutdown, how)
    cls.setsockopt = _traced('setsockopt', _setsockopt, _shown_option)
    cls.settimeout = _traced('settimeout', _base.settimeout, _first)
    cls.getsockname = _traced('getsockname', _base.getsockname, nothing, repr)
    cls.getpeername = _traced('getpeername', _base.getpeername, nothing, repr)
    cls._real_close = _traced('close', cls._real_close, nothing)
    cls.getsockopt = _getsockopt
    cls._accept = _accept
    created = _Created(cls.__init__)
    cls.__init__ = lambda self, *args, **named: created(self, *args, **named)


# ── names and pairs ──────────────────────────────────────────────────────────────────────────────────────────────


def _is_known(name):
    return name == 'localhost' or name.endswith('.localhost') or ':' in name or all(part.isdecimal() for part in name.split('.'))


def _known(name):
    """What getaddrinfo(3) says of a name that nobody has heard of: this network ends at the machine."""
    text = name.decode('ascii', 'replace') if isinstance(name, (bytes, bytearray)) else name
    if isinstance(text, str) and not _is_known(text.rstrip('.').lower()):
        raise socket.gaierror(socket.EAI_NONAME, f'Name or service not known: {text!r} (this network ends at 127.0.0.1)')


def _resolve(address):
    # '' is any address, to connect(2).
    if isinstance(address, tuple) and address and address[0]:
        _known(address[0])


def _checking(function):
    @functools.wraps(function)
    def checked(host, *args, **named):
        _known(host)
        return function(host, *args, **named)

    return checked


def _socketpair(family=None, type=socket.SOCK_STREAM, proto=0):
    one, other = (socket.socket.__new__(socket.socket) for _ in range(2))
    for each in (one, other):
        _created_init(each, socket.AF_INET, type, proto)
    host.pair(one.fileno(), other.fileno())
    return one, other


_created_init = socket.socket.__init__


def _select(rlist, wlist, xlist, timeout=None, /):
    """By poll(2): Emscripten's select(2) loses EINTR, and with it Ctrl-C."""
    wanted = {}
    for objects, events in ((rlist, select.POLLIN), (wlist, select.POLLOUT), (xlist, select.POLLPRI)):
        for each in objects:
            number = _number(each)
            wanted[number] = wanted.get(number, 0) | events
    poll = select.poll()
    for number, events in wanted.items():
        poll.register(number, events)
    found = dict(poll.poll(None if timeout is None else max(0, timeout) * 1000))
    if any(events & select.POLLNVAL for events in found.values()):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    over = select.POLLHUP | select.POLLERR
    return tuple(
        [each for each in objects if found.get(_number(each), 0) & events]
        for objects, events in ((rlist, select.POLLIN | over), (wlist, select.POLLOUT | over), (xlist, select.POLLPRI))
    )


def _number(each):
    number = each if isinstance(each, int) else each.fileno()
    if number < 0:
        raise ValueError(f'file descriptor cannot be a negative integer ({number})')
    return number


def install(given):
    """Before any code of the user's runs."""
    global host
    host = given
    for name, value in _constants.items():
        for module in (socket, _socket):
            setattr(module, name, value)
    _trace(socket.socket)
    socket.socketpair = _socketpair
    socket.has_ipv6 = False
    socket.gethostname = lambda: 'localhost'
    for name in ('getaddrinfo', 'gethostbyname', 'gethostbyname_ex'):
        setattr(socket, name, _checking(getattr(socket, name)))
    select.select = _select
