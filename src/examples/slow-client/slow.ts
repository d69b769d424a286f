import { socket } from 'porthole/socket';

// The server has one sync worker. This client takes it: it connects, sends
// half of a request, and takes its time. Press Send while it does: your
// request is connected (the kernel sees to that) and waits in the backlog,
// until the worker has finished with this one. A server in front that reads
// requests whole before it passes them on is the usual cure.
const s = socket();
await s.connect(['127.0.0.1', 8000]);
await s.sendall('GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n');
console.log('half a request is sent; now I take my time');
await new Promise((resolve) => setTimeout(resolve, 1500));
await s.sendall('Connection: close\r\n\r\n');
console.log('the other half is sent');

let answer = '';
for (let b = await s.recv(1024); b.length > 0; b = await s.recv(1024)) {
  answer += new TextDecoder().decode(b);
}
console.log(answer.split('\r\n')[0]);
s.close();
