/** Scripts in Python: processes of the machine that block where they wait, with the standard library as it is. */
import { describe, expect, test } from 'vitest';
import type { SnippetProgram } from '../../src/snippet/schema.ts';
import { pythonRig, ended, script, runPython } from '../helpers/python-machine.ts';
import { bodyOf, wsgi, type Rig } from '../machine/rig.ts';

const server = `
import socket
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(('127.0.0.1', 7000))
listener.listen()
print('listening')
connection, address = listener.accept()
with connection:
    while data := connection.recv(1024):
        connection.sendall(data.upper())
print('bye')
`;
const client = `
import socket
with socket.create_connection(('localhost', 7000)) as connection:
    connection.sendall(b'hello')
    print(connection.recv(100).decode())
`;

/** Run a server and then a client; gives what was printed by each. */
async function both(files: Readonly<Record<string, string>>, waitFor: readonly string[] = ['client']): Promise<Rig> {
  const made = await pythonRig();
  await made.run(files, { programs: Object.keys(files).filter((name) => /^(?:server|client)\./.test(name)).map((name): SnippetProgram => script(name.split('.')[0]!, { entry: name })) });
  for (const name of waitFor) expect(await ended(made, name)).toMatchObject({ exitCode: 0 });
  return made;
}

describe('how a script ends', () => {
  test('at its end, with what it was given', async () => {
    const { status, logs } = await runPython({
      'main.py': 'import sys, helper\nprint(__name__, __file__, sys.argv)\nprint(helper.value, open("note.txt").read())\nprint("no end of line", end="")',
      'helper.py': 'value = 7', 'note.txt': 'a note',
    }, { args: ['one', 'two'] });
    expect(status).toMatchObject({ state: 'exited', exitCode: 0, ending: 'done' });
    expect(logs).toEqual(["__main__ /home/app/main.py ['main.py', 'one', 'two']", '7 a note', 'no end of line']);
  });

  test('by sys.exit, with a number or with words', async () => {
    expect((await runPython({ 'main.py': 'import sys\ntry:\n    sys.exit(7)\nfinally:\n    print("cleaned")' }))).toMatchObject({ status: { exitCode: 7 }, logs: ['cleaned'] });
    expect((await runPython({ 'main.py': 'raise SystemExit("gave up")' }))).toMatchObject({ status: { exitCode: 1 }, logs: ['gave up'] });
  });

  test('by an exception: a traceback of the user\'s lines only, and where', async () => {
    const { status, logs, rig } = await runPython({ 'main.py': 'def fail():\n    return 1 / 0\n\nfail()\n' });
    expect(status).toMatchObject({ exitCode: 1, problem: { name: 'ZeroDivisionError', site: { file: 'main.py', line: 2, name: 'fail' } } });
    expect(logs.join('\n')).toBe('Traceback (most recent call last):\n  File "main.py", line 4, in <module>\n    fail()\n    ~~~~^^\n  File "main.py", line 2, in fail\n    return 1 / 0\n           ~~^~~\nZeroDivisionError: division by zero');
    expect(rig.events).toContainEqual(expect.objectContaining({ type: 'log', source: 'stderr', site: { file: 'main.py', line: 2, name: 'fail' } }));
  });

  test('when it does not parse', async () => {
    const { status, logs } = await runPython({ 'main.py': 'x = 1\ndef f(:\n' });
    expect(status).toMatchObject({ exitCode: 1, problem: { name: 'SyntaxError', site: { file: 'main.py', line: 2 } } });
    expect(logs.join('\n')).toContain('File "main.py", line 2\n    def f(:\n');
  });

  test('atexit runs, and threads that are no daemons are waited for', async () => {
    const { status, logs } = await runPython({ 'main.py': `
import atexit, threading, time
atexit.register(print, 'at exit')
def late():
    time.sleep(0.05)
    print('late', threading.current_thread().name)
threading.Thread(target=late, name='slow').start()
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print('end of text', threading.active_count())
` });
    expect(status).toMatchObject({ exitCode: 0 });
    expect(logs).toEqual(['end of text 3', 'late slow', 'at exit']);
  });
});

