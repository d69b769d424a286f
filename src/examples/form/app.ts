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
  const encoder = new TextEncoder();
  if (environ.REQUEST_METHOD !== 'POST') return [encoder.encode(emptyForm)];

  // wsgi.input is the body as a file. A form arrives as one line of text: name=Ada&city=London
  const body = new TextDecoder().decode(environ['wsgi.input'].read());
  const rows = [...new URLSearchParams(body)].map(([name, value]) => `  <dt>${escapeHtml(name)}</dt> <dd>${escapeHtml(value)}</dd>\n`);
  return [encoder.encode(`<!doctype html>\n<dl>\n${rows.join('')}</dl>\n`)];
};

// What a visitor typed goes into the page as text, never as markup.
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
