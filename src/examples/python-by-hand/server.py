"""A WSGI server in a page of code: python server.py app:app"""

import importlib
import io
import socket
import sys
from urllib.parse import unquote_to_bytes


def serve(app, connection, client):
    request = connection.makefile('rb')
    line = request.readline().decode('latin-1').rstrip()
    method, target, protocol = line.split(' ')
    path, _, query = target.partition('?')
    environ = {
        'REQUEST_METHOD': method,
        'SCRIPT_NAME': '',
        'PATH_INFO': unquote_to_bytes(path).decode('latin-1'),
        'QUERY_STRING': query,
        'SERVER_NAME': '127.0.0.1',
        'SERVER_PORT': '8000',
        'SERVER_PROTOCOL': protocol,
        'REMOTE_ADDR': client[0],
        'wsgi.version': (1, 0),
        'wsgi.url_scheme': 'http',
        'wsgi.errors': sys.stderr,
        'wsgi.multithread': False,
        'wsgi.multiprocess': False,
        'wsgi.run_once': False,
    }
    while field := request.readline().decode('latin-1').rstrip():
        name, _, value = field.partition(':')
        key = name.upper().replace('-', '_')
        if key not in ('CONTENT_TYPE', 'CONTENT_LENGTH'):
            key = 'HTTP_' + key
        environ[key] = value.strip()
    # The body is as long as the client says. To read on would be to wait
    # for octets that never come.
    body = request.read(int(environ.get('CONTENT_LENGTH') or 0))
    environ['wsgi.input'] = io.BytesIO(body)

    head = []

    def start_response(status, headers, exc_info=None):
        fields = ''.join(f'{name}: {value}\r\n' for name, value in headers)
        fields += 'Connection: close\r\n'
        head[:] = [f'HTTP/1.1 {status}\r\n{fields}\r\n']

    result = app(environ, start_response)
    try:
        for block in result:
            # The head goes out with the first block: until then the
            # application may change its mind.
            if head:
                connection.sendall(head.pop().encode('latin-1'))
            connection.sendall(block)
        if head:
            connection.sendall(head.pop().encode('latin-1'))
    finally:
        if hasattr(result, 'close'):
            result.close()
    print(line)


module, _, name = sys.argv[1].partition(':')
app = getattr(importlib.import_module(module), name)
with socket.create_server(('127.0.0.1', 8000)) as listener:
    print(f'{sys.argv[1]} by hand at port 8000')
    while True:
        connection, client = listener.accept()
        with connection:
            serve(app, connection, client)
