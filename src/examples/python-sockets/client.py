"""Sends what you type, until you send an empty line."""

import socket

with socket.create_connection(('localhost', 7000)) as connection:
    print('connected from port', connection.getsockname()[1])
    while line := input('> ').encode():
        connection.sendall(line)
        # A stream has no boundaries: what was sent at once may come back
        # in pieces. Whoever closes with some of them unread resets the
        # connection.
        echo = b''
        while len(echo) < len(line):
            echo += connection.recv(1024)
        print('echo:', echo.decode())
