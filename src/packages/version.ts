/**
 * Versions of Python packages and what may be asked of them (PEP 440): as much as decides which release of a package is taken.
 */

/** A version in parts that compare one by one. */
export interface Version {
  readonly text: string;
  readonly epoch: number;
  readonly release: readonly number[];
  /** `a1`, `b2`, `rc1`: before the release; a development release counts as the earliest of these. */
  readonly pre: readonly [stage: number, number: number] | undefined;
  readonly post: number | undefined;
  readonly dev: number | undefined;
}

const form = /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|alpha|b|beta|c|rc|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?\s*$/i;
const stages: Readonly<Record<string, number>> = { a: 0, alpha: 0, b: 1, beta: 1, c: 2, rc: 2, pre: 2, preview: 2 };

/** Read a version; undefined where it is none. */
export function parseVersion(text: string): Version | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, epoch, release, stage, pre, implicitPost, post] = match;
  const dev = /dev[-_.]?(\d*)/i.exec(text);
  return {
    text: text.trim(),
    epoch: Number(epoch ?? 0),
    release: release!.split('.').map(Number),
    pre: stage === undefined ? undefined : [stages[stage.toLowerCase()]!, Number(pre || 0)],
    post: implicitPost !== undefined ? Number(implicitPost) : post !== undefined ? Number(post || 0) : undefined,
    dev: dev === null ? undefined : Number(dev[1] || 0),
  };
}

/** Is it a pre-release or development release? They are not taken unless asked for. */
export const isPre = (version: Version): boolean => version.pre !== undefined || version.dev !== undefined;

/** Negative: `a` is the earlier one. Local parts (`+cpu`) are not compared. */
export function compareVersions(a: Version, b: Version): number {
  const one = sortKey(a);
  const other = sortKey(b);
  for (let i = 0; i < Math.max(a.release.length, b.release.length); i += 1) {
    if (a.epoch !== b.epoch) return a.epoch - b.epoch;
    const difference = (a.release[i] ?? 0) - (b.release[i] ?? 0);
    if (difference !== 0) return difference;
  }
  for (let i = 0; i < one.length; i += 1) if (one[i] !== other[i]) return one[i]! < other[i]! ? -1 : 1;
  return 0;
}

/** What follows the release: 1.0.dev1 < 1.0a1.dev1 < 1.0a1 < 1.0rc1 < 1.0 < 1.0.post1.dev1 < 1.0.post1. */
function sortKey({ pre, post, dev }: Version): readonly number[] {
  const stage = pre !== undefined ? pre[0] : post === undefined && dev !== undefined ? -1 : 3;
  return [stage, pre?.[1] ?? 0, post ?? -1, dev ?? Infinity];
}

/** Does a version satisfy `>=1.0, !=1.3, <2`? An empty specifier is satisfied by every release. Throws SyntaxError. */
export function satisfies(version: Version, specifier: string): boolean {
  const clauses = specifier.split(',').map((each) => each.trim()).filter((each) => each !== '');
  return clauses.every((clause) => satisfiesOne(version, clause));
}

/** Does a specifier name a pre-release, and so allow them? */
export const allowsPre = (specifier: string): boolean =>
  specifier.split(',').some((clause) => {
    const version = parseVersion(clause.replace(/^\s*[<>=!~]+/, '').replace(/\.\*\s*$/, ''));
    return version !== undefined && isPre(version);
  });

function satisfiesOne(version: Version, clause: string): boolean {
  const match = /^(===|==|!=|<=|>=|<|>|~=)\s*(\S+)$/.exec(clause);
  if (match === null) throw new SyntaxError(`'${clause}' is no version specifier`);
  const [, operator, text] = match;
  if (operator === '===') return version.text === text;
  const prefix = text!.endsWith('.*');
  const wanted = parseVersion(prefix ? text!.slice(0, -2) : text!);
  if (wanted === undefined) throw new SyntaxError(`'${text}' in '${clause}' is no version`);
  if (prefix) {
    const same = version.epoch === wanted.epoch && wanted.release.every((part, i) => (version.release[i] ?? 0) === part);
    return operator === '!=' ? !same : same;
  }
  const order = compareVersions(version, wanted);
  switch (operator) {
    case '==': return order === 0;
    case '!=': return order !== 0;
    case '<=': return order <= 0;
    case '>=': return order >= 0;
    // PEP 440: "must not allow a pre-release of the specified version", "… a post-release …".
    case '<': return order < 0 && (isPre(wanted) || !isPre(version) || !sameRelease(version, wanted));
    case '>': return order > 0 && (wanted.post !== undefined || version.post === undefined || !sameRelease(version, wanted));
    // Compatible: at least this, and the same but for the last number.
    default: return order >= 0 && wanted.release.slice(0, -1).every((part, i) => (version.release[i] ?? 0) === part);
  }
}

function sameRelease(a: Version, b: Version): boolean {
  return compareVersions({ ...a, pre: undefined, post: undefined, dev: undefined }, { ...b, pre: undefined, post: undefined, dev: undefined }) === 0;
}
