import { toGatewayApp } from '../../src/gateway/detect.ts';
import { systemHost } from '../../src/host/system.ts';
import { MemoryNetwork } from '../../src/net/network.ts';
import { Server } from '../../src/server/server.ts';
import { exchangeContract } from './exchange.contract.ts';

const address = { host: '127.0.0.1', port: 8000 };

exchangeContract('a memory network', async (app, config) => {
  const network = new MemoryNetwork();
  const listener = await network.listen(address);
  const server = new Server({ app: toGatewayApp(app, 'auto', 'app'), host: systemHost, ...(config && { config }) });
  await server.startup();
  const serving = server.serve(listener);
  return {
    connect: () => network.connect(address),
    async close() {
      listener.close();
      await server.shutdown(0);
      await serving;
    },
  };
});
