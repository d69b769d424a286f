/** The frame's reading of what a host says: a stranger, who may say anything. */
import { protocolVersion, type EmbedPanel, type EmbedSettings, type EmbedSource, type HostMessage } from './protocol.ts';

const panels = ['code', 'request', 'response', 'wire', 'timeline', 'environ', 'states', 'console'] as const satisfies readonly EmbedPanel[];

type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';

/** Undefined: not one of our messages, or not of this version. */
export function readHostMessage(data: unknown): HostMessage | undefined {
  if (!isObject(data) || data['porthole'] !== protocolVersion || data['version'] !== protocolVersion) return undefined;
  const { type } = data;
  const settings = readSettings(data['settings']);
  if ((type !== 'ping' && type !== 'update') || !settings) return undefined;
  const source = readSource(data['source']);
  return { type, version: protocolVersion, settings, ...(source && { source }) };
}

function readSettings(value: unknown): EmbedSettings | undefined {
  if (!isObject(value)) return undefined;
  const { theme, readOnly } = value;
  if (theme !== 'light' && theme !== 'dark') return undefined;
  const panel = panels.find((one) => one === value['panel']);
  return { theme, readOnly: readOnly === true, ...(panel && { panel }) };
}

/** The types are right; whether it is a snippet, `snippetOf` finds out. */
function readSource(value: unknown): EmbedSource | undefined {
  if (!isObject(value) || !isObject(value['files'])) return undefined;
  const { files, entry, title, requests } = value;
  const texts = Object.entries(files).filter((pair): pair is [string, string] => isText(pair[1]));
  const read = (Array.isArray(requests) ? requests : []).filter((one): one is { name: string; text: string } => isObject(one) && isText(one['name']) && isText(one['text']));
  return {
    files: Object.fromEntries(texts),
    ...(isText(entry) && { entry }),
    ...(isText(title) && { title }),
    ...(isText(value['recording']) && { recording: value['recording'] }),
    ...(isText(value['interface']) && { interface: value['interface'] }),
    requests: read.map(({ name, text }) => ({ name, text })),
  };
}
