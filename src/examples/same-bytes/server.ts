import { args } from 'porthole/process';
import { socket, type Socket } from 'porthole/socket';

// A server by hand that does not ask whether a request makes sense. Its
// arguments say what it believes about the end of a body; two of it run
// here, beside the gateway.
const [port, believes] = args;

const listener = socket();
await listener.bind(['127.0.0.1', Number(port)]);
await listener.listen();
console.log(`port ${port}, believes in ${believes}`);
for (;;) {
  const [connection] = await listener.accept();
  // Not awaited: while this one is served, others may come.
  void serve(connection)
    .catch((error: unknown) => console.error(String(error)))
    .finally(() => connection.close());
}

async function serve(connection: Socket) {
  let got = '';
  const until = async (enough: () => boolean) => {
    while (!enough()) {
      const bytes = await connection.recv(4096);
      if (bytes.length === 0) return false;
      got += String.fromCharCode(...bytes);
    }
    return true;
  };
  const take = (length: number) => {
    const taken = got.slice(0, length);
    got = got.slice(length);
    return taken;
  };

  while (await until(() => got.includes('\r\n\r\n'))) {
    const head = take(got.indexOf('\r\n\r\n') + 4);
    const [line, ...fields] = head.split('\r\n');
    const value = (name: string) => fields
      .find((field) => field.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1).trim();

    let body = '';
    if (believes === 'chunks' && value('transfer-encoding')) {
      for (let size = -1; size !== 0;) {
        if (!await until(() => got.includes('\r\n'))) return;
        size = Number.parseInt(take(got.indexOf('\r\n') + 2), 16);
        if (!await until(() => got.length >= size + 2)) return;
        body += take(size + 2).slice(0, -2);
      }
    } else {
      const length = Number(value('content-length') ?? 0);
      if (!await until(() => got.length >= length)) return;
      body = take(length);
    }

    const text = `${line}: ${body.length} octets\n`;
    await connection.sendall([
      'HTTP/1.1 200 OK',
      `content-length: ${text.length}`,
      'content-type: text/plain',
      '',
      text,
    ].join('\r\n'));
  }
}
