/**
 * The command line, the environment and the config file as settings. Later beats earlier: defaults, config file,
 * environment, `PORTHOLE_CMD_ARGS`, command line.
 */
import { parseArgs } from 'node:util';
import { nearest } from '../basics/nearest.ts';
import { envName, flagOnly, groups, settingNames, settings, type SettingName, type Settings } from './settings.ts';

/** The command was not understood: one sentence, and what to write instead ('' where nothing comes to mind). Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly advice: string;
  constructor(message: string, advice = '') {
    super(message);
    this.advice = advice;
  }
}

/** What was given in one place; only what was given. */
export type Given = { [K in SettingName]?: Settings[K] };

export interface ParsedArgs {
  readonly given: Given;
  /** `MODULE[:NAME]`, if there. */
  readonly target: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

/** Flags of gunicorn and uvicorn that have no counterpart of the same kind here, with what to do instead. */
const elsewhere: Readonly<Record<string, string>> = {
  host: 'Write -b HOST:PORT.',
  port: 'Write -b HOST:PORT.',
  uds: 'Write -b unix:PATH.',
  threads: 'Node has one thread per process; connections interleave in it.',
  'worker-class': 'There is one kind of worker; the interface of the application is --interface.',
  http: 'HTTP/1.1 is parsed by Porthole itself.',
  loop: 'The event loop is Node\'s.',
  preload: 'Each worker has a copy of the application of its own; there is no fork(2) in Node to share one by.',
};

interface Flag { readonly name: SettingName | 'help' | 'version'; readonly value: boolean | undefined }

/** Every spelling of every flag, without dashes. `value` is set for switches: what the flag means. */
const flags = new Map<string, Flag>([
  ['help', { name: 'help', value: true }], ['h', { name: 'help', value: true }],
  ['version', { name: 'version', value: true }], ['v', { name: 'version', value: true }],
]);
for (const name of settingNames) {
  const { flag, short, also = [], reader } = settings[name];
  const isSwitch = reader.placeholder === '';
  for (const spelling of [flag, ...also, ...(short === undefined ? [] : [short])]) {
    flags.set(spelling, { name, value: isSwitch ? true : undefined });
    if (isSwitch) flags.set(`no-${spelling}`, { name, value: false });
  }
}

const shortOf = (spelling: string): { short?: string } => {
  const short = spelling === 'help' ? 'h' : spelling === 'version' ? 'v' : settingNames.map((name) => settings[name]).find(({ flag }) => flag === spelling)?.short;
  return short === undefined ? {} : { short };
};

const options = Object.fromEntries(
  [...flags].filter(([spelling]) => spelling.length > 1).map(([spelling, { value }]) => [spelling, { type: value === undefined ? ('string' as const) : ('boolean' as const), multiple: true, ...shortOf(spelling) }]),
);

/** Read `argv` (without node and script). Throws {@link UsageError}. */
export function readArgs(argv: readonly string[]): ParsedArgs {
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const given: Record<string, unknown> = {};
  const targets: string[] = [];
  let help = false;
  let version = false;
  for (const token of tokens) {
    if (token.kind === 'positional') targets.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = flags.get(token.name);
    if (flag === undefined) throw unknownFlag(token.rawName, token.name);
    if (flag.name === 'help') help = true;
    else if (flag.name === 'version') version = true;
    else if (flag.value !== undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`, `To switch it off: --no-${settings[flag.name].flag}.`);
      given[flag.name] = flag.value;
    } else {
      if (token.value === undefined || (!token.inlineValue && /^-./.test(token.value))) throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${settings[flag.name].reader.placeholder}.`);
      put(given, flag.name, token.value, token.rawName);
    }
  }
  if (targets.length > 1) throw new UsageError(`There can be one application, not ${targets.length}: ${targets.join(', ')}.`);
  return { given: given as Given, target: targets[0], help, version };
}

function unknownFlag(raw: string, name: string): UsageError {
  const known = elsewhere[name];
  if (known !== undefined) return new UsageError(`There is no ${raw}.`, known);
  const near = name.length === 1 ? undefined : nearest(name, [...flags.keys()].filter((spelling) => spelling.length > 1));
  return new UsageError(`There is no ${raw}.`, near === undefined ? 'See porthole --help.' : `Did you mean --${near}?`);
}

