/**
 * Which wheels a program needs: from an index that speaks PEP 691 (PyPI), wheels of pure Python, with what they need in turn; and
 * from Pyodide's own list what is compiled, or is nowhere else. The newest release that fits is taken, first come first served: there is
 * no backtracking, and where two requirements contradict each other, both are named.
 */
import { markerHolds, normaliseName, parseRequirement, type Environment, type Requirement } from './requirement.ts';
import { allowsPre, compareVersions, isPre, parseVersion, satisfies, type Version } from './version.ts';

/** A wheel to be installed. */
export interface Wheel {
  /** Normalised. */
  readonly name: string;
  readonly version: string;
  /** File name. */
  readonly file: string;
  readonly url: string;
  /** Of the file; hexadecimal, lower case. */
  readonly sha256: string;
}

/** The very file of a package that was taken before, and is to be taken again. */
export type Pin = Pick<Wheel, 'name' | 'version' | 'sha256'>;

/** It cannot be installed. `advice`: what to do. */
export class PackageError extends Error {
  override readonly name = 'PackageError';
  readonly advice: string;
  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.advice = advice;
  }
}

/** A package of Pyodide's lock file, as far as it matters. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly file_name: string;
  readonly sha256: string;
  readonly depends: readonly string[];
}

/** Where packages come from. */
export interface Sources {
  /** `https://…/simple/`, with the slash. */
  readonly index: string;
  /** Pyodide's packages by normalised name, and the address that their files are below. */
  readonly locked: Readonly<Record<string, LockedPackage>>;
  readonly lockedBase: string;
  readonly environment: Environment;
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
}

interface IndexFile {
  readonly filename: string;
  readonly url: string;
  readonly hashes: Readonly<Record<string, string>>;
  readonly 'requires-python'?: string | null;
  readonly yanked?: boolean | string;
  readonly 'core-metadata'?: boolean | object;
  readonly 'data-dist-info-metadata'?: boolean | object;
}

interface Candidate { readonly file: IndexFile; readonly version: Version }

interface Wanted extends Requirement {
  /** Who asks, for messages. */
  readonly by: string;
}

/**
 * All wheels that `requirements` need, themselves and what they need. What is pinned is taken as it was, unless the requirements do
 * not admit it any more. Rejects with {@link PackageError}.
 */
export async function resolve(requirements: readonly Requirement[], sources: Sources, pins: readonly Pin[] = []): Promise<Wheel[]> {
  const plan = new Map<string, { readonly wheel: Wheel; readonly by: string; readonly extras: Set<string>; readonly needs: readonly Wanted[] }>();
  const queue: Wanted[] = requirements.map((requirement) => ({ ...requirement, by: 'requirements.txt' }));
  for (let wanted = queue.shift(); wanted !== undefined; wanted = queue.shift()) {
    if (!holds(wanted, sources.environment, [''])) continue;
    let planned = plan.get(wanted.name);
    if (planned === undefined) {
      const found = await find(wanted, sources, pinFor(wanted, pins));
      planned = { wheel: found.wheel, by: wanted.by, extras: new Set(['']), needs: found.needs };
      plan.set(wanted.name, planned);
      queue.push(...planned.needs.filter((need) => holds(need, sources.environment, [''])).map(admitted));
    } else if (!satisfies(parseVersion(planned.wheel.version)!, wanted.specifier)) {
      throw new PackageError(`${wanted.by} needs ${wanted.name} ${wanted.specifier}, and ${planned.by} has brought ${planned.wheel.version}.`, `Write the version that suits both into requirements.txt: ${wanted.name}==….`);
    }
    for (const extra of wanted.extras) {
      if (planned.extras.has(extra)) continue;
      planned.extras.add(extra);
      queue.push(...planned.needs.filter((need) => !holds(need, sources.environment, ['']) && holds(need, sources.environment, [extra])).map(admitted));
    }
  }
  return [...plan.values()].map(({ wheel }) => wheel);
}

/** Its marker has been looked at. */
const admitted = (wanted: Wanted): Wanted => ({ ...wanted, marker: '' });

const holds = ({ marker }: Wanted, environment: Environment, extras: readonly string[]): boolean => extras.some((extra) => markerHolds(marker, { ...environment, extra }));

/** The pin of a package, where it is still what is wanted. */
function pinFor({ name, specifier, hashes }: Wanted, pins: readonly Pin[]): Pin | undefined {
  const pin = pins.find((each) => each.name === name);
  const version = pin && parseVersion(pin.version);
  return version && satisfies(version, specifier) && (hashes.length === 0 || hashes.includes(pin.sha256)) ? pin : undefined;
}

