/** Servers and clients from the package index, unmodified, in scripts: made of Debian's packages, as real wheels. */
import { expect, test } from 'vitest';
import { ended, pythonRig, runPython, script } from '../helpers/python-machine.ts';
import { debianWheels } from '../helpers/debian-wheels.ts';
import { bodyOf } from '../machine/rig.ts';

test('uvicorn serves Starlette: lifespan, a sync endpoint in a thread, streaming, and Ctrl-C', async () => {
  const made = await pythonRig(debianWheels());
  await made.run({ 'main.py': `
import asyncio, contextlib, threading, uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
@contextlib.asynccontextmanager
async def lifespan(app):
    print('up')
    yield
    print('down')
async def hello(request): return PlainTextResponse('hello ' + request.query_params['name'])
def sync(request): return PlainTextResponse(str(threading.current_thread() is threading.main_thread()))
async def stream(request):
    async def parts():
        for i in range(3):
            yield f'{i} '
            await asyncio.sleep(0.001)
    return StreamingResponse(parts(), media_type='text/plain')
async def echo(request): return PlainTextResponse((await request.body())[::-1])
app = Starlette(routes=[Route('/hello', hello), Route('/sync', sync), Route('/stream', stream), Route('/echo', echo, methods=['POST'])], lifespan=lifespan)
uvicorn.run(app, port=8000)
print('returned')
` }, { programs: [script('main')] });
  await made.seen((event) => event.type === 'socket.listen');
  expect(bodyOf(await made.get('/hello?name=Ada'))).toBe('hello Ada');
  expect(bodyOf(await made.get('/sync'))).toBe('False');
  expect(bodyOf(await made.get('/stream'))).toBe('0 1 2 ');
  const posted = await made.machine.send({ bytes: new TextEncoder().encode(`POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc`) });
  expect(bodyOf(posted)).toBe('cba');
  made.machine.interrupt('main');
  expect(await ended(made, 'main')).toMatchObject({ exitCode: 0 });
  const logs = made.logs().join('\n');
  expect(logs).toContain('Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)');
  expect(logs).toMatch(/up[\s\S]*"GET \/hello\?name=Ada HTTP\/1\.1" 200 OK[\s\S]*Shutting down[\s\S]*down[\s\S]*Finished server process[\s\S]*returned$/);
}, 120_000);

test('waitress serves Flask from its pool of threads', async () => {
  const made = await pythonRig(debianWheels());
  await made.run({ 'main.py': `
import threading, time, waitress
from flask import Flask, request
app = Flask(__name__)
@app.get('/')
def index():
    time.sleep(float(request.args.get('t', 0)))
    return threading.current_thread().name
@app.post('/')
def form(): return request.form['word'].upper()
waitress.serve(app, listen='127.0.0.1:8000', threads=3)
print('returned')
` }, { programs: [script('main')] });
  await made.seen((event) => event.type === 'socket.listen');
  expect(await Promise.all([made.get('/?t=0.3'), made.get('/?t=0.3')]).then((all) => all.map(bodyOf).toSorted())).toEqual(['waitress-0', 'waitress-1']);
  const posted = await made.machine.send({ bytes: new TextEncoder().encode('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 8\r\n\r\nword=abc') });
  expect(bodyOf(posted)).toBe('ABC');
  made.machine.interrupt('main');
  expect(await ended(made, 'main')).toMatchObject({ exitCode: 0 });
  expect(made.logs()).toContain('returned');
}, 120_000);

test('requests, Flask\'s own server and bottle', async () => {
  const { status, logs } = await runPython({ 'main.py': `
import ssl, threading, time, bottle, logging
# Debian's certifi says that the certificates are where Debian has them.
ssl.SSLContext.load_verify_locations = lambda *args, **named: None
import requests
from flask import Flask, jsonify, request
logging.getLogger('werkzeug').setLevel(logging.ERROR)
app = Flask(__name__)
@app.post('/json')
def echo(): return jsonify(got=request.json, by=request.headers['User-Agent'][:15])
threading.Thread(target=app.run, kwargs={'port': 7000}, daemon=True).start()
@bottle.get('/<name>')
def hello(name): return f'bottle {name}'
threading.Thread(target=bottle.run, kwargs={'port': 7001, 'quiet': True}, daemon=True).start()
time.sleep(0.2)
print(requests.post('http://127.0.0.1:7000/json', json=[1, 'x']).json())
with requests.Session() as session:
    print([session.get('http://localhost:7001/' + name).text for name in 'ab'])
try: requests.get('http://localhost:7002/', timeout=1)
except requests.ConnectionError as error: print('ConnectionError', 'refused' in str(error))
` }, {}, debianWheels());
  expect([status.exitCode, logs.slice(-3)]).toEqual([0, ["{'by': 'python-requests', 'got': [1, 'x']}", "['bottle a', 'bottle b']", 'ConnectionError True']]);
}, 120_000);

test('what cannot run says why', async () => {
  const { status, logs } = await runPython({ 'main.py': `
for name in ('hypercorn', 'uvloop'):
    try: __import__(name)
    except ImportError as error: print(error)
import os
for call in (os.fork, lambda: __import__('subprocess').run(['ls'])):
    try: call()
    except OSError as error: print(error)
from gunicorn.app.wsgiapp import run
run()
` }, {}, debianWheels());
  expect(status).toMatchObject({ exitCode: 1, problem: { name: 'ImportError', message: expect.stringContaining('gunicorn starts its workers with os.fork(), and a process of WebAssembly cannot be copied.'), site: { file: 'main.py', line: 9 } } });
  expect(logs[0]).toContain('Packages: gunicorn');
  expect(logs[1]).toContain('hypercorn starts its workers with multiprocessing');
  expect(logs[2]).toContain('asyncio runs without it');
  expect(logs.slice(3, 5)).toEqual(['[Errno 52] Function not implemented', '[Errno 138] emscripten does not support processes.']);
}, 60_000);
