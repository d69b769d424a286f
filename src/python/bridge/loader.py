"""From a file to an application that can be called: import it, find it, tell which interface it speaks."""

import difflib
import functools
import importlib
import inspect
import json
import os
import sys

from . import border, sites

#: Applications by number.
applications = []

_usual_names = ('app', 'application')


class LoadProblem(Exception):
    """It cannot be loaded, and we know why. `kind`: name of the kind of error."""

    def __init__(self, kind, message, advice):
        super().__init__(message)
        self.kind = kind
        self.advice = advice


def load(root, file, name, interface, factory):
    """Import `file` (below the folder `root`), and return JSON: `{number, interface, name}`, or `{problem}`. None after `fail`."""
    try:
        sites.set_root(root)
        module = _import(root, file)
        found, value = _pick(module, name, file)
        if factory:
            value, found = _made(value, f'{file}:{found}'), f'{found}()'
        kind = _interface(value, interface, f'{file}:{found}')
        applications.append(value)
        return json.dumps({'number': len(applications) - 1, 'interface': kind, 'name': found})
    except LoadProblem as problem:
        return json.dumps({'problem': {'kind': problem.kind, 'message': str(problem), 'advice': problem.advice}})
    except BaseException as error:
        border.fail(error)


def _import(root, file):
    # As `flask --app` and pytest do it: what counts is the folder above the outermost package.
    folder, stem = os.path.split(os.path.join(root, file))
    parts = [stem.removesuffix('.py')]
    while os.path.exists(os.path.join(folder, '__init__.py')) and len(folder) > len(root):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    for path in dict.fromkeys((root, folder)):
        if path not in sys.path:
            sys.path.insert(0, path)
    importlib.invalidate_caches()
    module = importlib.import_module('.'.join(parts))
    origin = getattr(module, '__file__', None)
    if origin is None or os.path.realpath(origin) != os.path.realpath(os.path.join(root, file)):
        raise LoadProblem('ImportError', f"{file} has the name of the module '{module.__name__}', which Python has already ({origin or 'built in'}).", 'Give the file another name.')
    return module


def _pick(module, name, file):
    names = [each for each in vars(module) if not each.startswith('_')]
    if not name:
        for usual in _usual_names:
            if getattr(module, usual, None) is not None:
                return usual, getattr(module, usual)
        raise LoadProblem('ImportError', f'{file} has neither app nor application.', f'It has: {", ".join(names[:20]) or "nothing"}. Name the application: {file}:NAME.')
    value = module
    walked = file
    for key in name.split('.'):
        try:
            value = getattr(value, key)
        except AttributeError:
            near = difflib.get_close_matches(key, [each for each in dir(value) if not each.startswith('_')], 1)
            raise LoadProblem('ImportError', f"{walked} has no '{key}'.", f"Did you mean '{near[0]}'?" if near else f'It has: {", ".join(names[:20]) or "nothing"}.' if value is module else '') from None
        walked = key if value is module else f'{walked}.{key}'
    return name, value


def _made(factory, name):
    if not callable(factory):
        raise LoadProblem('TypeError', f'{name} is a {type(factory).__name__}, not a factory.', '--factory wants a function that returns the application.')
    return factory()


def _interface(app, asked, name):
    """'wsgi' or 'asgi'. As uvicorn does: what is awaited is ASGI; two parameters are WSGI. A doubt is said, not guessed away."""
    if not callable(app):
        raise LoadProblem('InterfaceError', f'{name} is a {type(app).__name__}, which is no application.', 'Name a callable: def app(environ, start_response) for WSGI, async def app(scope, receive, send) for ASGI.')
    if asked == 'fetch':
        raise LoadProblem('InterfaceError', f'{name} is Python, which has no fetch handlers.', 'Choose wsgi, asgi or auto.')
    if asked != 'auto':
        return asked
    if not inspect.isclass(app) and _is_coroutine(app):
        return 'asgi'
    if inspect.isclass(app) and hasattr(app, '__await__'):
        # ASGI 3 as Starlette's HTTPEndpoint has it: constructed with (scope, receive, send), then awaited.
        return 'asgi'
    count = _positional(app)
    if count == 2:
        return 'wsgi'
    if count == 3:
        return 'asgi'
    say = 'Say which one it is: --interface wsgi or asgi (in the playground: the "interface" setting).'
    if count == 1:
        raise LoadProblem('InterfaceError', f'{name} takes one parameter, as ASGI 2 applications did; a WSGI application takes two, an ASGI application three.', 'Is it a factory? Call it: app = create_app(). asgiref.compatibility.guarantee_single_callable makes ASGI 3 out of ASGI 2.')
    raise LoadProblem('InterfaceError', f'It cannot be seen whether {name} is WSGI or ASGI' + ('.' if count is None else f': it takes {count} parameters.'), say)


def _is_coroutine(app):
    call = app.func if isinstance(app, functools.partial) else app if inspect.isroutine(app) else type(app).__call__
    return inspect.iscoroutinefunction(inspect.unwrap(call)) or inspect.iscoroutinefunction(call)


def _positional(app):
    """How many positional arguments it takes, where that is one number."""
    try:
        parameters = inspect.signature(app).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        # A decorator that passes on what it gets (wsgiref.validate). Around an ASGI application it would be async.
        return 2
    wanted = [each for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    needed = [each for each in wanted if each.default is each.empty]
    # A parameter with a default is the application's own.
    return len(needed) if len(needed) in (2, 3) else len(wanted)
