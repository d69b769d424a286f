"""WSGI as PEP 3333 writes it: a callable, and an iterable of bytes."""


def app(environ, start_response):
    name = environ['PATH_INFO'].strip('/') or 'world'
    print('saying hello to', name)
    headers = [('Content-Type', 'text/plain; charset=utf-8')]
    start_response('200 OK', headers)
    yield b'Hello, '
    yield name.encode('latin-1')
    yield b'!\n'
