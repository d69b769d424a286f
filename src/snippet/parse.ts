import { defaultEntry, defaultInterface, defaultLang } from './defaults.ts';
import { SnippetError } from './errors.ts';
import type { SnippetProblem } from './errors.ts';
import { snippetLimits } from './limits.ts';
import { migrate } from './migrate.ts';
import { pathProblem } from './paths.ts';
import type { SavedRequest, Snippet, SnippetCut, SnippetDelivery, SnippetNetwork, SnippetPackage, SnippetProgram, SnippetRecording, SnippetServer, SnippetView } from './schema.ts';

/** Complaints so far. The first twenty are kept: enough to repair a file by hand, too few to flood a page. */
class Report {
  readonly problems: SnippetProblem[] = [];
  add(path: string, what: string): undefined {
    if (this.problems.length < 20) this.problems.push({ path, message: `${path === '' ? 'The snippet' : path} ${what}.` });
    return undefined;
  }
}

/** Gives the value where it is what it should be; otherwise complains and gives undefined. */
type Check<T> = (value: unknown, path: string, report: Report) => T | undefined;

const text = (maxChars: number): Check<string> => (value, path, report) => {
  if (typeof value !== 'string') return report.add(path, `must be a string, not ${kindOf(value)}`);
  if (value.length > maxChars) return report.add(path, `is longer than ${maxChars} characters`);
  return value;
};

const bool: Check<boolean> = (value, path, report) =>
  typeof value === 'boolean' ? value : report.add(path, `must be true or false, not ${kindOf(value)}`);

const number = (least: number, most = Number.MAX_VALUE): Check<number> => (value, path, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return report.add(path, `must be a number, not ${kindOf(value)}`);
  if (value < least) return report.add(path, `must be at least ${least}`);
  if (value > most) return report.add(path, `must be at most ${most}`);
  return value;
};

const whole = (least: number, most = Number.MAX_SAFE_INTEGER): Check<number> => (value, path, report) => {
  const checked = number(least, most)(value, path, report);
  return checked === undefined || Number.isInteger(checked) ? checked : report.add(path, 'must be a whole number');
};

const oneOf = <T extends string>(...choices: readonly T[]): Check<T> => (value, path, report) =>
  choices.find((choice) => choice === value)
  ?? report.add(path, `must be one of ${choices.join(', ')}${typeof value === 'string' ? `, not ${JSON.stringify(value.slice(0, 40))}` : ''}`);

/** As `oneOf`, for what is only a hint: a value that we do not know (a tab of a newer page) is left out without a complaint. */
const hint = <T extends string>(...choices: readonly T[]): Check<T> => (value) => choices.find((choice) => choice === value);

type Checks<T> = { readonly [K in keyof T]-?: Check<NonNullable<T[K]>> };

const serverChecks: Checks<SnippetServer> = {
  workers: whole(1, 16),
  workerClass: oneOf('sync', 'async'),
  rootPath: text(snippetLimits.nameChars),
  timeout: number(0),
  keepAlive: number(0),
  locals: bool,
  validate: bool,
};

const networkChecks: Checks<SnippetNetwork> = {
  segmentBytes: whole(0),
  ragged: bool,
  latencyMs: number(0),
  jitterMs: number(0),
  bytesPerSecond: number(0),
  readBytesPerSecond: number(0),
  cutAfterBytes: whole(0),
  cut: oneOf('reset', 'silence'),
  seed: whole(0),
};

const spoken = oneOf('auto', 'wsgi', 'asgi', 'fetch');

const programChecks: Checks<SnippetProgram> = {
  name: (value, path, report) => {
    const name = text(snippetLimits.nameChars)(value, path, report);
    return name === undefined || /^[\w.-]{1,32}$/.test(name) ? name : report.add(path, 'must be 1 to 32 letters, digits, -, _ or .');
  },
  // A kind that a newer version has is kept; `programsOf` leaves it out.
  kind: text(snippetLimits.nameChars),
  entry: text(snippetLimits.nameChars),
  interface: spoken,
  server: (value, path, report) => readObject<SnippetServer>(value, path, serverChecks, report),
  port: whole(1, 65_535),
  args: (value, path, report) => {
    if (!Array.isArray(value) || value.length > snippetLimits.args) return report.add(path, `must be a list of at most ${snippetLimits.args} strings`);
    return value.map((item: unknown, index) => text(snippetLimits.nameChars)(item, `${path}[${index}]`, report) ?? '');
  },
  stdin: text(snippetLimits.stdinChars),
};

