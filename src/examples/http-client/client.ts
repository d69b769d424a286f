import { socket } from 'porthole/socket';

// A form is its fields, encoded so that & and = are free to separate them.
const form = { name: 'Ada L.', likes: 'R&D' };
const body = new URLSearchParams(form).toString();

const request = [
  'POST /greet HTTP/1.1',
  'Host: 127.0.0.1:8000',
  'Content-Type: application/x-www-form-urlencoded',
  // Octets, not characters. Without this line the server sees no body; if
  // it says more, the server waits for the rest until it loses patience.
  `Content-Length: ${new TextEncoder().encode(body).length}`,
  // So that the end of the answer is the end of the connection.
  'Connection: close',
  '', // the empty line
  body,
].join('\r\n');

const s = socket();
await s.connect(['127.0.0.1', 8000]);
await s.sendall(request);

let answer = '';
const decoder = new TextDecoder();
// Until the end: one recv may give half of the head only.
for (;;) {
  const bytes = await s.recv(4096);
  if (bytes.length === 0) break;
  answer += decoder.decode(bytes, { stream: true });
}
s.close();

const end = answer.indexOf('\r\n\r\n');
console.log(answer.slice(0, end));
console.log('--- and the body:');
console.log(answer.slice(end + 4).trimEnd());
