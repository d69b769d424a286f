"""A script: a file that runs from top to bottom as `__main__`, as `python file.py` would run it."""

import asyncio
import atexit
import io
import json
import os
import signal
import sys
import threading
import types

from . import green, libraries, output, sites, sockets, threads

_interrupted = 128 + signal.SIGINT


class _Input(io.RawIOBase):
    """Standard input: waits for what is typed, or was given."""

    def readable(self):
        return True

    def fileno(self):
        return 0

    def readinto(self, buffer):
        import select

        while (data := sockets.host.read(len(buffer))) is None:
            poll = select.poll()
            poll.register(0, select.POLLIN)
            poll.poll()
        data = data.to_bytes()
        buffer[: len(data)] = data
        return len(data)


def prepare(host, streams, root):
    """Make of this Python one that runs scripts. `host`: src/python/sockets.ts; `streams`: as in `output.redirect`."""
    sites.set_root(root)
    threads.uninstall()
    sockets.install(host)
    green.install()
    libraries.install()
    output.redirect(streams, pieces=True)
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BufferedReader(_Input()), encoding='utf-8', errors='surrogateescape')
    # CPython's own event loop, over `selectors`; Pyodide's is one of JavaScript's callbacks.
    import asyncio.runners

    asyncio.run = asyncio.runners.run
    asyncio.events._set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run(root, file, arguments):
    """Run it to its end. Returns JSON: `{code}`, with `{name, message, place}` of an exception that nobody caught."""
    sockets.host.begin(0)
    asyncio._set_running_loop(None)
    path = os.path.join(root, file)
    sys.argv[:] = [file, *arguments]
    sys.path.insert(0, os.path.dirname(path))
    main = types.ModuleType('__main__')
    main.__file__ = path
    main.__builtins__ = __builtins__
    sys.modules['__main__'] = main
    code, problem = _guarded(lambda: _execute(path, main))
    for last in (threading._shutdown, atexit._run_exitfuncs, sys.stdout.flush, sys.stderr.flush):
        later, trouble = _guarded(last)
        if later != 0 and code == 0:
            code, problem = later, trouble
    return json.dumps({'code': code, **({'problem': problem} if problem else {})})


def _execute(path, main):
    with open(path, encoding='utf-8') as file:
        source = file.read()
    exec(compile(source, path, 'exec', dont_inherit=True), vars(main))


def _guarded(function):
    """`(exit code, problem)` as the interpreter itself would end."""
    try:
        function()
        return 0, None
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF, None
        print(end.code, file=sys.stderr)
        return 1, None
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        if isinstance(error, KeyboardInterrupt):
            return _interrupted, None
        name, message, _, place = sites.describe(error)
        return 1, {'name': name, 'message': message, 'place': place}


def _excepthook(kind, error, trace):
    sys.stdout.flush()
    print(sites.describe(error)[2], file=sys.stderr)


sys.excepthook = _excepthook


def _thread_excepthook(given):
    if given.exc_type is SystemExit:
        return
    print(f'Exception in thread {given.thread.name if given.thread else "?"}:\n{sites.describe(given.exc_value)[2]}', file=sys.stderr)


threading.excepthook = _thread_excepthook
