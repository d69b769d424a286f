import { connect } from 'node:net';
import { once } from 'node:events';
import { serve } from '../../src/node/serve.ts';
import { TcpSocket } from '../../src/node/tcp-socket.ts';
import { exchangeContract } from './exchange.contract.ts';

exchangeContract('TCP', async (app, config) => {
  const serving = await serve(app, { bind: '127.0.0.1:0', ...(config && { config }) });
  return {
    async connect() {
      const socket = connect({ ...serving.address, allowHalfOpen: true, noDelay: true });
      await once(socket, 'connect');
      return TcpSocket.wrap(socket, socket.localPort!, 'client');
    },
    close: () => serving.close(0),
  };
});