describe('standard input', () => {
  test('what is given, what is typed, prompts and the end', async () => {
    const made = await pythonRig();
    void made.run({ 'main.py': `
import sys
print('first', input('name? '))
print('second', input('more? '))
for line in sys.stdin:
    print('line', line.rstrip())
try:
    input()
except EOFError as error:
    print('EOF', error)
` }, { programs: [script('main', { stdin: 'Ada\n' })] });
    await made.seen((event) => event.type === 'log' && event.text === 'name? first Ada');
    await made.seen((event) => event.type === 'log' && event.text === 'more? ');
    made.machine.input('main', 'yes\nüb');
    made.machine.input('main', 'er alles\nlast', true);
    expect(await ended(made, 'main')).toMatchObject({ exitCode: 0 });
    expect(made.logs()).toEqual(['name? first Ada', 'more? ', 'second yes', 'line über alles', 'line last', 'EOF EOF when reading a line']);
    expect(made.events.flatMap((event) => (event.type === 'log' ? [event.partial ?? false] : []))).toEqual([false, true, false, false, false, false]);
  });

  test('beside a socket: select waits for both', async () => {
    const made = await pythonRig();
    void made.run({
      'server.py': server,
      'client.py': `
import select, socket, sys
s = socket.create_connection(('127.0.0.1', 7000))
while True:
    readable, _, _ = select.select([sys.stdin, s], [], [])
    if s in readable:
        print('from server:', s.recv(100).decode())
    if sys.stdin in readable:
        line = sys.stdin.readline()
        if not line: break
        s.sendall(line.strip().encode())
`,
    }, { programs: [script('server'), script('client')] });
    await made.seen((event) => event.type === 'socket.connect' && event.process === 'client-1');
    made.machine.input('client', 'abc\n');
    await made.seen((event) => event.type === 'log' && event.text === 'from server: ABC');
    made.machine.input('client', '', true);
    expect(await ended(made, 'client')).toMatchObject({ exitCode: 0 });
    expect(await ended(made, 'server')).toMatchObject({ exitCode: 0 });
  });
});

