import type { WirePackage } from '../rpc/python-assets.ts';
import { downloadWheel } from './download.ts';
import { importedPackages } from './imports.ts';
import { parseRequirements, type Requirement } from './requirement.ts';
import { PackageError, resolve, type Pin, type Sources, type Wheel } from './resolve.ts';

/** Packages for the programs of a page. What has been resolved and fetched once is kept while the page is open. */
export class PackageStore {
  readonly #sources: () => Promise<Sources>;
  readonly #resolved = new Map<string, Promise<readonly Wheel[]>>();
  readonly #wheels = new Map<string, Promise<Blob>>();

  /** `sources`: asked for when the first package is. */
  constructor(sources: () => Promise<Sources>) {
    this.#sources = sources;
  }

  /** The wheels that these files need, those that are pinned as they are. `step`: told what is being done, in words. Rejects with PackageError. */
  async collect(files: Readonly<Record<string, string>>, step: (text: string) => void, pins: readonly Pin[] = []): Promise<WirePackage[]> {
    const requirements = requirementsOf(files);
    if (requirements.length === 0) return [];
    step('Looking for packages…');
    const resolved = remembered(this.#resolved, keyOf(requirements, pins), async () => resolve(requirements, await this.#sources(), pins));
    const wheels = await resolved;
    // Whoever pins what was found finds the same.
    this.#resolved.set(keyOf(requirements, wheels), resolved);
    let count = 0;
    return Promise.all(wheels.map(async (wheel) => {
      const content = await remembered(this.#wheels, `${wheel.url} ${wheel.sha256}`, async () => downloadWheel(wheel, (await this.#sources()).fetch));
      step(`Loading packages: ${(count += 1)} of ${wheels.length}…`);
      const { name, version, file, sha256 } = wheel;
      return { name, version, file, sha256, content };
    }));
  }
}

/** `requirements.txt`, or what the files import. */
function requirementsOf(files: Readonly<Record<string, string>>): Requirement[] {
  const text = files['requirements.txt'];
  if (text === undefined) return importedPackages(files);
  try {
    return parseRequirements(text);
  } catch (error) {
    throw new PackageError(`requirements.txt, ${(error as Error).message}.`, 'One package a line: name, name==1.2.3, name[extra]>=1.', { cause: error });
  }
}

const keyOf = (requirements: readonly Requirement[], pins: readonly Pin[]): string => JSON.stringify([requirements, pins.map(({ name, version, sha256 }) => `${name} ${version} ${sha256}`).toSorted()]);

/** Kept once it has come; what failed is tried again. */
function remembered<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const making = make().catch((error: unknown) => {
    kept.delete(key);
    throw error;
  });
  kept.set(key, making);
  return making;
}
