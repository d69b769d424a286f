import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { MessagePortLike, SpawnedProcess, Spawner } from '../../src/machine/types.ts';

/** A process that is played by the test: it has no thread, only the far ends of its channels. */
export interface Puppet {
  /** Comes with the first call. */
  readonly wire: Promise<MessagePort>;
  readonly calls: MessagePort;
  terminated: boolean;
}

/** Answers the call `start` with `reply` (or what it makes of the call), or not at all. */
export function puppets(reply?: unknown | ((answer: (message: object, transfer?: MessagePort[]) => void) => void)): { spawner: Spawner; made: Puppet[] } {
  const made: Puppet[] = [];
  const spawner: Spawner = {
    async spawn(name): Promise<SpawnedProcess> {
      const { port1, port2 } = new MessageChannel();
      let give!: (wire: MessagePort) => void;
      const puppet: Puppet = { wire: new Promise((resolve) => (give = resolve)), calls: port2, terminated: false };
      made.push(puppet);
      port2.on('message', (call: { id: string; path: string[]; argumentList: { value: unknown }[] }) => {
        if (call.path[0] !== 'start') return;
        give(call.argumentList[1]!.value as MessagePort);
        if (typeof reply === 'function') (reply as (answer: (message: object, transfer?: MessagePort[]) => void) => void)((message, transfer) => port2.postMessage({ id: call.id, ...message }, transfer));
        else if (reply !== undefined) port2.postMessage({ id: call.id, type: 'RAW', value: reply });
      });
      return {
        name,
        port: port1 as unknown as MessagePortLike,
        terminate() {
          puppet.terminated = true;
          port1.close();
          port2.close();
        },
        onExit() {},
      };
    },
  };
  return { spawner, made };
}

/** What a puppet replies that says it has started. */
export const started = { ok: true, interface: 'wsgi' };
