"""Errors across the border, in both directions."""

from pyodide.ffi import JsException

from . import sites

#: Set by JavaScript: `raised(name, message, traceback, place)`, `threw(error)`, `violation(kind, code, clause, message, advice, given, expected)`.
host = None


class Violation(AssertionError):
    """The application broke PEP 3333 or ASGI. The gateway's own error is kept and goes back to it."""


class ClientDisconnected(OSError):
    """The client has gone (ASGI: "a subclass of OSError")."""


_classes = {'WsgiViolation': Violation, 'AsgiViolation': Violation, 'ClientDisconnected': ClientDisconnected}


def translated(error):
    """What JavaScript threw, as the application is to see it."""
    known = _classes.get(error.name)
    if known is None:
        return error
    raised = known(error.message)
    raised.js_error = error
    return raised


def violation(kind, code, clause, message, advice, given='', expected=''):
    """An error for the application that is a violation for the gateway. `kind`: 'wsgi' or 'asgi'."""
    return translated(host.violation(kind, code, clause, message, advice, given, expected))


def fail(error):
    """Tell JavaScript what an entry function is ending with; it throws that instead of using the result."""
    original = error if isinstance(error, JsException) else getattr(error, 'js_error', None)
    if original is not None:
        host.threw(original)
    else:
        host.raised(*sites.describe(error))
