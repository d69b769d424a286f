from wsgiref.simple_server import make_server

from app import app

# The standard library's own: HTTP/1.0, one connection at a time.
with make_server('127.0.0.1', 8001, app) as server:
    print('wsgiref at port 8001')
    server.serve_forever()
