/**
 * Fuzzes the cores: see `http1.ts` and `websocket.ts` for what is claimed of them, `target.ts` for how inputs are made.
 *
 *     usage: npm run fuzz -- [--target http1|websocket] [--minutes N] [--seed N] [--runs N]
 *
 * Without a target, both, one after the other, each for so many minutes.
 */
import { http1 } from './http1.ts';
import { fuzz, type Outcome } from './target.ts';
import { websocket } from './websocket.ts';

type Options = Parameters<typeof fuzz>[1];
const targets: Readonly<Record<string, (options: Options) => Outcome>> = { http1: (options) => fuzz(http1, options), websocket: (options) => fuzz(websocket, options) };

const numbers: Record<string, number> = { seed: Date.now() % 1_000_000, minutes: 1, runs: Infinity };
let only: string | undefined;
const args = process.argv.slice(2);
for (let i = 0; i < args.length; i += 2) {
  const name = args[i]!.replace(/^--/, '');
  const value = args[i + 1] ?? '';
  if (name === 'target' && value in targets) only = value;
  else if (name in numbers && /^\d+$/.test(value)) numbers[name] = Number(value);
  else {
    console.error('usage: npm run fuzz -- [--target http1|websocket] [--minutes N] [--seed N] [--runs N]');
    process.exit(2);
  }
}
console.log(`seed ${numbers['seed']}`);
for (const [name, run] of Object.entries(targets)) {
  if (only !== undefined && only !== name) continue;
  const { runs, shapes, errors } = run({ seed: numbers['seed']!, seconds: numbers['minutes']! * 60, runs: numbers['runs']! });
  console.log(`${name}: ${runs} inputs, each at four cuts; ${shapes} different outcomes; no invariant broken`);
  for (const [code, count] of [...errors].sort((a, b) => b[1] - a[1])) console.log(`  ${code} ${count}`);
}
