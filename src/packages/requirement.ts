/** Requirements as `requirements.txt` and `Requires-Dist` write them (PEP 508). */
import { parseVersion, satisfies } from './version.ts';

/** One requirement. */
export interface Requirement {
  /** Normalised (PEP 503): lower case, one hyphen for any run of `-_.`. */
  readonly name: string;
  readonly extras: readonly string[];
  /** PEP 440 specifier, maybe ''. */
  readonly specifier: string;
  /** Environment marker, maybe ''. */
  readonly marker: string;
  /** `--hash=sha256:…`: the files that may be taken. Lower case. */
  readonly hashes: readonly string[];
}

/** What markers ask of: `python_version`, `sys_platform`, … */
export type Environment = Readonly<Record<string, string>>;

/** PEP 503. */
export const normaliseName = (name: string): string => name.replaceAll(/[-_.]+/g, '-').toLowerCase();

const form = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(?:\(([^)]*)\)|([^;@]*))$/;

/** Read one line. Throws SyntaxError. */
export function parseRequirement(line: string): Requirement {
  const hashes = [...line.matchAll(/\s--hash=sha256:([0-9a-fA-F]{64})/g)].map(([, hash]) => hash!.toLowerCase());
  const [head = '', ...markers] = line.replaceAll(/\s--hash=\S+/g, '').split(';');
  const match = form.exec(head.trim());
  if (match === null) throw new SyntaxError(`'${line.trim()}' is no requirement that can be had from an index`);
  const [, name, extras = '', bracketed, plain = ''] = match;
  const specifier = (bracketed ?? plain).trim();
  // Throws where it is none.
  satisfies(parseVersion('0')!, specifier);
  return { name: normaliseName(name!), extras: extras.split(',').map((each) => normaliseName(each.trim())).filter((each) => each !== ''), specifier, marker: markers.join(';').trim(), hashes };
}

/** The requirements of a `requirements.txt`. Throws SyntaxError with the line number. */
export function parseRequirements(text: string): Requirement[] {
  const found: Requirement[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i += 1) {
    const from = i + 1;
    let line = lines[i]!;
    while (line.trimEnd().endsWith('\\') && i + 1 < lines.length) line = `${line.trimEnd().slice(0, -1)} ${lines[(i += 1)]!}`;
    line = line.replace(/(?:^|\s)#.*$/, '').trim();
    if (line === '') continue;
    if (line.startsWith('-')) throw new SyntaxError(`line ${from}: '${line}': options are not understood here`);
    try {
      found.push(parseRequirement(line));
    } catch (error) {
      throw new SyntaxError(`line ${from}: ${(error as Error).message}`, { cause: error });
    }
  }
  return found;
}

/** Does a marker hold? '' does. Throws SyntaxError. */
export function markerHolds(marker: string, environment: Environment): boolean {
  const tokens = marker.match(/\(|\)|[<>=!~]=?=?|'[^']*'|"[^"]*"|[A-Za-z_.]+/g) ?? [];
  let at = 0;
  const refuse = (): never => {
    throw new SyntaxError(`'${marker}' is no marker`);
  };
  const value = (): { readonly text: string; readonly name: string } => {
    const token = tokens[at++] ?? refuse();
    return /^['"]/.test(token) ? { text: token.slice(1, -1), name: '' } : { text: environment[token] ?? '', name: token };
  };
  const atom = (): boolean => {
    if (tokens[at] === '(') {
      at += 1;
      const inner = either();
      if (tokens[at++] !== ')') refuse();
      return inner;
    }
    const left = value();
    let operator = tokens[at++] ?? refuse();
    if (operator === 'not') operator = `not ${tokens[at++] ?? refuse()}`;
    const right = value();
    return compare(left.text, operator, right.text, /version/.test(left.name + right.name) && operator !== 'in' && operator !== 'not in');
  };
  const both = (): boolean => {
    let holds = atom();
    while (tokens[at] === 'and') {
      at += 1;
      holds = atom() && holds;
    }
    return holds;
  };
  const either = (): boolean => {
    let holds = both();
    while (tokens[at] === 'or') {
      at += 1;
      holds = both() || holds;
    }
    return holds;
  };
  if (tokens.length === 0) return true;
  const holds = either();
  if (at !== tokens.length) refuse();
  return holds;
}

function compare(left: string, operator: string, right: string, asVersions: boolean): boolean {
  const version = asVersions ? parseVersion(left) : undefined;
  if (version !== undefined) return satisfies(version, `${operator}${right}`);
  switch (operator) {
    case '==': return left === right;
    case '!=': return left !== right;
    case 'in': return right.includes(left);
    case 'not in': return !right.includes(left);
    case '<': return left < right;
    case '>': return left > right;
    case '<=': return left <= right;
    case '>=': return left >= right;
    default: throw new SyntaxError(`'${operator}' compares nothing in a marker`);
  }
}
