import type { WsgiApp } from 'porthole';

const emptyForm = `<!doctype html>
<form method="post">
  <label>Name <input name="name"></label>
  <label>City <input name="city"></label>
  <button>Send</button>
</form>
`;

export const app: WsgiApp = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/html; charset=utf-8']]);
  if (environ.REQUEST_METHOD !== 'POST') return [bytes(emptyForm)];

  // wsgi.input is the body as a file.
  // A form arrives as one line of text: name=Ada&city=London
  const body = new TextDecoder().decode(environ['wsgi.input'].read());
  let list = '';
  for (const [name, value] of new URLSearchParams(body)) {
    list += `  <dt>${escape(name)}</dt> <dd>${escape(value)}</dd>\n`;
  }
  return [bytes(`<!doctype html>\n<dl>\n${list}</dl>\n`)];
};

// What a visitor typed goes into the page as text, never as markup.
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