async function find(wanted: Wanted, sources: Sources, pin: Pin | undefined): Promise<{ readonly wheel: Wheel; readonly needs: readonly Wanted[] }> {
  const locked = sources.locked[wanted.name];
  const listed = await list(wanted, sources, locked !== undefined, pin);
  if (pin !== undefined) {
    const same = listed.find(({ file }) => file.hashes['sha256']?.toLowerCase() === pin.sha256);
    if (same !== undefined) return fromIndex(wanted, same, sources);
    if (locked?.sha256 === pin.sha256) return fromLock(locked, sources);
    const replaced = listed.some(({ version }) => version.text === pin.version) || locked?.version === pin.version;
    throw new PackageError(
      `This snippet pins ${pin.name} ${pin.version}, and ${replaced ? 'what is to be had under that version now is another file: its SHA-256 differs' : 'that version is not to be had any more'}.`,
      'Update packages takes the newest versions that fit instead.',
    );
  }
  const pre = allowsPre(wanted.specifier);
  const fitting = listed.filter(({ file, version }) => satisfies(version, wanted.specifier) && (pre || !isPre(version)) && (wanted.hashes.length === 0 || wanted.hashes.includes(file.hashes['sha256'] ?? '')));
  const [best] = fitting.toSorted((a, b) => compareVersions(b.version, a.version));
  if (best !== undefined) return fromIndex(wanted, best, sources);
  if (locked !== undefined && satisfies(parseVersion(locked.version)!, wanted.specifier) && (wanted.hashes.length === 0 || wanted.hashes.includes(locked.sha256))) return fromLock(locked, sources);
  const offered = [...new Set(listed.map(({ version }) => version.text)), ...(locked ? [`${locked.version} (compiled, from Pyodide)`] : [])].slice(-6);
  throw new PackageError(
    `There is no wheel of ${wanted.name}${wanted.specifier === '' ? '' : ` ${wanted.specifier}`} that runs here${wanted.by === 'requirements.txt' ? '' : ` (needed by ${wanted.by})`}.`,
    wanted.hashes.length > 0 && fitting.length === 0 ? 'Its hash in requirements.txt is that of none of them.' : offered.length > 0 ? `There is: ${offered.join(', ')}.` : 'Only pure Python, and what Pyodide has compiled, can run in a browser.',
  );
}

/** Wheels of pure Python that the index has, of versions that run on this Python. */
async function list(wanted: Wanted, sources: Sources, optional: boolean, pin: Pin | undefined): Promise<Candidate[]> {
  const response = await get(`${sources.index}${wanted.name}/`, sources, { headers: { Accept: 'application/vnd.pypi.simple.v1+json' } });
  if (response.status === 404) {
    if (optional || pin) return [];
    throw new PackageError(`There is no package ${wanted.name}${wanted.by === 'requirements.txt' ? '' : ` (needed by ${wanted.by})`}.`, 'Is its name that of the module that is imported? List packages in requirements.txt.');
  }
  if (!response.ok) throw new PackageError(`The package index answered ${response.status} for ${wanted.name}.`, 'Try again in a moment.');
  const { files } = (await response.json()) as { readonly files: readonly IndexFile[] };
  const python = parseVersion(sources.environment['python_full_version']!)!;
  return files.flatMap((file) => {
    const match = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-(?:py2\.)?py3[^-]*-none-any\.whl$/.exec(file.filename);
    const version = match === null ? undefined : parseVersion(match[2]!);
    const sha256 = file.hashes['sha256']?.toLowerCase();
    // PEP 592: what was yanked is taken by those who have pinned it.
    if (version === undefined || sha256 === undefined || (file.yanked && sha256 !== pin?.sha256)) return [];
    if (file['requires-python'] && !runsOn(python, file['requires-python'])) return [];
    return [{ file, version }];
  });
}

function runsOn(python: Version, specifier: string): boolean {
  try {
    return satisfies(python, specifier);
  } catch {
    // Written by hand, long ago.
    return true;
  }
}

async function fromIndex(wanted: Wanted, { file, version }: Candidate, sources: Sources): Promise<{ readonly wheel: Wheel; readonly needs: readonly Wanted[] }> {
  // The address in the index may be relative to it.
  const url = new URL(file.url, `${sources.index}${wanted.name}/`).href;
  const wheel: Wheel = { name: wanted.name, version: version.text, file: file.filename, url, sha256: file.hashes['sha256']!.toLowerCase() };
  // PEP 658: what it needs, without the wheel. PyPI has it for every wheel.
  if (!file['core-metadata'] && !file['data-dist-info-metadata']) return { wheel, needs: [] };
  const response = await get(`${url}.metadata`, sources);
  if (!response.ok) throw new PackageError(`The package index answered ${response.status} for what ${wheel.file} needs.`, 'Try again in a moment.');
  const [head = ''] = (await response.text()).split(/\r?\n\r?\n/);
  const needs = [...head.matchAll(/^Requires-Dist:\s*(.*)$/gm)].map(([, line]) => ({ ...parseRequirement(line!), by: wheel.name }));
  return { wheel, needs };
}

function fromLock(locked: LockedPackage, sources: Sources): { readonly wheel: Wheel; readonly needs: readonly Wanted[] } {
  const { version, file_name: file, sha256 } = locked;
  const name = normaliseName(locked.name);
  const needs = locked.depends.map((each) => ({ name: normaliseName(each), extras: [], specifier: '', marker: '', hashes: [], by: name }));
  return { wheel: { name, version, file, url: new URL(file, sources.lockedBase).href, sha256 }, needs };
}

async function get(url: string, sources: Sources, init?: RequestInit): Promise<Response> {
  try {
    return await sources.fetch(url, init);
  } catch (error) {
    throw new PackageError(`${new URL(url).host} cannot be reached: packages come from there.`, 'Is this computer online? A snippet that needs no packages runs without.', { cause: error });
  }
}
