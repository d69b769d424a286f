import type { ExampleDescription } from '../example.ts';

export const pythonSockets: ExampleDescription = {
  id: 'python-sockets',
  title: 'Two terminals, in Python',
  lesson: 'The socket module of Python with a server in one terminal and a client in the other, each blocking where it waits.',
  group: 'Python',
  entry: 'server.py',
  programs: [
    { name: 'server', kind: 'script', entry: 'server.py', claim: { output: ["listening at ('127.0.0.1', 7000)", 'somebody has come from port', "got b'Hello, is anybo"] } },
    { name: 'client', kind: 'script', entry: 'client.py', stdin: 'Hello, is anybody there?\n', claim: { output: ['connected from port', '>', 'echo: Hello, is anybody there?'] } },
  ],
  requests: [],
  view: { file: 'server.py', traceTab: 'terminals' },
};
