/** A session in a replay: what it does belongs to turns. */
import { expect, test } from 'vitest';
import type { FromProcess, ScriptJob, ToProcess, WirePort } from '../../src/rpc/contract.ts';
import { Session } from '../../src/runner/session.ts';
import { realHost } from '../helpers/hosts.ts';

/** It does not parse, so nothing of it is run in this thread, whose clock and timers would be replaced. */
const job: ScriptJob = { kind: 'script', name: 'main-1', files: { 'main.ts': 'export {' }, entry: 'main.ts', args: [], stdin: '', libraries: {}, clock: 0, seed: 1 };

test('ADR-14: nothing is loaded before the first turn, however late it comes', async () => {
  const said: FromProcess[] = [];
  const wire: WirePort = { onmessage: null, close() {}, postMessage: (message) => void said.push(message as FromProcess) };
  const tell = (message: ToProcess): void => wire.onmessage!({ data: message });
  const session = new Session(realHost(), { evaluate: async () => ({}), onUncaught() {}, onClose() {}, console: {} });
  const outcome = session.start(job, wire);
  // Long enough for all that is under way.
  for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(said).toEqual([]);
  tell({ type: 'turn', now: 7 });
  tell({ type: 'rest' });
  expect(await outcome).toMatchObject({ ok: false, problem: { name: 'SyntaxError' } });
  await expect.poll(() => said.map(({ type }) => type)).toEqual(['trace', 'started', 'turned']);
  const turned = said.find((message) => message.type === 'turned')!;
  expect(turned.now).toBeGreaterThanOrEqual(7);
});
