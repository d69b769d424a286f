"""Sends what you type, until you send an empty line."""

import socket

with socket.create_connection(('localhost', 7000)) as connection:
    print('connected from port', connection.getsockname()[1])
    while line := input('> '):
        connection.sendall(line.encode())
        # A stream has no boundaries: this may be all of it, or the first
        # 16 octets, and the rest will come with the next line.
        print('echo:', connection.recv(1024).decode())
