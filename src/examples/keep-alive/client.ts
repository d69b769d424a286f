import { socket, type Socket } from 'porthole/socket';

// The network is slow: 20 ms each way. Look at the timeline: every new
// connection costs a connect and two goodbyes. Under Machine, send a burst
// with and without "Keep connections" and compare.
const decoder = new TextDecoder();

async function ask(s: Socket, last: boolean): Promise<void> {
  const close = last ? 'Connection: close\r\n' : '';
  await s.sendall(`GET / HTTP/1.1\r\nHost: a\r\n${close}\r\n`);
  // A kept connection has no end to wait for: the body is as long as the
  // server said, and the next answer begins right behind it.
  let answer = '';
  while (!answer.endsWith('ok\n')) {
    answer += decoder.decode(await s.recv(4096));
  }
}

const open = async (): Promise<Socket> => {
  const s = socket();
  await s.connect(['127.0.0.1', 8000]);
  return s;
};

const kept = await open();
for (let i = 1; i <= 4; i += 1) await ask(kept, i === 4);
kept.close();
console.log('kept: 4 answers, 1 connection');

for (let i = 1; i <= 4; i += 1) {
  const s = await open();
  await ask(s, true);
  s.close();
}
console.log('new each time: 4 answers, 4 connections');
