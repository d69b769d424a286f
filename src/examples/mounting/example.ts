import type { ExampleDescription } from '../example.ts';
import { rawRequest } from '../raw-request.ts';

export const mounting: ExampleDescription = {
  id: 'mounting',
  title: 'Two apps behind a dispatcher',
  lesson: 'Middleware is an application that calls other applications, and SCRIPT_NAME tells them where they live.',
  group: 'Middleware',
  view: { file: 'dispatcher.ts' },
  requests: [
    {
      name: 'GET /blog/2024/hello',
      raw: rawRequest('GET /blog/2024/hello HTTP/1.1'),
      claim: {
        status: 200,
        body: 'The blog, mounted at /blog, shows /2024/hello\n',
        // The gateway knows nothing of the mount: this is what it handed to the dispatcher.
        context: { SCRIPT_NAME: '', PATH_INFO: '/blog/2024/hello' },
      },
    },
    {
      name: 'GET /shop',
      raw: rawRequest('GET /shop HTTP/1.1'),
      claim: { status: 200, body: 'The shop, mounted at /shop, sells /\n' },
    },
    {
      name: 'GET /shopping',
      raw: rawRequest('GET /shopping HTTP/1.1'),
      claim: { status: 404, body: 'Nothing here. Try /blog or /shop.\n' },
    },
  ],
};
