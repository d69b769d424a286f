import { socket, SOL_SOCKET, SO_REUSEADDR } from 'porthole/socket';

const decoder = new TextDecoder();
const listener = socket();
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
await listener.bind(['127.0.0.1', 8000]);
await listener.listen();
console.log('Send a request: it comes here.');

const hello = 'Hello!\n';
for (;;) {
  const [connection] = await listener.accept();
  const request = decoder.decode(await connection.recv(4096));
  const [line = ''] = request.split('\r\n');
  console.log(line);
  if (line.startsWith('GET /plain')) {
    // These octets arrive, as the Wire shows. But a client that speaks
    // HTTP waits for a status line: it cannot tell that this is a body.
    await connection.sendall(hello);
  } else {
    // The same octets with what HTTP wants before them: a line that says
    // how it went, fields that say what comes and how long it is, and an
    // empty line. Each line ends in CR LF.
    await connection.sendall(
      'HTTP/1.1 200 OK\r\n' +
      'Content-Type: text/plain\r\n' +
      `Content-Length: ${hello.length}\r\n` +
      'Connection: close\r\n' +
      '\r\n' +
      hello,
    );
  }
  connection.close();
}
