/**
 * What every road to a server must do alike: memory, MessagePort, TCP. The suite is given a way to reach a server that runs an
 * application, and looks only at octets.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { HttpClient, type ClientResult } from '../../src/client/http-client.ts';
import { systemHost } from '../../src/host/system.ts';
import type { DuplexSocket } from '../../src/net/socket.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import { WebSocketClient, type WebSocketClientEvent } from '../../src/client/websocket.ts';
import type { WebSocketTarget } from '../../src/client/websocket-opening.ts';
import { decode, echoAsgi, echoWebSocket, echoWsgi, encode, failingAsgi, failingWsgi, streamAsgi, streamWsgi } from '../helpers/apps.ts';
import type { AsgiApp, AsgiSend } from '../../src/gateway/asgi/types.ts';
import type { WsgiApp } from '../../src/gateway/wsgi/types.ts';
import { clientFrame } from '../helpers/ws-script.ts';

/** A server that runs, and how to get a connection to it. */
export interface Reached {
  /** A new connection, from the client's side; nobody has opened it yet. */
  connect(): Promise<DuplexSocket>;
  /** Stop the server and let go of everything. */
  close(): Promise<void>;
}

/** Starts a server for an application. */
export type Reach = (app: unknown, config?: Partial<ServerConfig>) => Promise<Reached>;

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** What the suite sends requests to: as in `test/helpers/apps.ts`, in whatever language. */
export interface ContractApps {
  readonly name: string;
  readonly echo: () => unknown;
  readonly stream: (count: number, size: number) => unknown;
  readonly failing: () => unknown;
}

const typescriptApps: readonly ContractApps[] = [
  { name: 'WSGI', echo: () => echoWsgi, stream: streamWsgi, failing: () => failingWsgi },
  { name: 'ASGI', echo: () => echoAsgi, stream: streamAsgi, failing: () => failingAsgi },
];