const matching = (form: RegExp, what: string): Check<string> => (value, path, report) => {
  const read = text(snippetLimits.nameChars)(value, path, report);
  return read === undefined || form.test(read) ? read : report.add(path, `must be ${what}`);
};

const packageChecks: Checks<SnippetPackage> = {
  name: matching(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'the normalised name of a package'),
  version: matching(/^[0-9a-z!+._-]+$/i, 'a version'),
  sha256: matching(/^[0-9a-f]{64}$/, '64 hexadecimal digits in lower case'),
};

const viewChecks: Checks<SnippetView> = {
  request: whole(0),
  file: text(snippetLimits.pathChars),
  requestTab: hint('form', 'raw', 'delivery', 'websocket'),
  traceTab: hint('response', 'wire', 'timeline', 'environ', 'states', 'console', 'terminals', 'compare', 'machine'),
  compared: (value) => (Array.isArray(value) && value.length <= snippetLimits.programs && value.every((name) => typeof name === 'string' && name.length <= snippetLimits.nameChars) ? value : undefined),
  connection: whole(1),
  exchange: whole(1),
  step: whole(0),
  selection: text(snippetLimits.pathChars + snippetLimits.nameChars),
};

const cutChecks: Checks<SnippetCut> = {
  at: whole(1),
  pauseMs: number(0, snippetLimits.pauseMs),
};

const cuts: Check<readonly SnippetCut[]> = (value, path, report) => {
  if (!Array.isArray(value)) return report.add(path, `must be a list, not ${kindOf(value)}`);
  if (value.length > snippetLimits.cuts) return report.add(path, `holds more than ${snippetLimits.cuts} cuts`);
  let before = 0;
  return value.flatMap((item: unknown, index) => {
    const place = `${path}[${index}]`;
    const cut = readObject<SnippetCut>(item ?? null, place, cutChecks, report);
    if (cut.at === undefined) return report.add(`${place}.at`, 'is missing') ?? [];
    if (cut.at <= before) report.add(`${place}.at`, 'must be greater than that of the cut before');
    before = cut.at;
    return [{ ...cut, at: cut.at }];
  });
};

const places: Check<readonly number[]> = (value, path, report) => {
  if (!Array.isArray(value) || value.length > snippetLimits.requests) return report.add(path, `must be a list of at most ${snippetLimits.requests} places`);
  return value.flatMap((item: unknown, index) => whole(0)(item, `${path}[${index}]`, report) ?? []);
};

const deliveryChecks: Checks<SnippetDelivery> = {
  cuts,
  everyBytes: whole(1),
  pauseMs: number(0, snippetLimits.pauseMs),
  with: places,
  copies: whole(1, snippetLimits.copies),
  copiesHow: oneOf('in-turn', 'pipelined', 'parallel'),
  reuse: bool,
  stopAfter: whole(1),
  ending: oneOf('close', 'reset'),
};

/** Whether it can be played is not for us to say; a number and JSON are what is asked for. */
const recordingCheck: Check<SnippetRecording> = (value, path, report) => {
  const read = readObject<{ v: number }>(value, path, { v: whole(1) }, report);
  return read.v === undefined ? report.add(`${path}.v`, 'is missing') : { ...read, v: read.v };
};

