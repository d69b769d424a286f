const body = new TextEncoder().encode('Hello, world!');

export const app = (environ, startResponse) => {
  if (environ.REQUEST_METHOD === 'POST') environ['wsgi.input'].read();
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['Content-Length', '13']]);
  return [body];
};
