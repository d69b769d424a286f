"""What they answer, as it comes over the socket."""

import http.client

for port in (8000, 8001):
    connection = http.client.HTTPConnection('127.0.0.1', port)
    connection.request('GET', '/hello')
    response = connection.getresponse()
    print(port, response.status, response.headers['server'])
    for name in ('transfer-encoding', 'content-length'):
        print('   ', name, response.headers[name])
    print('   ', response.read())
    connection.close()
