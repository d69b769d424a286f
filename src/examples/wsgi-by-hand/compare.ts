import { socket } from 'porthole/socket';

// The same request to both servers, and what comes back, octet by octet.
const request =
  'GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n';

const servers = [['by hand', 8000], ['gateway', 8001]] as const;
for (const [name, port] of servers) {
  const s = socket();
  await s.connect(['127.0.0.1', port]);
  await s.sendall(request);
  let answer = '';
  for (;;) {
    const bytes = await s.recv(4096);
    if (bytes.length === 0) break;
    answer += new TextDecoder().decode(bytes);
  }
  s.close();
  console.log(`${name}: ${JSON.stringify(answer)}`);
}
