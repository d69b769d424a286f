"""Standard output and error, line by line, to whoever shows them.

Not by way of Pyodide's `setStdout`: that is called from within write(2), where Python must not be called, so nobody could ask which
line of the user's is printing.
"""

import io
import sys

from . import sites


class _Lines(io.RawIOBase):
    def __init__(self, number, told):
        self._number = number
        self._told = told
        self._pending = b''

    def writable(self):
        return True

    def fileno(self):
        return self._number

    def write(self, data, /):
        data = bytes(data)
        lines, end, rest = (self._pending + data).rpartition(b'\n')
        self._pending = rest
        if end:
            self._told(sites.shown(lines.decode('utf-8', 'replace')), sites.here())
        return len(data)


class _Pieces(_Lines):
    """As they come: a prompt is seen before its line has an end."""

    def write(self, data, /):
        data = bytes(data)
        text = sites.shown(data.decode('utf-8', 'replace'))
        if text.endswith('\n'):
            self._told(text[:-1], sites.here())
        elif text:
            self._told(text, sites.here(), True)
        return len(data)


def _stream(kind, number, told):
    return io.TextIOWrapper(io.BufferedWriter(kind(number, told)), encoding='utf-8', errors='backslashreplace', line_buffering=True)


def redirect(host, pieces=False):
    """`host.stdout(text, place)` and `host.stderr(text, place)` are told each line, or lines that were written at once. `pieces`: and what has
    been flushed without an end of line, with a third argument that is true."""
    kind = _Pieces if pieces else _Lines
    sys.stdout = sys.__stdout__ = _stream(kind, 1, host.stdout)
    sys.stderr = sys.__stderr__ = _stream(kind, 2, host.stderr)
