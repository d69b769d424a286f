import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import * as wsPackage from 'ws';
import { RemoteProtocolError } from '../../../src/core/http1/errors.ts';
import { WsConnection } from '../../../src/core/ws/connection.ts';
import { type DeflateParameters, MessageDeflater } from '../../../src/core/ws/permessage-deflate.ts';
import { mutate } from '../../fuzz/grammar.ts';
import { websocket } from '../../fuzz/websocket.ts';
import { frames } from '../../fuzz/websocket-grammar.ts';
import { seededRandom } from '../../helpers/cuts.ts';

/**
 * A second opinion: what the `ws` package reads from the same frames, in both roles, with and without compression. What both read must be the same; where only one goes on
 * reading, or they refuse with different codes, the reason must be in the table of docs/conformance.md ("Against ws").
 */

/** Exported by the package, but not by its types. */
const { Receiver, PerMessageDeflate } = wsPackage as unknown as {
  Receiver: new (options: { isServer: boolean; maxPayload: number; extensions: object }) => Writable;
  PerMessageDeflate: { new (options: { isServer: boolean; maxPayload: number }): { accept(offers: object[]): unknown; cleanup(): void }; readonly extensionName: string };
};

const roles = ['server', 'client'] as const;
type Role = (typeof roles)[number];

interface Reading { readonly events: readonly string[]; readonly error: { readonly code: string; readonly status: number } | undefined }

const maxMessageBytes = 4096;
const agreed: DeflateParameters = { serverNoContextTakeover: false, clientNoContextTakeover: false, serverMaxWindowBits: 15, clientMaxWindowBits: 15 };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function ours(input: Uint8Array, role: Role, deflate: boolean): Reading {
  const connection = new WsConnection({ role, maxMessageBytes, maskKey: () => new Uint8Array(4), ...(deflate && { deflate: agreed }) });
  const events: string[] = [];
  connection.receiveData(input);
  try {
    for (let event = connection.nextEvent(); event.type !== 'need-data'; event = connection.nextEvent()) {
      switch (event.type) {
        case 'text': events.push(`text ${JSON.stringify(event.text)}`); break;
        case 'binary': events.push(`binary ${hex(event.bytes)}`); break;
        case 'ping':
        case 'pong': events.push(`${event.type} ${hex(event.payload)}`); break;
        case 'close': events.push(`close ${event.code} ${JSON.stringify(event.reason)}`); break;
        case 'ended': throw new Error('nobody has ended it');
      }
    }
  } catch (error) {
    if (!(error instanceof RemoteProtocolError)) throw error;
    return { events, error: { code: error.code, status: error.status } };
  }
  return { events, error: undefined };
}

async function theirs(input: Uint8Array, role: Role, deflate: boolean): Promise<Reading> {
  const isServer = role === 'server';
  const extension = new PerMessageDeflate({ isServer, maxPayload: maxMessageBytes });
  if (deflate) extension.accept([{}]);
  const receiver = new Receiver({ isServer, maxPayload: maxMessageBytes, extensions: deflate ? { [PerMessageDeflate.extensionName]: extension } : {} });
  const events: string[] = [];
  let error: Reading['error'];
  receiver.on('message', (data: Buffer, isBinary: boolean) => events.push(isBinary ? `binary ${hex(data)}` : `text ${JSON.stringify(data.toString())}`));
  for (const type of ['ping', 'pong']) receiver.on(type, (data: Buffer) => events.push(`${type} ${hex(data)}`));
  receiver.on('conclude', (code: number, reason: Buffer) => events.push(`close ${code} ${JSON.stringify(reason.toString())}`));
  receiver.on('error', () => undefined); // the callback below is told, too
  await new Promise<void>((resolve) => receiver.write(Buffer.from(input), (problem) => {
    if (problem) {
      const status = Object.getOwnPropertySymbols(problem).find((symbol) => symbol.description === 'status-code')!;
      error = { code: (problem as NodeJS.ErrnoException).code!, status: (problem as unknown as Record<symbol, number>)[status]! };
    }
    resolve();
  }));
  extension.cleanup();
  return { events, error };
}

/** What the two disagree about, in the words of the table; undefined: nothing. Who refuses sooner than the other is not told what the other finds later. */
function difference(mine: Reading, other: Reading): string | undefined {
  const first = mine.events.findIndex((event, i) => event !== other.events[i]);
  const same = first < 0 ? mine.events.length : first;
  const [a, b] = [mine.events[same], other.events[same]];
  const takesIt = ({ events }: Reading): boolean => events.slice(same).some((event) => /^(?:text|binary) /.test(event));
  if (a !== undefined && b !== undefined) return a.startsWith(b.replace(/"$/, '')) ? 'ws reads less' : `${a} or ${b}`;
  if (a === b && mine.error?.status === other.error?.status) return undefined;
  if (a === undefined && mine.error) return `we ${mine.error.code}${takesIt(other) ? ', ws takes it' : ''}`;
  if (b === undefined && other.error) return `ws ${other.error.code}${takesIt(mine) ? ', we take it' : ''}`;
  return a === undefined ? 'we wait' : 'ws waits';
}

/** What the table explains, and why. */
const documented = new Map([...readFileSync(new URL('../../../docs/conformance.md', import.meta.url), 'utf8').matchAll(/^\| `((?:we ws-|ws [WZ]|ws reads)[^`]+)` \| (.*) \|$/gm)].map((match) => [match[1]!, match[2]!]));

test('against ws: what differs on generated frames is what docs/conformance.md explains', async () => {
  const seed = 64_55;
  const random = seededRandom(seed);
  const found = new Set<string>();
  const unexplained: string[] = [];
  for (const role of roles) {
    for (const deflate of [false, true]) {
      const corpus = websocket.corpus().filter(({ kind }) => kind === (deflate ? `${role}-deflate` : role));
      const pick = (): Uint8Array => corpus[Math.floor(random() * corpus.length)]!.bytes;
      let same = 0;
      for (let i = 0; i < 1500; i += 1) {
        const input = random() < 0.7 ? frames(random, role, deflate ? new MessageDeflater(15, false) : undefined) : mutate(random, pick(), pick());
        const mine = ours(input, role, deflate);
        const what = difference(mine, await theirs(input, role, deflate));
        if (what === undefined) same += mine.events.length;
        else found.add(what);
        const why = what === undefined ? '' : documented.get(what);
        // A reason from the RFC of compression explains nothing without it.
        if (why === undefined || (why.startsWith('RFC7692') && !deflate)) unexplained.push(`seed ${seed}, ${role}${deflate ? ', compressed' : ''}, run ${i}: ${what}: ${hex(input)}`);
      }
      expect(same, `read alike as ${role}`).toBeGreaterThan(1000);
    }
  }
  expect(unexplained.slice(0, 20)).toEqual([]);
  // The yardstick measures something.
  expect(found.size).toBeGreaterThan(5);
}, 60_000);
