import {
  socket, AF_INET, SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR,
} from 'porthole/socket';

const decoder = new TextDecoder();

// A socket is a number that the system knows; now it is given an address,
const listener = socket(AF_INET, SOCK_STREAM);
listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1);
await listener.bind(['127.0.0.1', 7000]);
// and here it becomes one that others can connect to.
await listener.listen(5);
console.log('listening at', listener.getsockname().join(':'));

// accept waits for somebody, and gives a second socket: this one is for
// connection alone. Look at the fd in the timeline: 3 listens, 4 talks.
const [connection, address] = await listener.accept();
console.log('somebody has come from port', address[1]);

for (;;) {
  // At most 16 octets, at least one; nothing at all means that the other
  // end has said its last word.
  const bytes = await connection.recv(16);
  if (bytes.length === 0) break;
  console.log('got', JSON.stringify(decoder.decode(bytes)));
  await connection.sendall(bytes);
}
connection.close();
listener.close();
console.log('bye');
