// The framework that Node users pick for speed: the same application, its body parser included.
import Fastify from 'fastify';

const body = Buffer.from('Hello, world!');
const app = Fastify({ bodyLimit: 16 * 1024 * 1024 });
app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (request, content, done) => done(null, content));
app.all('/*', (request, reply) => reply.header('Content-Type', 'text/plain').send(body));
await app.listen({ port: 0, host: '127.0.0.1', backlog: 2048 });
process.stderr.write(`Listening at: http://127.0.0.1:${app.server.address().port}\n`);