/** Read one value into `given`; `where` is named in the error. */
function put(given: Record<string, unknown>, name: SettingName, value: string, where: string): void {
  const { reader, many } = settings[name];
  let read: unknown;
  try {
    read = reader.read(value);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${where} ${error.message}, not '${value}'.`);
    throw error;
  }
  if (many === true) (given[name] = (given[name] as unknown[] | undefined) ?? [], given[name] as unknown[]).push(read);
  else given[name] = read;
}

/** Read `PORTHOLE_<SETTING>` and the names that platforms use (`PORT`). Throws {@link UsageError}. */
export function readEnv(env: Readonly<Record<string, string | undefined>>): Given {
  const given: Record<string, unknown> = {};
  // A platform that sets PORT expects the server to be reachable from outside (gunicorn does the same).
  if (env.PORT !== undefined && env.PORT !== '') put(given, 'bind', `0.0.0.0:${env.PORT}`, 'PORT');
  for (const name of settingNames) {
    if (flagOnly.has(name)) continue;
    for (const variable of [...(settings[name].env ?? []), envName(name)]) {
      const value = env[variable];
      if (value === undefined || value === '') continue;
      delete given[name];
      for (const item of settings[name].many === true ? value.split(',') : [value]) put(given, name, item.trim(), variable);
    }
  }
  return given as Given;
}

/** Check what a config file exports. `where`: its name. Throws {@link UsageError}. */
export function readConfig(exported: unknown, where: string): Given & { app?: string } {
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) throw new UsageError(`${where} has no settings to give.`, 'Write: export default { bind: \'127.0.0.1:8000\' }.');
  const given: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(exported)) {
    if (value === undefined) continue;
    if (key === 'app' && typeof value === 'string') {
      given.app = value;
      continue;
    }
    const name = settingNames.find((each) => each === key);
    if (name === undefined || flagOnly.has(name)) {
      const near = nearest(key, settingNames);
      throw new UsageError(`${where}: there is no setting '${key}'.`, near === undefined ? '' : `Did you mean ${near}?`);
    }
    const items: unknown[] = Array.isArray(value) && settings[name].many === true ? value : [value];
    for (const item of items) {
      if (!['string', 'number', 'boolean'].includes(typeof item)) throw new UsageError(`${where}: ${key} must be a string, a number or a boolean.`);
      put(given, name, String(item), `${where}: ${key}`);
    }
  }
  return given as Given & { app?: string };
}

/** Where the value of each setting came from, for `--print-config`. */
export type Sources = { readonly [K in SettingName]: string };

/** Lay the layers over the defaults, the last on top. */
export function combine(layers: readonly { readonly from: string; readonly given: Given }[]): { readonly settings: Settings; readonly sources: Sources } {
  const values: Record<string, unknown> = {};
  const sources: Record<string, string> = {};
  for (const name of settingNames) {
    values[name] = settings[name].default;
    sources[name] = 'default';
    for (const { from, given } of layers) {
      if (given[name] === undefined) continue;
      values[name] = given[name];
      sources[name] = from;
    }
  }
  return { settings: values as unknown as Settings, sources: sources as Sources };
}

/** `PORTHOLE_CMD_ARGS`: arguments separated by blanks, with '…' and "…" around those that hold blanks. */
export const splitWords = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''));

/** The text of `--help`. */
export function helpText(): string {
  const lines = [
    'Usage: porthole MODULE[:NAME] [-b HOST:PORT]… [flags]',
    '',
    'Serve a WSGI, ASGI or fetch application over TCP.',
    '',
    'MODULE is a path (.ts, .js, .mjs, with or without the extension).',
    'NAME is what it exports; without it: app, application or the default export.',
  ];
  const width = 30;
  const row = (left: string, help: string): void => {
    const words = help.split(' ');
    let line = `  ${left}`.padEnd(width);
    if (line.length > width) {
      lines.push(line.trimEnd());
      line = ' '.repeat(width);
    }
    for (const word of words) {
      if (line.trimEnd().length + word.length + 1 > 100 && line.trim() !== '') {
        lines.push(line.trimEnd());
        line = ' '.repeat(width);
      }
      line += `${word} `;
    }
    lines.push(line.trimEnd());
  };
  for (const group of groups) {
    lines.push('', `${group}:`);
    for (const name of settingNames) {
      const { flag, short, reader, help, group: own, default: usual } = settings[name];
      if (own !== group) continue;
      const isSwitch = reader.placeholder === '';
      const left = `${short === undefined ? '' : `-${short}, `}--${isSwitch && usual === true ? 'no-' : ''}${flag}${isSwitch ? '' : ` ${reader.placeholder}`}`;
      const shown = isSwitch || usual === '' || usual === Infinity || usual === 0 ? '' : ` (default: ${String(usual)})`;
      row(left, (isSwitch && usual === true ? help.replace(/^Send/, 'Do not send') : help) + shown);
    }
  }
  row('-h, --help', 'Print this.');
  row('-v, --version', 'Print the version.');
  lines.push('', 'Each setting can also stand in porthole.config.ts or in the environment', '(PORTHOLE_KEEP_ALIVE=5); a flag beats the environment, which beats the file.', '');
  return lines.join('\n');
}

/** The settings and their sources as `--print-config` shows them. */
export function configText(values: Settings, sources: Sources): string {
  return settingNames
    .filter((name) => !flagOnly.has(name))
    .map((name) => `${name.padEnd(24)}${JSON.stringify(values[name] === Infinity ? 'Infinity' : values[name]).padEnd(28)} ${sources[name]}\n`)
    .join('');
}
