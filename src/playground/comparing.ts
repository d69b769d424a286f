import type { Machine, Outgoing, SendResult } from '../machine/types.ts';
import { isCompared, listeners } from './compare.ts';
import { turnsOf, type Turn } from './delivery.ts';
import { shownRequest } from './requests.ts';
import type { Store } from './store.ts';

/**
 * Send the shown request to all that listen and are chosen, at once, each on a connection of its own; what comes of it is dispatched
 * as it comes. `send` sends on a new connection, and tells the state; `id` is that of no comparison before.
 */
export async function askServers(id: number, store: Store, machine: Machine, send: (turn: Turn, elsewhere: Pick<Outgoing, 'to' | 'onConnection'>) => Promise<SendResult | undefined>): Promise<void> {
  const { work: { snippet }, machine: status, comparison: before } = store.state;
  // What was kept open to see whether the server would close it.
  for (const { connection } of before?.asked ?? []) if (connection !== undefined) machine.disconnect(connection, 'close');
  // Copies that go out in turn are no other question.
  const turn = turnsOf(shownRequest(snippet))[0]?.slice(-1) ?? [];
  const asked = listeners(snippet, status.programs).filter(({ program }) => isCompared(snippet, program));
  store.dispatch({ type: 'compare/begin', comparison: { id, raw: turn[0]?.raw ?? '', asked } });
  const answers = asked.map(async ({ address }, at) => {
    const result = await send(turn, { to: address, onConnection: (connection) => store.dispatch({ type: 'compare/news', id, at, connection }) });
    if (result) store.dispatch({ type: 'compare/news', id, at, result });
  });
  const newest = store.state.sends.at(-1);
  await Promise.all(answers);
  // The first one is what the other views show, unless something else has been sent or looked at since: an answer may have taken a minute.
  const { comparison, sends, focus } = store.state;
  const first = comparison?.asked.find(({ connection }) => connection !== undefined)?.connection;
  const last = sends.at(-1);
  if (first !== undefined && comparison?.id === id && last?.id === newest?.id && focus?.connection === last?.result?.connection) store.dispatch({ type: 'focus', focus: { connection: first, exchange: 1 } });
}
