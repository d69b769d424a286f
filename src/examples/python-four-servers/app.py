"""One WSGI application. This gateway calls it, and so do three servers
that people use, each in a process of its own. Which of the differences
are theirs, and which are mistakes?"""


def app(environ, start_response):
    length = int(environ.get('CONTENT_LENGTH') or 0)
    body = environ['wsgi.input'].read(length)
    line = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    start_response('200 OK', [('Content-Type', 'text/plain')])
    if environ['PATH_INFO'] == '/stream':
        # Nobody knows how long this will be: look at the framing.
        return (f'{number}\n'.encode() for number in range(3))
    return [f'{line}: {len(body)} octets\n'.encode()]
