import { socket, SHUT_WR } from 'porthole/socket';

const decoder = new TextDecoder();

// No bind: the system finds a free port for this end.
const s = socket();
await s.connect(['127.0.0.1', 7000]);
console.log('from port', s.getsockname()[1], 'to', s.getpeername()[1]);

await s.sendall('Hello, is anybody there?');
// Done with sending; receiving goes on. The server reads an end now.
s.shutdown(SHUT_WR);

// What comes in does not come in the pieces in which it was sent.
let answer = '';
for (;;) {
  const bytes = await s.recv(1024);
  if (bytes.length === 0) break;
  answer += decoder.decode(bytes, { stream: true });
}
console.log('echo:', answer);
s.close();
