/** The WebSocket mode: handshake, messages, control frames, frames that are malformed on purpose. */
import { expect, test } from 'vitest';
import { newVisitor, useBrowser, type Visitor } from './visitor.ts';

useBrowser({ editor: 'plain' });

const chat = `
export const app = async (scope, receive, send) => {
  if (scope.type !== 'websocket') return;
  await receive();
  if (scope.path === '/closed') return send({ type: 'websocket.close' });
  await send({ type: 'websocket.accept', subprotocol: scope.subprotocols[0] });
  for (;;) {
    const event = await receive();
    if (event.type === 'websocket.disconnect') return;
    await send({ type: 'websocket.send', text: 'echo ' + (event.text ?? [...event.bytes].join(' ')) });
  }
};
`;

async function connected(target = '/'): Promise<Visitor> {
  const visitor = await newVisitor();
  const { playground } = visitor;
  await playground.openSnippet({ lang: 'js', entry: 'app.js:app', interface: 'asgi', files: { 'app.js': chat }, requests: [{ name: 'ws', raw: `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n` }] });
  await playground.run();
  await playground.request.getByRole('tab', { name: 'WebSocket' }).click();
  await playground.request.getByRole('textbox', { name: 'Subprotocols' }).fill('chat');
  await playground.button('Connect').click();
  return visitor;
}

const log = async ({ page }: Visitor): Promise<string> => (await page.getByRole('log', { name: 'Messages' }).innerText()).replaceAll(/\s+/g, ' ');

test('text, binary, ping and close', async () => {
  const visitor = await connected();
  const { playground, page } = visitor;
  await expect.poll(() => log(visitor)).toContain('Open chat, not compressed');
  const send = async (kind: string, name: string, text: string): Promise<void> => {
    await page.getByRole('combobox', { name: 'Kind of frame' }).selectOption(kind);
    await page.getByRole('textbox', { name, exact: true }).fill(text);
    await playground.button('Send message').click();
  };
  await send('Text', 'Message', 'hé');
  await expect.poll(() => log(visitor)).toContain('echo hé');
  await send('Binary', 'Octets in hexadecimal', '00 ff');
  await expect.poll(() => log(visitor)).toContain('echo 0 255');
  await send('Ping', 'Message', 'are you there');
  await expect.poll(() => log(visitor)).toContain('Pong are you there');
  await page.getByRole('checkbox', { name: 'Show frames' }).check();
  await page.getByRole('button', { name: 'text frame' }).first().click();
  await expect.poll(() => playground.trace.getByRole('tab', { name: 'Wire' }).getAttribute('aria-selected')).toBe('true');
  await send('Close', 'Reason', 'done');
  await expect.poll(() => log(visitor)).toContain('Close frames both ways');
});

test('a malformed frame is refused by its rule', async () => {
  const visitor = await connected();
  const { playground, page } = visitor;
  await expect.poll(() => log(visitor)).toContain('Open');
  await page.getByRole('combobox', { name: 'Kind of frame' }).selectOption('Raw frame');
  await page.getByRole('combobox', { name: 'Malformed frames' }).selectOption({ index: 1 });
  await expect.poll(() => page.getByRole('textbox', { name: 'Octets in hexadecimal' }).inputValue()).toBe('81 02 68 69');
  await playground.button('Send message').click();
  await expect.poll(() => log(visitor)).toContain('Closed: 1002');
});

test('an app that does not accept, and a handshake that is written by hand', async () => {
  const visitor = await connected('/closed');
  const { playground, page } = visitor;
  await expect.poll(() => log(visitor)).toContain('Refused: 403');
  await playground.button('Write the handshake yourself').click();
  await page.getByRole('textbox', { name: 'Raw request' }).fill('GET / HTTP/1.1\nHost: 127.0.0.1:8000\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 12\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n');
  await playground.request.getByRole('tab', { name: 'WebSocket' }).click();
  await playground.button('Connect').click();
  await expect.poll(() => log(visitor)).toContain('Refused: 426');
});
