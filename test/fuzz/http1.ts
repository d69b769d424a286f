/**
 * Fuzzes the HTTP/1.1 core: whatever octets arrive, however they are cut, they are parsed or refused with RemoteProtocolError, nothing else, in bounded
 * memory, and the answer is the same for every cut (see `test/helpers/observe.ts` for the invariants). Run by `run.ts`.
 *
 * Inputs are made by the grammar (`grammar.ts`) or by damage to the seed corpus (`corpus/http1`, one message stream per file; names that begin with `response` are for the
 * client role).
 */
import { randomCuts } from '../helpers/cuts.ts';
import { observe, type ObserveOptions } from '../helpers/observe.ts';
import { type Random, requests, responses } from './grammar.ts';
import { eachOctet, readCorpus, sameForEvery, type Target } from './target.ts';

type Role = 'server' | 'client';

const tightLimits = { maxRequestLineBytes: 64, maxFieldLineBytes: 48, maxFields: 4, maxHeadBytes: 160, maxBodyBytes: 16, maxChunkExtensionBytes: 6 };
const lenient = { bareLf: true, equalContentLengths: true, emptyHost: true, obsFold: true, statusWithoutSpace: true };

/** One input: whole, octet by octet, and at random cuts. Throws where an invariant does not hold. */
function check(random: Random, bytes: Uint8Array, role: Role): string[] {
  const options: ObserveOptions = {
    role,
    ...(random() < 0.2 ? { limits: tightLimits } : {}),
    ...(random() < 0.2 ? { leniency: lenient } : {}),
    ...(role === 'client' && random() < 0.3 ? { method: 'HEAD' } : {}),
  };
  return sameForEvery([[], eachOctet(bytes), randomCuts(bytes.length, random), randomCuts(bytes.length, random)], (cuts) => observe(bytes, cuts, options));
}

/** The HTTP/1.1 core, in both roles. */
export const http1: Target<Role> = {
  name: 'http1',
  corpus: () => readCorpus('http1', (name) => (name.startsWith('response') ? 'client' : 'server')),
  make: (random) => (random() < 0.7 ? { kind: 'server', bytes: requests(random) } : { kind: 'client', bytes: responses(random) }),
  check,
};
