// The limit: answers every read with a canned response, without parsing, from one reused buffer. For pipelined requests
// it counts blank lines; for a body it counts octets up to the length that the scenario says (argv).
import { createServer, Socket } from 'node:net';

const [, , bodyBytes = '0'] = process.argv;
const total = Number(bodyBytes);
const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, world!');
const many = new Map();
const answers = (count) => {
  if (!many.has(count)) many.set(count, Buffer.concat(Array.from({ length: count }, () => answer)));
  return many.get(count);
};
const buffer = Buffer.allocUnsafeSlow(65_536);
const server = createServer({ pauseOnConnect: true, noDelay: true }, (accepted) => {
  const handle = accepted._handle;
  accepted._handle = null;
  let left = 0;
  const socket = new Socket({
    handle,
    readable: true,
    writable: true,
    onread: {
      buffer,
      callback(size) {
        if (total > 0) {
          // One request at a time: its head is in the first read.
          if (left <= 0) left = buffer.indexOf('\r\n\r\n') + 4 + total;
          left -= size;
          if (left <= 0) socket.write(answer);
          return true;
        }
        let count = 0;
        // From behind: forwards it would go on through what earlier reads left in the buffer.
        for (let at = buffer.lastIndexOf('\r\n\r\n', size - 4); at >= 0; at = at === 0 ? -1 : buffer.lastIndexOf('\r\n\r\n', at - 1)) count += 1;
        socket.write(count === 1 ? answer : answers(count));
        return true;
      },
    },
  });
  socket.on('error', () => {});
});
server.listen(0, '127.0.0.1', 2048, () => process.stderr.write(`Listening at: http://127.0.0.1:${server.address().port}\n`));
