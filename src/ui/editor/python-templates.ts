/**
 * What the editor offers to write in a Python file: the beginnings that are the same each time. Bodies are in the notation of Monaco and
 * of TextMate (`${1:what is to be typed over}`, a tab for one level); `test/python/templates.test.ts` runs them as they are.
 */
export interface PythonTemplate {
  /** What is typed to get it. */
  readonly label: string;
  /** What it is, in a few words. */
  readonly detail: string;
  readonly body: string;
}

export const pythonTemplates: readonly PythonTemplate[] = [
  {
    label: 'wsgi', detail: 'WSGI application',
    body: "def ${1:app}(environ, start_response):\n\tstart_response('200 OK', [('Content-Type', 'text/plain; charset=utf-8')])\n\treturn [${2:b'Hello\\n'}]\n$0",
  },
  {
    label: 'wsgimiddleware', detail: 'WSGI middleware',
    body: [
      'class ${1:Middleware}:', '\tdef __init__(self, app):', '\t\tself.app = app', '',
      '\tdef __call__(self, environ, start_response):', '\t\tdef start(status, headers, exc_info=None):',
      "\t\t\treturn start_response(status, [*headers, ('${2:X-Seen}', '1')], exc_info)", '', '\t\treturn self.app(environ, start)', '$0',
    ].join('\n'),
  },
  {
    label: 'asgi', detail: 'ASGI application',
    body: [
      'async def ${1:app}(scope, receive, send):', "\tassert scope['type'] == 'http'",
      "\tawait send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-type', b'text/plain; charset=utf-8')]})",
      "\tawait send({'type': 'http.response.body', 'body': ${2:b'Hello\\n'}})", '$0',
    ].join('\n'),
  },
  {
    label: 'lifespan', detail: 'ASGI: startup and shutdown',
    body: [
      'async def ${1:lifespan}(scope, receive, send):', '\twhile True:', '\t\tmessage = await receive()',
      "\t\tif message['type'] == 'lifespan.startup':", "\t\t\t${2:print('up')}", "\t\t\tawait send({'type': 'lifespan.startup.complete'})",
      '\t\telse:', "\t\t\t${3:print('down')}", "\t\t\tawait send({'type': 'lifespan.shutdown.complete'})", '\t\t\treturn', '$0',
    ].join('\n'),
  },
  {
    label: 'flask', detail: 'Flask application',
    body: ["from flask import Flask, request", '', 'app = Flask(__name__)', '', '', "@app.route('${1:/}')", 'def ${2:index}():', "\treturn ${3:'Hello\\n'}", '$0'].join('\n'),
  },
  {
    label: 'starlette', detail: 'Starlette application',
    body: [
      'from starlette.applications import Starlette', 'from starlette.responses import PlainTextResponse', 'from starlette.routing import Route', '', '',
      'async def ${1:index}(request):', "\treturn PlainTextResponse(${2:'Hello\\n'})", '', '', "app = Starlette(routes=[Route('${3:/}', ${1:index})])", '$0',
    ].join('\n'),
  },
  {
    label: 'route', detail: 'Flask: another route',
    body: "@app.route('${1:/path}')\ndef ${2:page}():\n\treturn ${3:'text'}\n$0",
  },
  { label: 'main', detail: 'Only where this file is run', body: "if __name__ == '__main__':\n\t${0:pass}" },
];

/** The text that a body stands for when nothing is typed over; `level` for each tab. */
export const templateText = (body: string, level = '    '): string =>
  body.replaceAll(/\$\{\d+:([^}]*)\}|\$\d+/g, (_, text?: string) => text ?? '').replaceAll('\t', level);
