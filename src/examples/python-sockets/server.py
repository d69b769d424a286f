"""An echo server, as tutorials have it. It blocks in accept and in recv;
Ctrl+C in its terminal ends it while it waits."""

import socket

with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(('127.0.0.1', 7000))
    listener.listen()
    print('listening at', listener.getsockname())
    try:
        while True:
            connection, (host, port) = listener.accept()
            with connection:
                print('somebody has come from port', port)
                # At the end of the stream recv gives nothing.
                while data := connection.recv(16):
                    print('got', data)
                    connection.sendall(data)
            print('gone')
    except KeyboardInterrupt:
        print('bye')
