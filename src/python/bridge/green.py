"""Threads, each a stack of its own that is suspended where it would block, for scripts.

One runs at a time, and another one only when it waits: for a lock, a socket, the clock. Nobody is interrupted in the middle of a computation,
as they are in CPython every 5 ms. All stacks are one thread to the interpreter, so everything that asks which thread this is, is answered here.
"""

import _thread
import functools
import importlib
import itertools
import queue
import select
import sys
import threading
import time
from collections import deque

from pyodide.ffi import create_proxy

from . import sockets

_main = _thread.get_ident()
_numbers = itertools.count(1)
_wait_forever = -1
#: Handles of threads that the interpreter waits for at its end.
_awaited = set()


def get_ident():
    return sockets.host.stack() or _main


def _wait(waiting, timeout):
    """Suspend this stack until it was taken out of `waiting` by `_wake`. False: the time was over."""
    entry = [sockets.host.stack(), False]
    waiting.append(entry)
    end = None if timeout is None or timeout < 0 else time.monotonic() + timeout
    try:
        while not entry[1]:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                break
            sockets.park(left)
    finally:
        if entry[1]:
            sockets.host.forgetWake()
        else:
            waiting.remove(entry)
    return entry[1]


def _wake(waiting):
    if not waiting:
        return False
    entry = waiting.popleft()
    entry[1] = True
    sockets.host.wake(entry[0])
    return True


class Lock:
    """`threading.Lock`. Whoever has waited longest gets it."""

    __slots__ = ('_held', '_waiting', '__weakref__')

    def __init__(self):
        self._held = False
        self._waiting = deque()

    def acquire(self, blocking=True, timeout=_wait_forever):
        if not blocking and timeout != _wait_forever:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != _wait_forever:
            raise ValueError('timeout value must be a non-negative number')
        if not self._held:
            self._held = True
            return True
        # It is handed over by whoever releases it.
        return blocking and _wait(self._waiting, timeout)

    def release(self):
        if not self._held:
            raise RuntimeError('release unlocked lock')
        if not _wake(self._waiting):
            self._held = False

    def locked(self):
        return self._held

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    def _at_fork_reinit(self):
        self.__init__()


class RLock:
    """`threading.RLock`."""

    __slots__ = ('_lock', '_owner', '_count', '__weakref__')

    def __init__(self):
        self._lock = Lock()
        self._owner = None
        self._count = 0

    def acquire(self, blocking=True, timeout=_wait_forever):
        me = get_ident()
        if self._owner == me:
            self._count += 1
            return True
        if not self._lock.acquire(blocking, timeout):
            return False
        self._owner = me
        self._count = 1
        return True

    def release(self):
        if self._owner != get_ident():
            raise RuntimeError('cannot release un-acquired lock')
        self._count -= 1
        if self._count == 0:
            self._owner = None
            self._lock.release()

    def locked(self):
        return self._lock.locked()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()

    # For threading.Condition.

    def _acquire_restore(self, state):
        self._lock.acquire()
        self._count, self._owner = state

    def _release_save(self):
        state = self._count, self._owner
        self._count, self._owner = 0, None
        self._lock.release()
        return state

    def _is_owned(self):
        return self._owner == get_ident()

    def _recursion_count(self):
        return self._count if self._is_owned() else 0

    def _at_fork_reinit(self):
        self.__init__()


class Handle:
    """`_thread._ThreadHandle`."""

    def __init__(self, ident=None):
        self.ident = ident
        self._done = False
        self._waiting = deque()

    def is_done(self):
        return self._done

    def _set_done(self):
        self._done = True
        while _wake(self._waiting):
            pass

    def join(self, timeout=None):
        if not self._done:
            _wait(self._waiting, timeout)


def start_joinable_thread(function, *, handle=None, daemon=True):
    handle = handle or Handle()
    handle.ident = number = next(_numbers)
    if not daemon:
        _awaited.add(handle)
    sockets.host.spawn(create_proxy(functools.partial(_run, number, function, handle)))
    return handle


def start_new_thread(function, args, kwargs={}):
    return start_joinable_thread(lambda: function(*args, **kwargs)).ident


def _run(number, function, handle):
    import asyncio

    sockets.host.begin(number)
    # Pyodide's event loop is the thread's; here there is none until the program makes one.
    asyncio._set_running_loop(None)
    try:
        function()
    except SystemExit:
        pass
    except BaseException:
        # Not by way of `threading`, which has its own `excepthook`: a thread of `_thread`.
        sys.excepthook(*sys.exc_info())
    finally:
        _awaited.discard(handle)
        handle._set_done()


def _shutdown():
    """Wait for the threads that are no daemons."""
    while _awaited:
        next(iter(_awaited)).join()


def sleep(seconds, /):
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    end = time.monotonic() + seconds
    while True:
        sockets.park(max(0, end - time.monotonic()))
        if time.monotonic() >= end:
            return


def install():
    """Before any code of the user's is imported."""
    for name, value in {
        'start_joinable_thread': start_joinable_thread, 'start_new_thread': start_new_thread, 'start_new': start_new_thread, 'allocate_lock': Lock, 'allocate': Lock, 'lock': Lock, 'LockType': Lock,
        'RLock': RLock, 'get_ident': get_ident, 'get_native_id': get_ident, '_ThreadHandle': Handle, '_make_thread_handle': Handle,
    }.items():
        setattr(_thread, name, value)
    for name, value in {
        '_start_joinable_thread': start_joinable_thread, '_start_new_thread': start_new_thread, '_allocate_lock': Lock, 'Lock': Lock, '_LockType': Lock, '_CRLock': RLock, 'get_ident': get_ident, 'get_native_id': get_ident,
        '_ThreadHandle': Handle, '_make_thread_handle': Handle, '_thread_shutdown': _shutdown,
    }.items():
        setattr(threading, name, value)
    # Those of the C library go by the interpreter's thread.
    import _threading_local

    threading.local = _thread._local = _threading_local.local
    threading._active_limbo_lock = RLock()
    queue.SimpleQueue = queue._PySimpleQueue
    time.sleep = sleep
    _renew_locks()


def _renew_locks():
    """Modules that were imported before have locks of the old kind."""
    for name, attribute, kind in (
        ('asyncio.events', '_lock', Lock), ('concurrent.futures.thread', '_global_shutdown_lock', Lock), ('logging', '_lock', RLock), ('subprocess', '_waitpid_lock', Lock), ('tempfile', '_once_lock', Lock),
    ):
        module = sys.modules.get(name)
        if module is not None and hasattr(module, attribute):
            setattr(module, attribute, kind())
    if 'logging' in sys.modules:
        for reference in sys.modules['logging']._handlerList:
            handler = reference()
            if handler is not None:
                handler.createLock()
    if 'reprlib' in sys.modules:
        sys.modules['reprlib'].get_ident = get_ident