const requestChecks: Checks<SavedRequest> = {
  delivery: (value, path, report) => readObject<SnippetDelivery>(value, path, deliveryChecks, report),
  name: text(snippetLimits.nameChars),
  raw: (value, path, report) => {
    const raw = text(snippetLimits.requestOctets)(value, path, report);
    if (raw === undefined) return undefined;
    const wide = /[^\u0000-\u00ff]/u.exec(raw); // oxlint-disable-line no-control-regex
    return wide
      ? report.add(path, `holds ${JSON.stringify(wide[0])} at ${wide.index}: a request is octets, each written as a character up to U+00FF`)
      : raw;
  },
};

/**
 * A snippet out of any value, which may come from a stranger. Older versions are brought up to date, missing members get
 * their defaults, unknown members are kept at every level. The result shares unknown values with `value` and nothing else.
 * `view` holds hints: those that point to nothing (a file that is not there) are left out.
 * Throws {@link SnippetError} with all that is wrong.
 */
export function parseSnippet(value: unknown): Snippet {
  const report = new Report();
  const given = object(value, '', report);
  if (!given) throw new SnippetError(report.problems);
  const current = migrate(given);

  const lang = optional(current, 'lang', oneOf('ts', 'js', 'py'), report) ?? defaultLang;
  const files = readFiles(current['files'], report);
  const requests = readRequests(current['requests'], report);
  const view = readObject<SnippetView>(current['view'], 'view', viewChecks, report);
  const title = optional(current, 'title', text(snippetLimits.nameChars), report);
  const recording = optional(current, 'recording', recordingCheck, report);
  const engine = optional(current, 'engine', text(snippetLimits.nameChars), report);
  const programs = readPrograms(current['programs'], report);
  const packages = readPackages(current['packages'], report);
  const replay = optional(current, 'replay', bool, report);
  const snippet: Snippet = {
    v: 1,
    ...(title === undefined ? {} : { title }),
    lang,
    interface: optional(current, 'interface', spoken, report) ?? defaultInterface,
    files,
    entry: optional(current, 'entry', text(snippetLimits.nameChars), report) ?? defaultEntry(lang),
    ...(programs === undefined ? {} : { programs }),
    requests,
    server: readObject<SnippetServer>(current['server'], 'server', serverChecks, report),
    network: readObject<SnippetNetwork>(current['network'], 'network', networkChecks, report),
    ...(packages === undefined ? {} : { packages }),
    ...(replay === undefined ? {} : { replay }),
    view: pointingSomewhere(view, files, requests),
    ...(recording === undefined ? {} : { recording }),
    ...(engine === undefined ? {} : { engine }),
    ...unknownMembers(current, '', topLevel, report),
  };
  if (report.problems.length > 0) throw new SnippetError(report.problems);
  return snippet;
}

const topLevel: ReadonlySet<string> = new Set(
  ['v', 'title', 'lang', 'interface', 'files', 'entry', 'programs', 'requests', 'server', 'network', 'packages', 'replay', 'view', 'recording', 'engine'] satisfies (keyof Snippet)[],
);

function readFiles(value: unknown, report: Report): Record<string, string> {
  const given = object(value, 'files', report);
  if (!given) return {};
  const paths = Object.keys(given);
  if (paths.length === 0) report.add('files', 'must hold at least one file');
  if (paths.length > snippetLimits.files) report.add('files', `holds ${paths.length} files; at most ${snippetLimits.files} are possible`);
  const content = text(snippetLimits.fileChars);
  return Object.fromEntries(paths.flatMap((path) => {
    const place = `files[${JSON.stringify(path.slice(0, 80))}]`;
    const wrong = pathProblem(path);
    if (wrong) report.add(place, `is not a usable path: it ${wrong}`);
    const checked = content(given[path], place, report);
    return checked === undefined ? [] : [[path, checked]];
  }));
}

function readRequests(value: unknown, report: Report): SavedRequest[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return report.add('requests', `must be a list, not ${kindOf(value)}`) ?? [];
  if (value.length > snippetLimits.requests) return report.add('requests', `holds more than ${snippetLimits.requests} requests`) ?? [];
  return value.map((item: unknown, index) => {
    const path = `requests[${index}]`;
    const given = object(item, path, report) ?? { raw: '' };
    if (given['raw'] === undefined) report.add(`${path}.raw`, 'is missing');
    const read = readObject<SavedRequest>(given, path, requestChecks, report);
    return { ...read, name: read.name ?? `Request ${index + 1}`, raw: read.raw ?? '' };
  });
}

