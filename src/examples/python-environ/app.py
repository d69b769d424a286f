"""What a WSGI application is told, in the types that PEP 3333 asks for."""

import sys
from html import escape


def app(environ, start_response):
    body = environ['wsgi.input'].read()
    environ['wsgi.errors'].write(f'{len(body)} octets of content\n')
    start_response('200 OK', [('Content-Type', 'text/html; charset=utf-8')])
    lines = [
        '<!doctype html><title>environ</title>',
        f'<h1>Python {sys.version}</h1>',
        '<table>',
        *(row(key, value) for key, value in sorted(environ.items())),
        '</table>',
        f'<pre>{escape(body.decode())}</pre>',
    ]
    return ['\n'.join(lines).encode()]


def row(key, value):
    cells = key, type(value).__name__, repr(value)
    return '<tr>' + ''.join(f'<td>{escape(cell)}' for cell in cells)
