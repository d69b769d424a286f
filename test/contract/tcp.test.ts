import { serve } from '../../src/node/serve.ts';
import { tcpNetwork } from '../../src/node/tcp-network.ts';
import { exchangeContract } from './exchange.contract.ts';

let lastId = 0;
const network = tcpNetwork(() => (lastId += 1));

exchangeContract('TCP', async (app, config) => {
  const serving = await serve(app, { bind: '127.0.0.1:0', ...(config && { config }) });
  return { connect: () => network.connect(serving.address), close: () => serving.close(0) };
});
