"""waitress, the WSGI server with a pool of threads: python wsgi.py"""

import threading

import waitress


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    name = threading.current_thread().name
    return [f'wsgi {environ["PATH_INFO"]} by {name}\n'.encode()]


if __name__ == '__main__':
    print('waitress at port 8001')
    waitress.serve(app, listen='127.0.0.1:8001', threads=2)
