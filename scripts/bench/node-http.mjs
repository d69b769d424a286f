// What a Node user would pick: the same application on node:http, the body read as the gateway reads it.
import { createServer } from 'node:http';

const body = Buffer.from('Hello, world!');
const server = createServer((request, response) => {
  const answer = () => response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body);
  if (request.method === 'GET') return answer();
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => { Buffer.concat(parts); answer(); });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () => process.stderr.write(`Listening at: http://127.0.0.1:${server.address().port}\n`));
