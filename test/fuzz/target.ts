/**
 * What all fuzz targets have in common. Inputs are made by a target's grammar or by damage to its seed corpus. An input whose outcome is new (another sequence of events
 * and error codes) joins the corpus in memory, so that later damage starts from it. A failure prints seed and input.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { escapeOctets } from '../helpers/cases.ts';
import { type Cuts, seededRandom } from '../helpers/cuts.ts';
import { mutate, type Random } from './grammar.ts';

/** An input, and what it is for. */
export interface Input<Kind extends string> {
  readonly kind: Kind;
  readonly bytes: Uint8Array;
}

/** Something that takes octets from strangers. */
export interface Target<Kind extends string> {
  readonly name: string;
  /** The committed seeds. */
  corpus(): Input<Kind>[];
  /** One input by the grammar. */
  make(random: Random): Input<Kind>;
  /** Feed it, cut in several ways. Returns what came of it, a line for each event; throws where an invariant does not hold. */
  check(random: Random, bytes: Uint8Array, kind: Kind): string[];
}

/** What was done. `errors`: refusals by code. */
export interface Outcome {
  readonly runs: number;
  readonly shapes: number;
  readonly errors: ReadonlyMap<string, number>;
}

/** The seeds of a folder of `corpus/`. */
export function readCorpus<Kind extends string>(folder: string, kindOf: (name: string) => Kind): Input<Kind>[] {
  const at = new URL(`./corpus/${folder}/`, import.meta.url);
  return readdirSync(at).sort().map((name) => ({ kind: kindOf(name), bytes: new Uint8Array(readFileSync(new URL(name, at))) }));
}

/** Cuts between all octets. */
export const eachOctet = ({ length }: Uint8Array): Cuts => Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1);

/** The lines that `observe` gives for the first cuts. Throws where those for others are not the same. */
export function sameForEvery([first, ...others]: readonly Cuts[], observe: (cuts: Cuts) => string[]): string[] {
  const whole = observe(first!);
  for (const cuts of others) {
    const lines = observe(cuts);
    if (lines.join('\n') !== whole.join('\n')) throw new Error(`another outcome at cuts ${cuts.length > 50 ? `${cuts.length} times` : cuts.join(',')}:\n${whole.join('\n')}\n--\n${lines.join('\n')}`);
  }
  return whole;
}

/** What an outcome amounts to, apart from numbers and texts: for telling new ones. */
const shape = (lines: readonly string[]): string => lines.map((line) => /^(?:error \S+|\S+)/.exec(line)![0]).join(' ');

/** Runs until `runs` or `seconds` are used up. */
export function fuzz<Kind extends string>(target: Target<Kind>, options: { readonly seed: number; readonly runs: number; readonly seconds: number }): Outcome {
  const random = seededRandom(options.seed);
  const corpus = target.corpus();
  const seen = new Set<string>();
  const errors = new Map<string, number>();
  const until = Date.now() + options.seconds * 1000;
  const any = (): Input<Kind> => corpus[Math.floor(random() * corpus.length)]!;
  let runs = 0;
  for (; runs < options.runs && (runs % 64 !== 0 || Date.now() < until); runs += 1) {
    const made = random() < 0.5;
    const { kind, bytes: original } = made ? target.make(random) : any();
    const bytes = made ? original : mutate(random, original, any().bytes);
    let lines: string[];
    try {
      lines = target.check(random, bytes, kind);
    } catch (error) {
      throw new Error(`${target.name}, seed ${options.seed}, run ${runs}, ${kind}, input ${escapeOctets(bytes)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    for (const line of lines) if (line.startsWith('error ')) errors.set(line.split(' ')[1]!, (errors.get(line.split(' ')[1]!) ?? 0) + 1);
    const key = `${kind} ${shape(lines)}`;
    if (!seen.has(key)) {
      seen.add(key);
      if (bytes.length < 2000 && corpus.length < 20_000) corpus.push({ kind, bytes });
    }
  }
  return { runs, shapes: seen.size, errors };
}
