/** The examples of sockets and workers, on real processes: what they write, how they end, what requests get from them. */
import { describe, expect, test } from 'vitest';
import { examples, exampleSnippet } from '../../src/examples/index.ts';
import { rig, type Rig } from '../machine/rig.ts';
import { checkPrograms } from './check-programs.ts';

const latin1 = (raw: string): Uint8Array => Uint8Array.from(raw, (character) => character.charCodeAt(0));

describe.each(examples.filter(({ group }) => group === 'Sockets' || group === 'Workers'))('$id', (example) => {
  test('does what it claims', () => checkPrograms(rig(), example), 30_000);
});

test('the counter counts for each worker, and up one by one with a single worker', async () => {
  const counter = exampleSnippet(examples.find(({ id }) => id === 'counter')!);
  const ask = async (workers: number): Promise<string[]> => {
    const made = rig();
    await made.machine.run({ ...counter, server: { workers } });
    const numbers: string[] = [];
    for (let i = 0; i < 8; i += 1) numbers.push(new TextDecoder().decode((await made.machine.send({ bytes: latin1(counter.requests[0]!.raw) })).response!.body).split(' ')[0]!);
    return numbers;
  };
  expect(await ask(1)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  expect((await ask(4)).toSorted()).toEqual(['1', '1', '1', '1', '2', '2', '2', '2']);
}, 30_000);

test('the stuck worker is killed and replaced, the other serves meanwhile', async () => {
  const made = rig();
  await made.machine.run(exampleSnippet(examples.find(({ id }) => id === 'stuck')!));
  const stuck = made.get('/stuck');
  await made.until('silent');
  expect((await made.get('/')).response?.status).toBe(200);
  await made.seen((event) => event.type === 'process.kill');
  expect((await stuck).failure?.kind).toBe('reset');
  await made.seen((event) => event.type === 'process.ready' && event.detail.startsWith('worker-3'));
}, 30_000);

test('the server by hand, mended one mistake after the other', async () => {
  const example = exampleSnippet(examples.find(({ id }) => id === 'wsgi-by-hand')!);
  const [small, large] = example.requests.map(({ raw }) => latin1(raw));
  const serve = async (mend: (text: string) => string): Promise<Rig> => {
    const made = rig();
    const source = example.files['server.ts']!;
    const mended = mend(source);
    expect(mended).not.toBe(source);
    await made.machine.run({ ...example, files: { ...example.files, 'server.ts': mended } });
    return made;
  };
  const eol = (text: string): string => text.replace("const eol = '\\n'", "const eol = '\\r\\n'");
  const first = await serve(eol);
  expect(new TextDecoder().decode((await first.machine.send({ bytes: small! })).response!.body)).toBe('GET /hello, 0 octets\n');
  expect(first.events).toContainEqual(expect.objectContaining({ type: 'http.framing', process: 'client', framing: 'until-close', clause: expect.stringMatching(/^RFC9112-6\.3/) }));
  expect((await first.machine.send({ bytes: large! })).failure?.kind).toBe('reset');
  expect(first.events).toContainEqual(expect.objectContaining({ type: 'socket.close', process: 'by-hand', reason: expect.stringContaining('unread: reset') }));
  const second = await serve((text) => eol(text).replace('recv(1024)', 'recv(65536)'));
  expect(new TextDecoder().decode((await second.machine.send({ bytes: large! })).response!.body)).toBe('POST /form, 3000 octets\n');
}, 30_000);
