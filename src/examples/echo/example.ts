import type { ExampleDescription } from '../example.ts';

export const echo: ExampleDescription = {
  id: 'echo',
  title: 'Two programs and a socket',
  lesson: 'A server binds, listens and accepts, a client connects, and between them is a stream without boundaries.',
  group: 'Sockets',
  entry: 'server.ts',
  programs: [
    {
      name: 'server', kind: 'script', entry: 'server.ts',
      claim: { exitCode: 0, output: ['listening at 127.0.0.1:7000', 'somebody has come from port', 'got "Hello, is anybo', 'bye'] },
    },
    { name: 'client', kind: 'script', entry: 'client.ts', claim: { exitCode: 0, output: ['to 7000', 'echo: Hello, is anybody there?'] } },
  ],
  requests: [],
  view: { file: 'server.ts', traceTab: 'terminals' },
};
