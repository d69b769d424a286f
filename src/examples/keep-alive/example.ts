import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const keepAlive: ExampleDescription = {
  id: 'keep-alive',
  title: 'Keep the connection, or make a new one',
  lesson: 'On a kept connection the next request needs no handshake, but both sides must know where an answer ends.',
  group: 'Workers',
  programs: [
    { name: 'gateway', kind: 'gateway', entry: 'app.ts:app', claim: { output: [] } },
    { name: 'client', kind: 'script', entry: 'client.ts', claim: { exitCode: 0, output: ['kept: 4 answers, 1 connection', 'new each time: 4 answers, 4 connections'] } },
  ],
  network: { latencyMs: 20 },
  requests: [{ name: 'Ask', raw: rawRequest('GET / HTTP/1.1'), claim: { status: 200, body: 'ok\n' } }],
  view: { file: 'client.ts', traceTab: 'terminals' },
};
