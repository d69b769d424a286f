import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseWithLlhttp } from '../../../scripts/llhttp.ts';
import { Connection } from '../../../src/core/http1/connection.ts';
import { RemoteProtocolError } from '../../../src/core/http1/errors.ts';
import { answer } from '../../helpers/answer.ts';
import { seededRandom } from '../../helpers/cuts.ts';
import { mutate, requests } from '../../fuzz/grammar.ts';
import { http1 } from '../../fuzz/http1.ts';

/**
 * A second opinion: Node's parser on the same octets. Where both take a request, they must take the same one; where only one does, the reason
 * must be in the tables of docs/conformance.md ("Against Node's parser").
 */

interface Message { readonly method: string; readonly target: string; readonly version: string; readonly headers: readonly (readonly [string, string])[]; readonly keepAlive: boolean; body: string; complete: boolean }

function ours(input: Uint8Array): { readonly messages: readonly Message[]; readonly error: string | undefined; readonly over: boolean } {
  const connection = new Connection({ role: 'server', acceptConnect: true, limits: { maxFields: 1000 } });
  const messages: Message[] = [];
  connection.receiveData(input);
  try {
    for (;;) {
      const event = connection.nextEvent();
      switch (event.type) {
        case 'request':
          messages.push({ method: event.method, target: event.target, version: (event.version / 10).toFixed(1), headers: [...event.headers], keepAlive: event.keepAlive, body: '', complete: false });
          break;
        case 'data':
          messages.at(-1)!.body += String.fromCharCode(...event.bytes);
          break;
        case 'end':
          messages.at(-1)!.complete = true;
          if (connection.mustClose || connection.theirState === 'MIGHT_SWITCH') return { messages, error: undefined, over: true };
          answer(connection);
          break;
        default:
          return { messages, error: undefined, over: false };
      }
    }
  } catch (error) {
    if (!(error instanceof RemoteProtocolError)) throw error;
    return { messages, error: error.code, over: true };
  }
}

/** What the two disagree about; undefined: nothing. `we CODE` means that we refuse what Node takes. */
function difference(input: Uint8Array): string | undefined {
  const mine = ours(input);
  const theirs = parseWithLlhttp(input, 'request');
  for (let i = 0; i < Math.max(mine.messages.length, theirs.messages.length); i += 1) {
    const a = mine.messages[i];
    const b = theirs.messages[i];
    if (a === undefined) return mine.error === undefined ? (mine.over ? undefined : 'we wait') : `we ${mine.error}`;
    if (b === undefined) return theirs.error === undefined ? 'node waits' : `node ${theirs.error}`;
    if (a.method !== b.method) return `method ${a.method} ${b.method}`;
    if (a.target !== b.url) return `target ${a.target} ${b.url}`;
    if (JSON.stringify(a.headers) !== JSON.stringify(b.headers)) return `headers ${JSON.stringify(a.headers)} ${JSON.stringify(b.headers)}`;
    if (a.complete && b.complete && a.body !== b.body) return `body ${a.body} ${b.body}`;
    if (a.keepAlive !== b.keepAlive && a.complete && b.complete) return a.keepAlive ? 'we keep-alive' : 'node keep-alive';
    if (a.complete && !b.complete && theirs.error !== undefined) return `node ${theirs.error}`;
    if (!a.complete && b.complete) return mine.error === undefined ? 'we wait' : `we ${mine.error}`;
  }
  return undefined;
}

const documented = new Set([...readFileSync(new URL('../../../docs/conformance.md', import.meta.url), 'utf8').matchAll(/^\| `((?:we|node) [\w-]+)`/gm)].map((match) => match[1]));

describe('against Node\'s parser', () => {
  test('every difference on generated input is one that docs/conformance.md explains', () => {
    const seed = 11_09;
    const random = seededRandom(seed);
    const corpus = http1.corpus().filter(({ kind }) => kind === 'server');
    const found = new Map<string, number>();
    const unexplained: string[] = [];
    for (let i = 0; i < 8000; i += 1) {
      const pick = (): Uint8Array => corpus[Math.floor(random() * corpus.length)]!.bytes;
      const input = random() < 0.6 ? requests(random) : mutate(random, pick(), pick());
      const what = difference(input);
      if (what === undefined) continue;
      found.set(what, (found.get(what) ?? 0) + 1);
      if (!documented.has(what)) unexplained.push(`seed ${seed}, run ${i}: ${what}: ${JSON.stringify(String.fromCharCode(...input))}`);
    }
    expect(unexplained.slice(0, 20)).toEqual([]);
    // The yardstick measures something.
    expect(found.size).toBeGreaterThan(10);
  });
});