describe('sockets', () => {
  test('a server and a client: every call is in the trace, with its line', async () => {
    const made = await both({ 'server.py': server, 'client.py': client }, ['client', 'server']);
    expect(made.logs()).toEqual(['listening', 'HELLO', 'bye']);
    const calls = made.events.flatMap((event) => (event.type === 'socket.call' ? [event] : []));
    expect(calls.filter(({ process }) => process === 'server').map(({ call, args, result, site }) => `${site?.line} ${call}(${args}) = ${result}`)).toEqual([
      '3 socket(AF_INET, SOCK_STREAM) = fd 3', '4 setsockopt(SOL_SOCKET, SO_REUSEADDR, 1) = 0', "5 bind(('127.0.0.1', 7000)) = 0", '6 listen(128) = 0',
      expect.stringMatching(/^8 accept\(\) = \(fd 4, \('127\.0\.0\.1', \d+\)\)$/), '10 recv(1024) = 5 octets', '11 sendall(5 octets) = 0', '10 recv(1024) = 0 octets', expect.stringMatching(/^\d+ close\(\) = 0$/),
    ]);
    const facts = made.events.filter((event) => event.type.startsWith('socket.') && event.type !== 'socket.call' && event.process === 'server').map(({ type }) => type);
    expect(facts).toEqual(['socket.listen', 'socket.accept', 'socket.data', 'socket.data', 'socket.eof', 'socket.eof', 'socket.close']);
  });

  test('what the network refuses, by errno', async () => {
    const { logs } = await runPython({ 'main.py': `
import errno, socket
def attempt(what):
    try:
        print('ok', what())
    except OSError as error:
        print(type(error).__name__, errno.errorcode.get(error.errno, error.errno))
def bound(port, reuse=False):
    s = socket.socket()
    if reuse: s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('', port))
    return s
attempt(lambda: socket.create_connection(('127.0.0.1', 1)))
attempt(lambda: socket.create_connection(('example.org', 80)))
attempt(lambda: socket.create_connection(('', 80)))
attempt(lambda: socket.socket().connect(('93.184.216.34', 80)))
attempt(lambda: socket.socket().recv(1))
attempt(lambda: socket.socket().accept())
a = bound(7000)
attempt(lambda: bound(7000))
attempt(lambda: a.bind(('', 7001)))
attempt(lambda: socket.socket().bind(('10.0.0.1', 80)))
attempt(lambda: socket.socket(socket.AF_INET6))
attempt(lambda: socket.socket(type=socket.SOCK_DGRAM))
a.listen()
a.settimeout(0.01)
attempt(lambda: a.accept())
a.setblocking(False)
attempt(lambda: a.accept())
c = socket.create_connection(a.getsockname())
c.settimeout(0.01)
attempt(lambda: c.recv(1))
c.setblocking(False)
attempt(lambda: c.recv(1))
print(socket.getaddrinfo('localhost', 80)[0][4], socket.gethostbyname('localhost'), a.getsockname(), c.getpeername())
` });
    expect(logs).toEqual([
      'ConnectionRefusedError ECONNREFUSED', 'gaierror -2', 'gaierror -2', 'OSError ENETUNREACH', 'OSError ENOTCONN', 'OSError EINVAL', 'OSError EADDRINUSE', 'OSError EINVAL', 'OSError EADDRNOTAVAIL',
      'OSError EAFNOSUPPORT', 'OSError EPROTONOSUPPORT', 'TimeoutError None', 'BlockingIOError EAGAIN', 'TimeoutError None', 'BlockingIOError EAGAIN', "('127.0.0.1', 80) 127.0.0.1 ('0.0.0.0', 7000) ('127.0.0.1', 7000)",
    ]);
  });

  test('back-pressure, half-close, peek, makefile and a reset', async () => {
    const made = await both({
      'server.py': `
import socket
s = socket.create_server(('', 7000))
c, _ = s.accept()
print(c.recv(3, socket.MSG_PEEK), c.recv(5, socket.MSG_WAITALL))
with c.makefile('rwb') as f:
    print(f.readline(), f.readline())
    total = 0
    while block := f.read1(10_000): total += len(block)
    f.write(b'%d octets' % total)
c.close()
c, _ = s.accept()
try:
    while True: c.sendall(b'x' * 10_000)
except ConnectionError as error:
    print(type(error).__name__)
`,
      'client.py': `
import socket
s = socket.create_connection(('localhost', 7000))
s.sendall(b'first')
s.sendall(b'one\\ntwo\\n')
s.sendall(b'x' * 1_000_000)
s.shutdown(socket.SHUT_WR)
print(s.recv(100))
s.close()
s = socket.create_connection(('localhost', 7000))
s.recv(10)
s.close()
`,
    }, ['client', 'server']);
    expect(made.logs()).toEqual(["b'fir' b'first'", "b'one\\n' b'two\\n'", "b'1000000 octets'", expect.stringMatching(/^(?:ConnectionResetError|BrokenPipeError)$/)]);
    expect(made.events).toContainEqual(expect.objectContaining({ type: 'socket.pressure', process: 'client-1', state: 'full' }));
  });

  test('selectors, several clients at a time in one thread; socketpair and pipes', async () => {
    const { logs, status } = await runPython({ 'main.py': `
import os, selectors, socket
unbound = socket.socket()
listener = unbound.dup()
unbound.close()
listener.bind(('127.0.0.1', 0))
listener.listen()
listener.setblocking(False)
selector = selectors.DefaultSelector()
selector.register(listener, selectors.EVENT_READ)
clients = [socket.create_connection(listener.getsockname()) for _ in range(5)]
for number, client in enumerate(clients): client.sendall(b'client %d' % number)
echoed = 0
while echoed < 5:
    for key, events in selector.select():
        if key.fileobj is listener:
            connection, _ = listener.accept()
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ)
        else:
            key.fileobj.sendall(key.fileobj.recv(100).title())
            echoed += 1
print([client.recv(100).decode() for client in clients], type(selector).__name__)
one, other = socket.socketpair()
one.sendall(b'pair')
print(other.recv(10), one.fileno() != other.fileno())
r, w = os.pipe()
selector.register(r, selectors.EVENT_READ)
import threading
threading.Timer(0.02, os.write, (w, b'pipe')).start()
print([os.read(r, 10) for key, _ in selector.select() if key.fd == r])
` });
    expect([status.exitCode, logs]).toEqual([0, ["['Client 0', 'Client 1', 'Client 2', 'Client 3', 'Client 4'] PollSelector", "b'pair' True", "[b'pipe']"]]);
  });
});

