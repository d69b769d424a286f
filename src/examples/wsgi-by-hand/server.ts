import {
  socket, type Socket, SOL_SOCKET, SO_REUSEADDR,
} from 'porthole/socket';
import { app } from './app.ts';

// A WSGI server in a page of code. It works, nearly. It makes three
// mistakes that such servers make, each of which the trace points out.

const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const octets = (text: string) =>
  Uint8Array.from(text, (char) => char.charCodeAt(0));

// Mistake 1: a line ends in CR LF. The client in this page is strict and
// refuses the head at the first bare LF. Mend this one, and you will see
// the next one in the timeline.
const eol = '\n';

const listener = socket();
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
await listener.bind(['127.0.0.1', 8000]);
await listener.listen();
console.log('by hand at port 8000, the gateway at 8001');

for (;;) {
  const [connection, [client]] = await listener.accept();
  await serve(connection, client);
  connection.close();
}

async function serve(connection: Socket, client: string) {
  // Mistake 2: one recv. A request may come in pieces, or be longer than
  // this. Of the large form the rest is never read, and to close a socket
  // with octets unread is to reset the connection.
  const request = latin1(await connection.recv(1024));
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const [method = '', target = '', protocol = ''] = line.split(' ');
  const [path = '', query = ''] = target.split('?');

  const environ: Record<string, unknown> = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: '',
    PATH_INFO: decodeURIComponent(path),
    QUERY_STRING: query,
    SERVER_NAME: '127.0.0.1',
    SERVER_PORT: '8000',
    SERVER_PROTOCOL: protocol,
    REMOTE_ADDR: client,
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': 'http',
    'wsgi.input': { read: () => octets(body) },
    'wsgi.errors': { write: (text: string) => console.error(text) },
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
  };
  for (const field of fields) {
    const [name = '', value = ''] = field.split(/: */, 2);
    const key = name.toUpperCase().replaceAll('-', '_');
    const plain = key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH';
    environ[plain ? key : `HTTP_${key}`] = value;
  }

  let answer = '';
  const startResponse = (status: string, headers: [string, string][]) => {
    // Mistake 3: no Content-Length. Where the body ends, the client learns
    // from the end of the connection only: look for the framing.
    answer = `HTTP/1.1 ${status}${eol}`;
    for (const [name, value] of headers) {
      answer += `${name}: ${value}${eol}`;
    }
    answer += eol;
  };
  const pieces = app(environ as never, startResponse as never);
  for (const piece of pieces) answer += latin1(piece);
  await connection.sendall(octets(answer));
  console.log(line);
}
