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


def _stream(number, told):
    return io.TextIOWrapper(io.BufferedWriter(_Lines(number, told)), encoding='utf-8', errors='backslashreplace', line_buffering=True)


def redirect(host):
    """`host.stdout(text, place)` and `host.stderr(text, place)` are told each line, or lines that were written at once."""
    sys.stdout = sys.__stdout__ = _stream(1, host.stdout)
    sys.stderr = sys.__stderr__ = _stream(2, host.stderr)