/** Run the suite over one road. */
export function exchangeContract(road: string, reach: Reach, apps: readonly ContractApps[] = typescriptApps): void {
  describe(`over ${road}`, () => {
    let reached: Reached | undefined;
    const clients: { reset(): void }[] = [];
    afterEach(async () => {
      for (const client of clients.splice(0)) client.reset();
      await reached?.close();
      reached = undefined;
    });

    const start = async (app: unknown, config: Partial<ServerConfig> = {}): Promise<void> => {
      reached = await reach(app, { lifespan: 'off', ...config });
    };
    const client = async (): Promise<HttpClient> => {
      const made = new HttpClient(await reached!.connect(), { host: systemHost, timeoutMs: 5000 });
      clients.push(made);
      return made;
    };
    const ask = async (request: string, options: { readonly cuts?: readonly number[]; readonly endAfter?: boolean } = {}): Promise<ClientResult> => (await client()).send(bytes(request), options);
    /** A WebSocket, what it has told, and a wait for the next event of a kind. */
    const webSocket = async (target: Omit<WebSocketTarget, 'authority'>) => {
      const events: WebSocketClientEvent[] = [];
      const messages: (string | Uint8Array)[] = [];
      const frames: Extract<WebSocketClientEvent, { type: 'frame' }>[] = [];
      let look = (): void => {};
      const made = new WebSocketClient(await reached!.connect(), { host: systemHost, timeoutMs: 5000, authority: 'a', ...target }, (event) => {
        if (event.type === 'message') messages.push(event.data);
        if (event.type === 'frame') frames.push(event);
        events.push(event);
        look();
      });
      clients.push(made);
      const next = <T extends WebSocketClientEvent['type']>(type: T): Promise<Extract<WebSocketClientEvent, { type: T }>> =>
        new Promise((resolve) => {
          look = () => {
            const at = events.findIndex((event) => event.type === type);
            if (at < 0) return;
            look = () => {};
            resolve(events.splice(at, 1)[0] as Extract<WebSocketClientEvent, { type: T }>);
          };
          look();
        });
      return { client: made, next, messages, frames };
    };
    const bodies = (result: ClientResult): string[] => result.responses.map(({ body }) => decode(body));

    describe.each(apps)('$name', ({ echo, stream, failing }) => {
      test('a GET', async () => {
        await start(echo());
        const result = await ask('GET /a%20b?x=1 HTTP/1.1\r\nHost: a\r\n\r\n');
        expect(result.failure).toBeUndefined();
        expect(bodies(result)).toEqual(['GET /a b?x=1 ']);
        expect(result.responses[0]).toMatchObject({ status: 200, keepAlive: true });
      });

      test('a POST, whole and octet by octet', async () => {
        await start(echo());
        const request = 'POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello=world';
        expect(bodies(await ask(request))).toEqual(['POST /form? hello=world']);
        expect(bodies(await ask(request, { cuts: Array.from({ length: request.length - 1 }, (_, i) => i + 1) }))).toEqual(['POST /form? hello=world']);
      });

      test('a chunked POST', async () => {
        await start(echo());
        expect(bodies(await ask('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'))).toEqual(['POST /? hello world']);
      });

      test('requests one after the other on one connection', async () => {
        await start(echo());
        const one = await client();
        expect(bodies(await one.send(bytes('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n')))).toEqual(['GET /1? ']);
        expect(bodies(await one.send(bytes('GET /2 HTTP/1.1\r\nHost: a\r\n\r\n')))).toEqual(['GET /2? ']);
      });

      test('RFC9112-9.3.2: pipelined requests are answered in order', async () => {
        await start(echo());
        const result = await ask(Array.from({ length: 10 }, (_, i) => `GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
        expect(bodies(result)).toEqual(Array.from({ length: 10 }, (_, i) => `GET /${i}? `));
      });

      test('a bad request behind a good one: both are answered, then the connection is closed', async () => {
        await start(echo());
        const result = await ask('GET /good HTTP/1.1\r\nHost: a\r\n\r\nGET /bad HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
        expect(result.responses.map(({ status }) => status)).toEqual([200, 400]);
        expect(result.responses[1]).toMatchObject({ keepAlive: false });
        expect(decode(result.responses[1]!.body)).toContain('RFC9112-3.2-6');
      });

      test('a 4xx arrives although more is on its way', async () => {
        await start(echo());
        const result = await ask(`BAD LINE\r\n${'x'.repeat(300_000)}`);
        expect(result.responses[0]).toMatchObject({ status: 400 });
      });

      test('HEAD', async () => {
        await start(echo());
        const result = await ask('HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n');
        expect(bodies(result)).toEqual(['', 'GET /next? ']);
      });

      test('HTTP/1.0: the end of the connection is the end of the response', async () => {
        await start(stream(3, 5));
        const result = await ask('GET / HTTP/1.0\r\n\r\n');
        expect(bodies(result)).toEqual(['aaaaabbbbbccccc']);
        expect(result.responses[0]!.headers.map(([name]) => name.toLowerCase())).not.toContain('transfer-encoding');
      });

      test('a client that closes its half still gets its answer', async () => {
        await start(echo());
        expect(bodies(await ask('GET /half HTTP/1.1\r\nHost: a\r\n\r\n', { endAfter: true }))).toEqual(['GET /half? ']);
      });

      test('a large response, in order and whole', async () => {
        await start(stream(200, 10_000));
        const { responses, failure } = await ask('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        expect(failure).toBeUndefined();
        const { body } = responses[0]!;
        expect(body.length).toBe(2_000_000);
        expect(body.every((octet, i) => octet === 97 + (Math.floor(i / 10_000) % 26))).toBe(true);
      });

      test('a large request body', async () => {
        await start(echo());
        const { responses } = await ask(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n${'z'.repeat(1_000_000)}`);
        expect(responses[0]!.body.length).toBe('POST /? '.length + 1_000_000);
      });

      test('an error before the response: 500, and the connection goes on', async () => {
        await start(failing());
        const result = await ask('GET /fail/before HTTP/1.1\r\nHost: a\r\n\r\nGET /fail/start HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n');
        expect(result.responses.map(({ status }) => status)).toEqual([500, 500, 200]);
        expect(decode(result.responses[2]!.body)).toBe('begun, done');
      });

      test('an error in mid-response: the client sees that it is incomplete', async () => {
        await start(failing());
        const result = await ask('GET /fail/body HTTP/1.1\r\nHost: a\r\n\r\n');
        expect(result.failure).toMatchObject({ kind: 'closed' });
        expect(decode(result.raw)).toContain('begun');
      });

      test('Connection: close is honoured', async () => {
        await start(echo());
        const one = await client();
        expect((await one.send(bytes('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))).responses[0]).toMatchObject({ keepAlive: false });
        expect((await one.send(bytes('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))).responses).toEqual([]);
      });

      test('an unread body does not disturb the next request', async () => {
        await start(failing());
        const result = await ask('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n');
        expect(bodies(result)).toEqual(['begun, done', 'begun, done']);
      });
    });

    test('WSGI: close() is called when the client goes', async () => {
      let closed!: () => void;
      const gone = new Promise<void>((resolve) => { closed = resolve; });
      const endless: WsgiApp = function* (_environ, startResponse) {
        startResponse('200 OK', []);
        try {
          for (;;) yield new Uint8Array(50_000);
        } finally {
          closed();
        }
      };
      await start(endless);
      const socket = await reached!.connect();
      socket.open({ onData: () => socket.reset(), onEof: () => {}, onDrain: () => {}, onClose: () => {} });
      socket.write(bytes('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
      await gone;
    });

    test('ASGI: receive() gives http.disconnect and send() rejects when the client goes', async () => {
      let tell!: (seen: string) => void;
      const seen = new Promise<string>((resolve) => { tell = resolve; });
      const waiting: AsgiApp = async (scope, receive, send) => {
        if (scope.type !== 'http') throw new TypeError(scope.type);
        await send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', body: encode('here'), more_body: true });
        while ((await receive()).type !== 'http.disconnect');
        try {
          for (;;) await send({ type: 'http.response.body', body: new Uint8Array(50_000), more_body: true });
        } catch (error) {
          tell((error as Error).name);
        }
      };
      await start(waiting);
      const socket = await reached!.connect();
      socket.open({ onData: () => socket.reset(), onEof: () => {}, onDrain: () => {}, onClose: () => {} });
      socket.write(bytes('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
      expect(await seen).toBe('ClientDisconnected');
    });

    test('two connections at a time', async () => {
      const release: (() => void)[] = [];
      const patient: AsgiApp = async (scope, _receive, send) => {
        if (scope.type !== 'http') throw new TypeError(scope.type);
        if (scope.path === '/slow') await new Promise<void>((resolve) => { release.push(resolve); });
        await send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', body: encode(scope.path) });
      };
      await start(patient);
      const slow = ask('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
      expect(bodies(await ask('GET /fast HTTP/1.1\r\nHost: a\r\n\r\n'))).toEqual(['/fast']);
      await expect.poll(() => release.length).toBe(1);
      release[0]!();
      expect(bodies(await slow)).toEqual(['/slow']);
    });

    describe('a WebSocket', () => {
      test('is accepted, gives back text, bytes and fragments, and closes in order', async () => {
        await start(echoWebSocket);
        const socket = await webSocket({ target: '/chat', subprotocols: ['one', 'two'] });
        expect(await socket.next('open')).toMatchObject({ subprotocol: 'one', compressed: false });
        for (const data of ['hello', 'é€😀', '', 'x'.repeat(100_000)]) {
          socket.client.send({ type: 'text', text: data });
          expect(await socket.next('message')).toMatchObject({ data });
        }
        const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i);
        socket.client.send({ type: 'binary', bytes });
        expect((await socket.next('message')).data).toEqual(bytes);
        socket.client.sendRaw(clientFrame('text', 'in ', { fin: false }));
        socket.client.sendRaw(clientFrame('ping', 'between'));
        socket.client.sendRaw(clientFrame('continuation', 'pieces'));
        expect(await socket.next('message')).toMatchObject({ data: 'in pieces' });
        expect(await socket.next('pong')).toMatchObject({ payload: encode('between') });
        socket.client.close(3000, 'enough');
        expect(await socket.next('closed')).toEqual({ type: 'closed', code: 3000, reason: '', clean: true });
      });

      test('is compressed where both sides want it', async () => {
        await start(echoWebSocket);
        const socket = await webSocket({ target: '/', compress: true });
        expect(await socket.next('open')).toMatchObject({ compressed: true });
        const text = 'again and '.repeat(10_000);
        for (let i = 0; i < 3; i += 1) {
          socket.client.send({ type: 'text', text });
          expect((await socket.next('message')).data).toBe(text);
        }
        expect(socket.frames.every(({ compressed, length }) => compressed && length < 1000)).toBe(true);
      });

      test('many messages keep their order, both ways, faster than anybody reads them', async () => {
        await start(echoWebSocket);
        const socket = await webSocket({ target: '/' });
        await socket.next('open');
        const texts = Array.from({ length: 300 }, (_, i) => `${i} ${'y'.repeat(1 + ((i * 7919) % 5000))}`);
        for (const text of texts) socket.client.send({ type: 'text', text });
        socket.client.close();
        expect(await socket.next('closed')).toMatchObject({ code: 1000, clean: true });
        expect(socket.messages).toEqual(texts);
      });

      test('is refused with 403, or with a response of the application\'s', async () => {
        await start((async (scope, receive, send) => {
          await receive();
          if (scope.path === '/no') return send({ type: 'websocket.close' });
          await send({ type: 'websocket.http.response.start', status: 401 });
          await send({ type: 'websocket.http.response.body', body: encode('who?') });
        }) as AsgiApp);
        expect(await (await webSocket({ target: '/no' })).next('rejected')).toMatchObject({ status: 403 });
        expect(await (await webSocket({ target: '/who' })).next('rejected')).toMatchObject({ status: 401, body: encode('who?') });
      });

      test('a client that breaks the protocol is told', async () => {
        await start(echoWebSocket);
        const socket = await webSocket({ target: '/' });
        await socket.next('open');
        socket.client.sendRaw(Uint8Array.of(0x83, 0x80, 0, 0, 0, 0));
        expect(await socket.next('closed')).toMatchObject({ code: 1002 });
      });

      test('the application hears that the client has gone', async () => {
        let tell!: (event: unknown) => void;
        const told = new Promise((resolve) => { tell = resolve; });
        await start((async (_scope, receive, send) => {
          await receive();
          await send({ type: 'websocket.accept' });
          tell(await receive());
        }) as AsgiApp);
        const socket = await webSocket({ target: '/' });
        await socket.next('open');
        socket.client.reset();
        expect(await told).toEqual({ type: 'websocket.disconnect', code: 1006, reason: '' });
      });

      test('what one client says, all hear', async () => {
        const members = new Set<AsgiSend>();
        await start((async (_scope, receive, send) => {
          await receive();
          await send({ type: 'websocket.accept' });
          members.add(send);
          for (let event = await receive(); event.type === 'websocket.receive'; event = await receive()) {
            for (const member of members) await member({ type: 'websocket.send', text: event.text! });
          }
          members.delete(send);
        }) as AsgiApp);
        const sockets = await Promise.all([1, 2, 3].map(() => webSocket({ target: '/' })));
        await Promise.all(sockets.map((socket) => socket.next('open')));
        await expect.poll(() => members.size).toBe(3);
        sockets[1]!.client.send({ type: 'text', text: 'all of you' });
        for (const socket of sockets) expect(await socket.next('message')).toMatchObject({ data: 'all of you' });
        sockets[0]!.client.close();
        await sockets[0]!.next('closed');
        sockets[2]!.client.send({ type: 'text', text: 'those who are left' });
        for (const socket of sockets.slice(1)) expect(await socket.next('message')).toMatchObject({ data: 'those who are left' });
      });
    });
  });
}
