/** Ctrl-C: KeyboardInterrupt in whatever the main thread of a script waits in. */
import { expect, test } from 'vitest';
import { ended, pythonRig, script } from '../helpers/python-machine.ts';

const waits: Readonly<Record<string, string>> = {
  accept: 'import socket\ns = socket.create_server(("", 7000))\nprint("waiting")\ns.accept()',
  recv: 'import socket\ns = socket.create_server(("", 7000))\nc = socket.create_connection(("localhost", 7000))\nprint("waiting")\nc.recv(1)',
  send: 'import socket\ns = socket.create_server(("", 7000))\nc = socket.create_connection(("localhost", 7000))\nprint("waiting")\nwhile True: c.send(bytes(10_000))',
  'accept with a timeout': 'import socket\ns = socket.create_server(("", 7000))\ns.settimeout(1000)\nprint("waiting")\ns.accept()',
  select: 'import select, socket\ns = socket.create_server(("", 7000))\nprint("waiting")\nselect.select([s], [], [])',
  'time.sleep': 'import time\nprint("waiting")\ntime.sleep(1000)',
  'input()': 'print("waiting")\ninput("? ")',
  'a lock': 'import threading\nl = threading.Lock()\nl.acquire()\nprint("waiting")\nl.acquire()',
  'Thread.join': 'import threading, time\nt = threading.Thread(target=time.sleep, args=(1000,), daemon=True)\nt.start()\nprint("waiting")\nt.join()',
  'queue.get': 'import queue\nprint("waiting")\nqueue.Queue().get()',
  serve_forever: 'from wsgiref.simple_server import make_server\ns = make_server("", 7000, None)\nprint("waiting")\ns.serve_forever()',
  'calls that never wait': 'import select\nprint("waiting")\nwhile True: select.select([], [], [], 0)',
};

test.each(Object.entries(waits))('%s', async (_name, body) => {
  const made = await pythonRig();
  const indented = body.replaceAll(/^/gm, '    ');
  void made.run({ 'main.py': `
try:
${indented}
except KeyboardInterrupt:
    print('caught')
finally:
    print('finally')
input('again? ')
` }, { programs: [script('main')] });
  await made.seen((event) => event.type === 'log' && event.text === 'waiting');
  made.machine.interrupt('main');
  await made.seen((event) => event.type === 'log' && event.text === 'again? ');
  // And once more, where nobody catches it.
  made.machine.interrupt('main');
  expect(await ended(made, 'main')).toMatchObject({ exitCode: 130, ending: 'interrupted' });
  const logs = made.logs().filter((line) => line !== '? ');
  expect(logs.slice(0, 3)).toEqual(['waiting', 'caught', 'finally']);
  expect(logs.slice(4).join('\n')).toMatch(/^Traceback[\s\S]*KeyboardInterrupt$/);
}, 60_000);

test('a handler of the script\'s own is called, and the call goes on', async () => {
  const made = await pythonRig();
  void made.run({ 'main.py': `
import signal, socket
count = 0
def handler(number, frame):
    global count
    count += 1
    print('signal', number, type(frame).__name__)
    if count == 2: raise SystemExit(5)
signal.signal(signal.SIGINT, handler)
s = socket.create_server(('', 7000))
print('waiting')
s.accept()
` }, { programs: [script('main')] });
  await made.seen((event) => event.type === 'log' && event.text === 'waiting');
  made.machine.interrupt('main');
  await made.seen((event) => event.type === 'log' && event.text.startsWith('signal'));
  made.machine.interrupt('main');
  expect(await ended(made, 'main')).toMatchObject({ exitCode: 5 });
  expect(made.logs()).toEqual(['waiting', 'signal 2 frame', 'signal 2 frame']);
}, 60_000);

test('it is the main thread that is interrupted, whoever else waits', async () => {
  const made = await pythonRig();
  void made.run({ 'main.py': `
import socket, threading, time
s = socket.create_server(('', 7000))
def serve():
    try:
        while True: s.accept()
    except BaseException as error: print('thread', type(error).__name__)
for _ in range(3): threading.Thread(target=serve, daemon=True).start()
try:
    print('waiting')
    time.sleep(1000)
except KeyboardInterrupt: print('main')
` }, { programs: [script('main')] });
  await made.seen((event) => event.type === 'log' && event.text === 'waiting');
  made.machine.interrupt('main');
  expect(await ended(made, 'main')).toMatchObject({ exitCode: 0 });
  expect(made.logs()).toEqual(['waiting', 'main']);
}, 60_000);

test('a script in TypeScript ends', async () => {
  const made = await pythonRig();
  await made.run({ 'main.ts': 'console.log("waiting");\nawait new Promise((resolve) => setTimeout(resolve, 1e6));' }, { programs: [script('main', { entry: 'main.ts' })] });
  await made.seen((event) => event.type === 'log' && event.text === 'waiting');
  made.machine.interrupt('main');
  expect(await ended(made, 'main')).toMatchObject({ exitCode: 130, ending: 'interrupted' });
});
