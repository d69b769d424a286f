import { describe, expect, test } from 'vitest';
import { MemoryKernel } from '../../../src/net/bsd/memory-kernel.ts';
import { createSocketModule } from '../../../src/net/bsd/module.ts';
import { MemoryNetwork } from '../../../src/net/network.ts';
import { systemHost } from '../../../src/host/system.ts';
import { tcpKernel } from '../../../src/node/tcp-kernel.ts';
import type { Kernel } from '../../../src/net/bsd/kernel.ts';
import { Recorder, materialise } from '../../../src/trace/recorder.ts';
import { noTrace } from '../../../src/trace/tracer.ts';
import { makeAssert, socketCases } from './contract.ts';

const memory = (): Kernel => new MemoryKernel(new MemoryNetwork({ clock: systemHost.clock }), systemHost.timers);

describe.each([['memory', memory], ['TCP', tcpKernel]] as const)('over %s', (road, makeKernel) => {
  test.each(socketCases.filter(({ memoryOnly }) => road === 'memory' || !memoryOnly))('$name', async ({ run }) => {
    let waiting = 0;
    const { module, closeAll } = createSocketModule({ kernel: makeKernel(), host: systemHost, tracer: noTrace, onWaiting: (change) => (waiting += change) });
    try {
      await run(module, makeAssert());
      expect(waiting).toBe(0);
    } finally {
      closeAll();
    }
  });
});

test('every call is in the trace, with arguments, result, errno and place', async () => {
  const tracer = new Recorder({ process: 'script', clock: systemHost.clock });
  const site = { file: 'a.ts', line: 3 };
  const { module, closeAll } = createSocketModule({ kernel: memory(), host: systemHost, tracer, here: () => site });
  const listener = module.socket();
  listener.setsockopt(module.SOL_SOCKET, module.SO_REUSEADDR, 1);
  await listener.bind(['127.0.0.1', 8000]);
  await listener.listen(7);
  const client = module.socket();
  await expect(client.connect(['127.0.0.1', 8001])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await client.connect(['127.0.0.1', 8000]);
  const [server] = await listener.accept();
  await client.sendall('hello');
  await server.recv(3);
  server.close();
  const events = materialise(tracer.drain());
  const calls = events.flatMap((event) => (event.type === 'socket.call' ? [event] : []));
  expect(calls.map(({ call, args, result, fd, connection, error }) => [call, args, result, fd, connection, ...(error ? [error] : [])])).toEqual([
    ['socket', 'AF_INET, SOCK_STREAM', 'fd 3', 3, 0],
    ['setsockopt', 'SOL_SOCKET, SO_REUSEADDR, 1', '0', 3, 0],
    ['bind', '["127.0.0.1", 8000]', '0', 3, 0],
    ['listen', '7', '0', 3, 0],
    ['socket', 'AF_INET, SOCK_STREAM', 'fd 4', 4, 0],
    ['connect', '["127.0.0.1", 8001]', 'connect: ECONNREFUSED: nobody listens at 127.0.0.1:8001', 4, 0, 'ECONNREFUSED'],
    ['connect', '["127.0.0.1", 8000]', '0', 4, 1],
    ['accept', '', '[fd 5, ["127.0.0.1", 49152]]', 3, 0],
    ['sendall', '5 octets', '0', 4, 1],
    ['recv', '3', '3 octets', 5, 1],
    ['close', '', '0', 5, 1],
  ]);
  expect(calls.every((call) => call.site?.line === 3 && call.ms >= 0)).toBe(true);
  expect(events.filter((event) => event.type !== 'socket.call').map((event) => [event.type, 'span' in event ? event.span : 'reason' in event ? event.reason : ''])).toEqual([
    ['socket.listen', ''], ['socket.connect', ''], ['socket.accept', ''], ['socket.data', [0, 5]], ['socket.data', [0, 3]],
    ['socket.close', 'closed with 2 octets unread: reset'],
  ]);
  closeAll();
});
