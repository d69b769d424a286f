/** asyncio and threads in scripts: CPython's own event loop over select, and a stack for each thread. */
import { expect, test } from 'vitest';
import { ended, pythonRig, runPython, script } from '../helpers/python-machine.ts';

test('streams, tasks, timers, and a selector event loop', async () => {
  const { status, logs } = await runPython({ 'main.py': `
import asyncio, time
async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
async def ask(port, text):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(text.encode() + b'\\n')
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer.decode().strip()
async def main():
    server = await asyncio.start_server(echo, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    print(await asyncio.gather(*(ask(port, f'client {i}') for i in range(3))))
    began = time.monotonic()
    await asyncio.gather(*(asyncio.sleep(0.1) for _ in range(20)))
    print(time.monotonic() - began < 1.5)
    try: await asyncio.open_connection('127.0.0.1', 1)
    except ConnectionRefusedError as error: print(type(error).__name__)
    try: await asyncio.wait_for(asyncio.Event().wait(), 0.01)
    except TimeoutError: print('timeout')
    print(await asyncio.to_thread(lambda: (time.sleep(0.01), 'thread')[1]))
    print(isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop))
    server.close()
    return 'returned'
print(asyncio.run(main()))
print(asyncio.run(main(), debug=False) == 'returned')
try: asyncio.get_running_loop()
except RuntimeError as error: print(error)
` });
  const once = ["['CLIENT 0', 'CLIENT 1', 'CLIENT 2']", 'True', 'ConnectionRefusedError', 'timeout', 'thread', 'True'];
  expect([status.exitCode, logs]).toEqual([0, [...once, 'returned', ...once, 'True', 'no running event loop']]);
}, 60_000);

test('its inner socket pair is neither on the network nor in the trace', async () => {
  const { rig } = await runPython({ 'main.py': 'import asyncio\nasyncio.run(asyncio.sleep(0))' });
  expect(rig.events.filter(({ type }) => type.startsWith('socket.'))).toEqual([]);
}, 60_000);

test('Ctrl-C cancels the main task, as in CPython', async () => {
  const made = await pythonRig();
  void made.run({ 'main.py': `
import asyncio
async def main():
    try:
        print('waiting')
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.01)
        print('cleaned')
asyncio.run(main())
` }, { programs: [script('main')] });
  await made.seen((event) => event.type === 'log' && event.text === 'waiting');
  made.machine.interrupt('main');
  expect(await ended(made, 'main')).toMatchObject({ exitCode: 130 });
  expect(made.logs().slice(0, 2)).toEqual(['waiting', 'cleaned']);
}, 60_000);

test('signal handlers of the loop', async () => {
  const made = await pythonRig();
  void made.run({ 'main.py': `
import asyncio, signal
async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    print('waiting')
    await stop.wait()
    print('stopped')
asyncio.run(main())
` }, { programs: [script('main')] });
  await made.seen((event) => event.type === 'log' && event.text === 'waiting');
  made.machine.interrupt('main');
  expect(await ended(made, 'main')).toMatchObject({ exitCode: 0 });
  expect(made.logs()).toEqual(['waiting', 'stopped']);
}, 60_000);

test('locks, conditions, queues, pools, locals, and who is who', async () => {
  const { status, logs } = await runPython({ 'main.py': `
import queue, threading, time
from concurrent.futures import ThreadPoolExecutor
q = queue.Queue(maxsize=2)
def produce():
    for i in range(5): q.put(i)
    q.put(None)
threading.Thread(target=produce).start()
print(list(iter(q.get, None)))
local = threading.local()
def use(i):
    local.value = i
    time.sleep(0.01)
    return local.value == i and threading.current_thread().name.startswith('pool')
with ThreadPoolExecutor(8, 'pool') as pool: print(all(pool.map(use, range(50))))
barrier = threading.Barrier(3)
hits = []
def meet(i):
    barrier.wait()
    hits.append(i)
threads = [threading.Thread(target=meet, args=(i,)) for i in range(3)]
for each in threads: each.start()
for each in threads: each.join()
print(sorted(hits), len({each.ident for each in threads}), threading.current_thread() is threading.main_thread())
lock = threading.RLock()
with lock, lock: print(lock._is_owned(), lock.acquire(blocking=False))
inner = threading.Lock()
print(inner.acquire(), inner.acquire(timeout=0.01), inner.acquire(blocking=False), inner.locked())
condition = threading.Condition()
with condition: print(condition.wait(0.01))
def fail(): raise ValueError('in a thread')
thread = threading.Thread(target=fail, name='failing')
thread.start(); thread.join()
began = time.monotonic()
sleepers = [threading.Thread(target=time.sleep, args=(0.2,)) for _ in range(50)]
for each in sleepers: each.start()
for each in sleepers: each.join()
print(time.monotonic() - began < 5)
` });
  expect(logs.slice(0, 7)).toEqual(['[0, 1, 2, 3, 4]', 'True', '[0, 1, 2] 3 True', 'True True', 'True False False True', 'False', expect.stringMatching(/^Exception in thread failing:\nTraceback[\s\S]*File "main\.py", line \d+, in fail\n[\s\S]*ValueError: in a thread$/)]);
  expect([status.exitCode, logs.slice(7)]).toEqual([0, ['True']]);
}, 60_000);

test('many threads talking, with the collector at work (pyodide/pyodide#6464)', async () => {
  const { status, logs } = await runPython({ 'main.py': `
import gc, socket, socketserver, threading
gc.set_threshold(50)
class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            rubbish = [[i] for i in range(20)]
            rubbish.append(rubbish)
            self.wfile.write(line)
class Server(socketserver.ThreadingTCPServer): request_queue_size = 50
with Server(('', 7000), Echo) as server:
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    counts = []
    def talk(i):
        with socket.create_connection(('127.0.0.1', 7000)) as s, s.makefile('rw') as f:
            for j in range(40):
                print(i, j, file=f, flush=True)
                assert f.readline() == f'{i} {j}\\n'
        counts.append(i)
    threads = [threading.Thread(target=talk, args=(i,)) for i in range(12)]
    for each in threads: each.start()
    for each in threads: each.join()
    server.shutdown()
print(sorted(counts) == list(range(12)))
` });
  expect([status.exitCode, logs]).toEqual([0, ['True']]);
}, 120_000);
