"""Which line of the user's own code is this?"""

import sys
import traceback

from . import locals as local_variables

_root = '/'
_bridge = __file__.rsplit('/', 1)[0] + '/'
_packages = ('/site-packages/', '/dist-packages/')


def set_root(folder):
    """Files below this folder are the user's, except for packages that are installed there."""
    global _root
    _root = folder.rstrip('/') + '/'


#: Places are told with what the local variables hold there.
_with_locals = False


def tell_locals(wanted):
    global _with_locals
    _with_locals = wanted


def is_user_file(name):
    return name.startswith(_root) and not any(part in name for part in _packages)


def shown(text):
    """A traceback, or anything with one in it, that names the user's files as he named them."""
    return text.replace(f'File "{_root}', 'File "')


def _place(filename, line, function):
    return f'{filename[len(_root):]}\n{line}\n{"" if function.startswith("<") else function}'


def _place_of(frame, line=None):
    place = _place(frame.f_code.co_filename, line or frame.f_lineno, frame.f_code.co_name)
    return f'{place}\n{local_variables.of(frame)}' if _with_locals else place


def here():
    """The innermost frame of the user's on the stack, as `file\\nline\\nfunction`, and `\\nlocals`; None where there is none."""
    frame = sys._getframe()
    while frame is not None:
        code = frame.f_code
        if is_user_file(code.co_filename):
            return _place_of(frame)
        frame = frame.f_back
    return None


def suspended(iterator):
    """Where a generator waits for the next `next()`: the `yield` whose value was just given. None for other iterators."""
    found = None
    while (frame := getattr(iterator, 'gi_frame', None)) is not None:
        if is_user_file(frame.f_code.co_filename):
            found = frame
        iterator = iterator.gi_yieldfrom
    return found and _place_of(found)


def of(error):
    """Where an exception comes from: the innermost frame of the user's that it passed."""
    if isinstance(error, SyntaxError) and error.filename and is_user_file(error.filename):
        return _place(error.filename, error.lineno or 1, '')
    found = None
    trace = error.__traceback__
    while trace is not None:
        if is_user_file(trace.tb_frame.f_code.co_filename):
            found = trace
        trace = trace.tb_next
    return found and _place_of(found.tb_frame, found.tb_lineno)


def describe(error):
    """`(name, message, traceback, place)`. The frames of Porthole itself are left out, and the user's files are named as he named them."""
    text = traceback.TracebackException.from_exception(error)
    _prune(text, set())
    name = type(error).__qualname__
    message = error.msg if isinstance(error, SyntaxError) else _text_of(error)
    return name, message, shown(''.join(text.format())).rstrip('\n'), of(error)


def _text_of(error):
    try:
        return str(error)
    except Exception:
        return f'<{type(error).__qualname__} whose __str__ raises>'


def _prune(text, seen):
    if text is None or id(text) in seen:
        return
    seen.add(id(text))
    text.stack = traceback.StackSummary.from_list([frame for frame in text.stack if not _is_ours(frame)])
    for inner in (text.__cause__, text.__context__, *(text.exceptions or ())):
        _prune(inner, seen)


def _is_ours(frame):
    # '???': a JavaScript function. The importer says nothing of use about a failed import.
    return (
        frame.filename.startswith((_bridge, '<frozen importlib'))
        or frame.name in ('???', 'import_module')
        or '/_pyodide/' in frame.filename
    )