function readPrograms(value: unknown, report: Report): SnippetProgram[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return report.add('programs', `must be a list, not ${kindOf(value)}`);
  if (value.length > snippetLimits.programs) return report.add('programs', `holds more than ${snippetLimits.programs} programs`);
  const names = new Set<string>();
  return value.flatMap((item: unknown, index) => {
    const path = `programs[${index}]`;
    const given = object(item, path, report);
    if (!given) return [];
    if (given['name'] === undefined) report.add(`${path}.name`, 'is missing');
    const read = readObject<SnippetProgram>(given, path, programChecks, report);
    if (read.name !== undefined && names.has(read.name)) report.add(`${path}.name`, `is ${JSON.stringify(read.name)}, as that of another program`);
    names.add(read.name ?? '');
    return [read as SnippetProgram];
  });
}

function readPackages(value: unknown, report: Report): SnippetPackage[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return report.add('packages', `must be a list, not ${kindOf(value)}`);
  if (value.length > snippetLimits.packages) return report.add('packages', `holds more than ${snippetLimits.packages} packages`);
  return value.flatMap((item: unknown, index) => {
    const path = `packages[${index}]`;
    const given = object(item, path, report);
    if (!given) return [];
    for (const member of ['name', 'version', 'sha256']) if (given[member] === undefined) report.add(`${path}.${member}`, 'is missing');
    return [readObject<SnippetPackage>(given, path, packageChecks, report) as SnippetPackage];
  });
}

/** The members of an object that may be missing; unknown ones are kept. */
function readObject<T extends object>(value: unknown, path: string, checks: Checks<T>, report: Report): Partial<T> {
  if (value === undefined) return {};
  const given = object(value, path, report);
  if (!given) return {};
  const known = Object.keys(checks).flatMap((key) => {
    const checked = given[key] === undefined ? undefined : checks[key as keyof T](given[key], `${path}.${key}`, report);
    return checked === undefined ? [] : [[key, checked] as const];
  });
  return { ...Object.fromEntries(known), ...unknownMembers(given, path, new Set(Object.keys(checks)), report) } as Partial<T>;
}

function pointingSomewhere(view: Partial<SnippetView>, files: Record<string, string>, requests: readonly SavedRequest[]): SnippetView {
  const { file, request, ...rest } = view;
  return {
    ...rest,
    ...(file !== undefined && Object.hasOwn(files, file) ? { file } : {}),
    ...(request !== undefined && request < requests.length ? { request } : {}),
  };
}

function optional<T>(from: Readonly<Record<string, unknown>>, key: string, check: Check<T>, report: Report): T | undefined {
  return from[key] === undefined ? undefined : check(from[key], key, report);
}

function object(value: unknown, path: string, report: Report): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined) return report.add(path, 'is missing');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return report.add(path, `must be an object, not ${kindOf(value)}`);
  return value as Record<string, unknown>;
}

function unknownMembers(from: Readonly<Record<string, unknown>>, path: string, known: ReadonlySet<string>, report: Report): Record<string, unknown> {
  const kept = Object.keys(from).filter((key) => !known.has(key) && from[key] !== undefined);
  for (const key of kept) {
    const place = path === '' ? key.slice(0, 80) : `${path}.${key.slice(0, 80)}`;
    // JSON may say so, and a later `Object.assign` would then change a prototype.
    if (key === '__proto__') report.add(place, 'is not a name that a member may have');
    if (!isJson(from[key], snippetLimits.depth)) report.add(place, `must be JSON, nested at most ${snippetLimits.depth} deep`);
  }
  return Object.fromEntries(kept.map((key) => [key, from[key]]));
}

/** Can it be written back as it is? Values from JSON.parse can, unless they are nested too deep; values from code might not. */
function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth === 0) return false;
  return Object.values(value).every((member) => isJson(member, depth - 1));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
