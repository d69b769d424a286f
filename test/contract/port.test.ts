import { MessageChannel } from 'node:worker_threads';
import { toGatewayApp } from '../../src/gateway/detect.ts';
import { systemHost } from '../../src/host/system.ts';
import { PortSocket, type PortLike } from '../../src/net/port.ts';
import { Server } from '../../src/server/server.ts';
import { exchangeContract } from './exchange.contract.ts';

const client = { host: '127.0.0.1', port: 49_152 };
const address = { host: '127.0.0.1', port: 8000 };

// Real message ports within one thread: the channel copies and queues as between threads.
exchangeContract('message ports', async (app, config) => {
  const server = new Server({ app: toGatewayApp(app, 'auto', 'app'), host: systemHost, ...(config && { config }) });
  await server.startup();
  const ports: { close(): void }[] = [];
  let id = 0;
  return {
    connect() {
      const { port1, port2 } = new MessageChannel();
      ports.push(port1, port2);
      id += 1;
      server.handle(new PortSocket(port2 as unknown as PortLike, { id, role: 'server', local: address, remote: client }));
      return Promise.resolve(new PortSocket(port1 as unknown as PortLike, { id, role: 'client', local: client, remote: address }));
    },
    async close() {
      await server.shutdown(0);
      for (const port of ports) port.close();
    },
  };
});
