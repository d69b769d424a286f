/** A browser's own WebSocket against the command, with the chat example as its first line says to try it; and the example in the page. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { browserFlags } from '../../scripts/browser.ts';
import { findExample } from '../../src/examples/index.ts';
import { newVisitor, useBrowser } from './visitor.ts';

useBrowser();

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
let folder: string;
let browser: Browser;
const commands: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'porthole-websocket-'));
  for (const [name, text] of Object.entries(findExample('chat')!.files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'echo.ts'), findExample('websocket')!.files['app.ts']!);
  browser = await chromium.launch({ executablePath: inject('chromium'), args: [...browserFlags] });
});
afterAll(async () => {
  await browser.close();
  for (const command of commands) command.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Serve an example; resolves with its address. */
function serve(...args: string[]): Promise<{ url: string; stop: () => void }> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env;
  const command = spawn(process.execPath, [cli, ...args, '-b', '127.0.0.1:0'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  commands.push(command);
  return new Promise((resolve, reject) => {
    let printed = '';
    command.stderr.on('data', (text: Buffer) => {
      printed += text.toString();
      const url = /Listening at: (\S+)/.exec(printed)?.[1];
      if (url !== undefined) resolve({ url, stop: () => command.kill() });
    });
    command.on('exit', () => reject(new Error(printed)));
  });
}

async function enter(url: string, name: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Send' }).click();
  return page;
}

test('two windows talk, see each other leave, and are told of the restart', async () => {
  const { url, stop } = await serve('app.ts:app');
  const ann = await enter(url, 'Ann');
  await ann.getByText('Ann is here (1)').waitFor();
  const bob = await enter(url, 'Bob & Co.');
  await ann.getByText('Bob & Co. is here (2)').waitFor();
  await bob.getByLabel('Say').fill('héllo');
  await bob.getByRole('button', { name: 'Send' }).click();
  await ann.getByText('Bob & Co.: héllo').waitFor();
  await bob.close();
  await ann.getByText('Bob & Co. left').waitFor();
  stop();
  await ann.getByText('closed: 1012').waitFor();
});

test('what the browser negotiates and sends comes back: subprotocol, compression, text, bytes, large and empty', async () => {
  const { url } = await serve('echo.ts:app');
  const page = await browser.newPage();
  const seen = await page.evaluate(async (address) => {
    const socket = new WebSocket(`${address.replace('http', 'ws')}/echo`, ['v2', 'v1']);
    socket.binaryType = 'arraybuffer';
    const next = (): Promise<string | ArrayBuffer> => new Promise((resolve) => { socket.onmessage = ({ data }) => resolve(data as string | ArrayBuffer); });
    await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
    const { protocol, extensions } = socket;
    const same: boolean[] = [];
    for (const text of ['hello', '', 'é€😀', 'ab'.repeat(500_000)]) {
      socket.send(text);
      same.push(await next() === text);
    }
    for (const size of [0, 1, 126, 65_536, 300_000]) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7919) >> 3);
      socket.send(bytes);
      const back = new Uint8Array(await next() as ArrayBuffer);
      same.push(back.length === size && back.every((octet, i) => octet === bytes[i]));
    }
    const closed = new Promise<CloseEvent>((resolve) => { socket.onclose = resolve; });
    socket.close(3000, 'done');
    const { code, wasClean } = await closed;
    return { protocol, extensions, same, code, wasClean };
  }, url);
  expect(seen).toEqual({ protocol: 'v2', extensions: 'permessage-deflate', same: Array<boolean>(9).fill(true), code: 3000, wasClean: true });
});

test('a refusal is an error and 1006 to a browser, whatever its status', async () => {
  const { url } = await serve('echo.ts:app');
  const page = await browser.newPage();
  const code = await page.evaluate((address) => new Promise<number>((resolve) => {
    new WebSocket(`${address.replace('http', 'ws')}/elsewhere`).onclose = (event) => resolve(event.code);
  }), url);
  expect(code).toBe(1006);
});

test('in the page: a handshake with a frame behind it, and what the application was given and sent', async () => {
  const { playground } = await newVisitor();
  await playground.open('ex=websocket');
  await playground.listening();
  await playground.send();
  expect(await playground.answer()).toMatch(/^101 Switching Protocols/);
  const scope = await playground.showTrace('Scope');
  await expect.poll(() => scope.innerText()).toContain('["v2", "v1"]');
  const timeline = await playground.showTrace('Timeline');
  await expect.poll(() => timeline.innerText()).toMatch(/websocket\.accept/);
});
