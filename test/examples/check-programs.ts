/** Programs of an example on a machine: what they write, how they end, what requests get from them. */
import { expect } from 'vitest';
import { exampleSnippet, type Example } from '../../src/examples/index.ts';
import type { ProgramStatus } from '../../src/machine/program-types.ts';
import type { Rig } from '../machine/rig.ts';
import { checkResponse, checkTrace } from './claims.ts';

const latin1 = (raw: string): Uint8Array => Uint8Array.from(raw, (character) => character.charCodeAt(0));

/** What a program has written, as far as the trace has it. */
const outputOf = ({ events }: Rig, { names }: ProgramStatus): string =>
  events.flatMap((event) => (event.type === 'log' && names.includes(event.process) && event.source !== 'access' ? [`${event.text}\n`] : [])).join('');

function inOrder(text: string, pieces: readonly string[]): void {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    expect(at, `${JSON.stringify(piece)} in ${JSON.stringify(text.slice(from))}`).toBeGreaterThanOrEqual(0);
    from = at + piece.length;
  }
}

/** Run an example on a machine, and hold what is seen against what it claims. */
export async function checkPrograms(made: Rig, example: Example): Promise<void> {
  await made.machine.run(exampleSnippet(example));
  for (const { raw, claim } of example.requests) {
    const before = made.events.length;
    const result = await made.machine.send({ bytes: latin1(raw) });
    if (claim.failure !== undefined) expect(result.failure?.kind).toBe(claim.failure);
    else checkResponse(claim, { raw: result.raw, response: result.failure ? undefined : result.response });
    checkTrace(claim, made.events.slice(before));
  }
  for (const { name, claim } of example.programs ?? []) {
    const status = (): ProgramStatus => made.machine.status.programs!.find((program) => program.name === name)!;
    if (claim.exitCode !== undefined) await expect.poll(() => status().exitCode, { timeout: 10_000 }).toBe(claim.exitCode);
    else expect(['running', 'silent']).toContain(status().state);
    await expect.poll(() => inOrder(outputOf(made, status()), claim.output), { timeout: 5000 }).toBeUndefined();
  }
}
