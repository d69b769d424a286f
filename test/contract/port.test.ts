import { MessageChannel } from 'node:worker_threads';
import { toGatewayApp } from '../../src/gateway/detect.ts';
import { systemHost } from '../../src/host/system.ts';
import { PortSocket, type PortLike } from '../../src/net/port.ts';
import { Server } from '../../src/server/server.ts';
import { exchangeContract } from './exchange.contract.ts';

const here = { host: '127.0.0.1', port: 8000 };
const there = { host: '127.0.0.1', port: 49_152 };

/** Real message ports within one thread: the channel copies and queues exactly as between threads. */
exchangeContract('MessagePorts', async (app, config) => {
  const ports: { close(): void }[] = [];
  const server = new Server({ app: toGatewayApp(app, 'auto', 'app'), host: systemHost, ...(config && { config }) });
  await server.startup();
  let id = 0;
  return {
    async connect() {
      const { port1, port2 } = new MessageChannel();
      ports.push(port1, port2);
      id += 1;
      server.handle(new PortSocket(port2 as unknown as PortLike, { id, role: 'server', local: here, remote: there }));
      return new PortSocket(port1 as unknown as PortLike, { id, role: 'client', local: there, remote: here });
    },
    async close() {
      await server.shutdown(0);
      for (const port of ports) port.close();
    },
  };
});
