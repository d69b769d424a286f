import type { Machine } from '../machine/types.ts';

/** Build the machine. */
export function startMachine(): Promise<Machine> {
  return Promise.reject(new Error('the machine is being built'));
}