describe('the standard library\'s servers and clients', () => {
  const asking = `
import http.client, urllib.request
c = http.client.HTTPConnection('localhost', 7000)
for path in ('/a?b=1', '/missing'):
    c.request('GET', path)
    r = c.getresponse()
    print(r.status, r.read().decode().strip()[:40])
c.close()
print(urllib.request.urlopen('http://localhost:7000/again').read().decode().strip())
try: urllib.request.urlopen('http://localhost:7001/')
except OSError as error: print(error)
`;

  test('wsgiref.simple_server, asked by http.client and urllib', async () => {
    const made = await both({
      'server.py': `
from wsgiref.simple_server import make_server
def app(environ, start_response):
    start_response('404 Not Found' if environ['PATH_INFO'] == '/missing' else '200 OK', [('Content-Type', 'text/plain')])
    return [f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {environ['QUERY_STRING']}\\n".encode()]
with make_server('', 7000, app) as httpd:
    httpd.serve_forever()
`,
      'client.py': asking,
    });
    expect(made.logs().filter((line) => !line.includes('HTTP/1.1"'))).toEqual(['200 GET /a b=1', '404 GET /missing', 'GET /again', '<urlopen error [Errno 14] Connection refused>']);
    expect(made.logs()).toContainEqual(expect.stringMatching(/^127\.0\.0\.1 - - \[.*\] "GET \/a\?b=1 HTTP\/1\.1" 200/));
    // The page's own client reaches it like any other.
  });

  test('http.server and socketserver, with threads and without', async () => {
    const { logs, status } = await runPython({ 'main.py': `
import http.server, socketserver, threading, urllib.request, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        if self.path == '/slow': time.sleep(0.2)
        body = f'{self.path} by {threading.current_thread().name}'.encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass
def get(path): return urllib.request.urlopen(f'http://127.0.0.1:7000{path}').read().decode()
for kind in (http.server.HTTPServer, http.server.ThreadingHTTPServer):
    with kind(('', 7000), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.01})
        thread.start()
        told = []
        slow = threading.Thread(target=lambda: told.append(get('/slow').split(' by ')[0]))
        slow.start()
        time.sleep(0.05)
        told.append(get('/quick').split(' by ')[0])
        slow.join()
        print(kind.__name__, told)
        server.shutdown()
        thread.join()
class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: self.wfile.write(line[::-1])
with socketserver.ThreadingTCPServer(('', 7001), Lines) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    import socket
    with socket.create_connection(('localhost', 7001)) as s:
        s.sendall(b'abc\\n')
        print(s.recv(10))
    server.shutdown()
` });
    expect([status.exitCode, logs]).toEqual([0, ["HTTPServer ['/slow', '/quick']", "ThreadingHTTPServer ['/quick', '/slow']", "b'\\ncba'"]]);
  });
});

describe('programs of both languages', () => {
  test('a server in Python, the page and a script in TypeScript as its clients', async () => {
    const made = await pythonRig();
    await made.run({
      'server.py': "from http.server import *\nclass H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        self.send_response(200); self.end_headers(); self.wfile.write(b'from Python')\nHTTPServer(('', 8000), H).serve_forever()",
      'client.ts': "import { socket } from 'porthole/socket';\nconst s = socket();\nawait s.connect(['127.0.0.1', 8000]);\nawait s.sendall('GET / HTTP/1.0\\r\\n\\r\\n');\nlet text = '';\nfor (let bytes = await s.recv(1000); bytes.length > 0; bytes = await s.recv(1000)) text += new TextDecoder().decode(bytes);\nconsole.log(text.split('\\r\\n\\r\\n')[1]);",
    }, { programs: [script('server'), { name: 'client', kind: 'script', entry: 'client.ts' }] });
    expect(await ended(made, 'client')).toMatchObject({ exitCode: 0 });
    expect(made.logs()).toContain('from Python');
    expect(bodyOf(await made.get('/'))).toBe('from Python');
  });

  test('a client in Python of a gateway in TypeScript, and of one in Python', async () => {
    const made = await pythonRig();
    await made.run({
      'app.ts': wsgi("'TypeScript ' + environ.PATH_INFO"),
      'app.py': "def app(environ, start_response):\n    start_response('200 OK', [('Content-Type', 'text/plain')])\n    return [b'Python ' + environ['PATH_INFO'].encode()]\n",
      'client.py': "import urllib.request\nfor port in (8000, 8001): print(urllib.request.urlopen(f'http://127.0.0.1:{port}/x').read().decode())",
    }, { programs: [{ name: 'one', kind: 'gateway', entry: 'app.ts:app' }, { name: 'two', kind: 'gateway', entry: 'app.py:app' }, script('client')] });
    expect(await ended(made, 'client')).toMatchObject({ exitCode: 0 });
    expect(made.logs().filter((line) => !line.includes('HTTP/'))).toEqual(['TypeScript /x', 'Python /x']);
  });
});

test('where stacks cannot be suspended: scripts say so, and applications run', async () => {
  const made = await pythonRig([], { noStackSwitching: true });
  await made.run({
    'app.py': "def app(environ, start_response):\n    start_response('200 OK', [('Content-Type', 'text/plain')])\n    return [b'an application']\n",
    'main.py': 'print("never")',
  }, { programs: [{ name: 'web', kind: 'gateway', entry: 'app.py:app' }, script('main')] });
  expect(await ended(made, 'main')).toMatchObject({ state: 'failed', exitCode: 1, problem: { name: 'NotSupportedError', message: expect.stringContaining('cannot suspend WebAssembly (JSPI)'), advice: expect.stringContaining('applications in Python run') } });
  expect(bodyOf(await made.get('/'))).toBe('an application');
});
