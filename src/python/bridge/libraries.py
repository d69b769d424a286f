"""Libraries that cannot run in WebAssembly say why when they are imported, instead of failing somewhere in their insides; one that could is put right."""

import importlib.abc
import importlib.util
import sys

_instead = 'Serve the application with waitress, uvicorn or wsgiref.simple_server, or as an app of this playground (the "workers" setting starts several).'

_reasons = {
    'gunicorn': f'gunicorn starts its workers with os.fork(), and a process of WebAssembly cannot be copied. {_instead}',
    'hypercorn': f'hypercorn starts its workers with multiprocessing, and a process of WebAssembly cannot start others. {_instead}',
    'uwsgi': f'uWSGI is a program in C that has to be compiled for the processor. {_instead}',
    'uvloop': 'uvloop is made of libuv, in C, which has to be compiled for the processor. asyncio runs without it.',
    'gevent': 'gevent switches stacks in machine code. threading and asyncio are there.',
    'eventlet': 'eventlet switches stacks in machine code (greenlet). threading and asyncio are there.',
}


class _Reasons(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name in _reasons:
            raise ImportError(_reasons[name], name=name)
        return importlib.util.spec_from_loader(name, _Nothing()) if name == _urllib3_fetch else None


#: urllib3 takes itself for a guest of a page and sends by `fetch`; a process has none, and a socket instead.
_urllib3_fetch = 'urllib3.contrib.emscripten'


class _Nothing(importlib.abc.Loader):
    def exec_module(self, module):
        module.inject_into_urllib3 = lambda: None


def install():
    """Before any code of the user's is imported."""
    sys.meta_path.insert(0, _Reasons())
