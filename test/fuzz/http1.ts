/**
 * Fuzzes the HTTP/1.1 core: whatever octets arrive, however they are cut, they are parsed or refused with RemoteProtocolError, nothing else, in bounded
 * memory, and the answer is the same for every cut (see `test/helpers/observe.ts` for the invariants).
 *
 *     usage: npm run fuzz -- [--minutes N] [--seed N] [--runs N]
 *
 * Inputs are made by the grammar (`grammar.ts`) or by damage to the seed corpus (`corpus/http1`, one message stream per file). An input whose outcome is new
 * (another sequence of events and error codes) joins the corpus in memory, so that later damage starts from it. A failure prints seed and input.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { escapeOctets } from '../helpers/cases.ts';
import { randomCuts, seededRandom } from '../helpers/cuts.ts';
import { observe, type ObserveOptions } from '../helpers/observe.ts';
import { mutate, type Random, requests, responses } from './grammar.ts';

/** The committed seeds; names that begin with `response` are for the client role. */
export function readCorpus(): { readonly role: 'server' | 'client'; readonly bytes: Uint8Array }[] {
  const folder = new URL('./corpus/http1/', import.meta.url);
  return readdirSync(folder).sort().map((name) => ({ role: name.startsWith('response') ? 'client' : 'server', bytes: new Uint8Array(readFileSync(new URL(name, folder))) }));
}

/** What an outcome amounts to, apart from numbers and texts: for telling new ones. */
const shape = (lines: readonly string[]): string => lines.map((line) => /^(?:error \S+|\S+)/.exec(line)![0]).join(' ');

const tightLimits = { maxRequestLineBytes: 64, maxFieldLineBytes: 48, maxFields: 4, maxHeadBytes: 160, maxBodyBytes: 16, maxChunkExtensionBytes: 6 };
const lenient = { bareLf: true, equalContentLengths: true, emptyHost: true, obsFold: true, statusWithoutSpace: true };

/** One input: whole, octet by octet, and at random cuts. Throws where an invariant does not hold. */
export function check(random: Random, bytes: Uint8Array, role: 'server' | 'client'): string[] {
  const options: ObserveOptions = {
    role,
    ...(random() < 0.2 ? { limits: tightLimits } : {}),
    ...(random() < 0.2 ? { leniency: lenient } : {}),
    ...(role === 'client' && random() < 0.3 ? { method: 'HEAD' } : {}),
  };
  const whole = observe(bytes, [], options);
  const each = Array.from({ length: Math.max(0, bytes.length - 1) }, (_, i) => i + 1);
  for (const cuts of [each, randomCuts(bytes.length, random), randomCuts(bytes.length, random)]) {
    const lines = observe(bytes, cuts, options);
    if (lines.join('\n') !== whole.join('\n')) throw new Error(`another outcome at cuts ${cuts.length === each.length ? 'octet by octet' : cuts.join(',')}:\n${whole.join('\n')}\n--\n${lines.join('\n')}`);
  }
  return whole;
}

/** Runs until `runs` or `seconds` are used up. Returns what was done. */
export function fuzz(options: { readonly seed: number; readonly runs: number; readonly seconds: number }): { readonly runs: number; readonly shapes: number; readonly errors: ReadonlyMap<string, number> } {
  const random = seededRandom(options.seed);
  const corpus = readCorpus();
  const seen = new Set<string>();
  const errors = new Map<string, number>();
  const until = Date.now() + options.seconds * 1000;
  let runs = 0;
  for (; runs < options.runs && (runs % 64 !== 0 || Date.now() < until); runs += 1) {
    const source = random();
    let role: 'server' | 'client' = random() < 0.7 ? 'server' : 'client';
    let bytes: Uint8Array;
    if (source < 0.5) bytes = role === 'server' ? requests(random) : responses(random);
    else {
      const seed = corpus[Math.floor(random() * corpus.length)]!;
      role = seed.role;
      bytes = mutate(random, seed.bytes, corpus[Math.floor(random() * corpus.length)]!.bytes);
    }
    let lines: string[];
    try {
      lines = check(random, bytes, role);
    } catch (error) {
      throw new Error(`seed ${options.seed}, run ${runs}, ${role}, input ${escapeOctets(bytes)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    for (const line of lines) if (line.startsWith('error ')) errors.set(line.split(' ')[1]!, (errors.get(line.split(' ')[1]!) ?? 0) + 1);
    const key = `${role} ${shape(lines)}`;
    if (!seen.has(key)) {
      seen.add(key);
      if (bytes.length < 2000 && corpus.length < 20_000) corpus.push({ role, bytes });
    }
  }
  return { runs, shapes: seen.size, errors };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const numbers: Record<string, number> = { seed: Date.now() % 1_000_000, minutes: 1, runs: Infinity };
  const args = process.argv.slice(2);
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]!.replace(/^--/, '');
    if (!(name in numbers) || !/^\d+$/.test(args[i + 1] ?? '')) {
      console.error('usage: npm run fuzz -- [--minutes N] [--seed N] [--runs N]');
      process.exit(2);
    }
    numbers[name] = Number(args[i + 1]);
  }
  console.log(`seed ${numbers['seed']}`);
  const { runs, shapes, errors } = fuzz({ seed: numbers['seed']!, seconds: numbers['minutes']! * 60, runs: numbers['runs']! });
  console.log(`${runs} inputs, each at four cuts; ${shapes} different outcomes; no invariant broken`);
  for (const [code, count] of [...errors].sort((a, b) => b[1] - a[1])) console.log(`  ${code} ${count}`);
}
