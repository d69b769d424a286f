import type { ExampleDescription } from '../example.ts';

export const httpClient: ExampleDescription = {
  id: 'http-client',
  title: 'A form, posted by hand',
  lesson: 'An HTTP client is a socket and some lines of text, as long as it says how long its body is.',
  group: 'Sockets',
  programs: [
    { name: 'gateway', kind: 'gateway', entry: 'app.ts:app', claim: { output: [] } },
    { name: 'client', kind: 'script', entry: 'client.ts', claim: { exitCode: 0, output: ['HTTP/1.1 200 OK', '--- and the body:', 'Good morning, Ada L..'] } },
  ],
  requests: [],
  view: { file: 'client.ts', traceTab: 'terminals' },
};
