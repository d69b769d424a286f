/**
 * What an embedding page (the host) and the embedded playground (the frame) say to each other, by `postMessage`.
 * Both sides import this file; `docs/embedding.md` documents it for others.
 *
 *     frame → host   hello    I can be talked to; these versions I speak
 *     host → frame   ping     let us speak this version; how to look, and what to show, if anything
 *     frame → host   pong     understood
 *     host → frame   update   how to look or what to show has changed
 *     frame → host   height   as high would do
 *     frame → host   problem  what was to be shown cannot be
 *
 * Either may come first: a host that attaches late sends `ping` by itself, and every `ping` has its `pong`. Each side takes
 * messages only from the other's window and origin; the frame learns the origin from the first `ping`. Whatever arrives is
 * read member by member; unknown types and members are ignored.
 */

/** Version of these messages. A later one may add types and members; what is here keeps its meaning. */
export const protocolVersion = 1;

/** What of the playground is shown first, or alone where there is little room. */
export type EmbedPanel = 'code' | 'request' | 'response' | 'wire' | 'timeline' | 'environ' | 'states' | 'console';

/** How the playground looks and behaves. */
export interface EmbedSettings {
  readonly theme: 'light' | 'dark';
  readonly panel?: EmbedPanel;
  readonly readOnly: boolean;
}

/** What the playground is to show. Checked by the frame as strictly as a link. */
export interface EmbedSource {
  /** Path to text. Blank lines around the code and the indentation that all lines share are taken off. */
  readonly files: Readonly<Record<string, string>>;
  /** `path:name`. Default: the first file, and the usual names. */
  readonly entry?: string;
  readonly title?: string;
  /** `auto`, `wsgi`, `asgi` or `fetch`. */
  readonly interface?: string;
  /** A recorded run as JSON, to be shown until Run is pressed. One that is not in order is not shown, and the rest is. */
  readonly recording?: string | undefined;
  /** As text: lines of the head may end in LF; `Host` and `Content-Length` are added where they are missing. */
  readonly requests?: readonly { readonly name: string; readonly text: string }[];
}

/** From the embedding page to the playground. */
export interface HostMessage {
  readonly type: 'ping' | 'update';
  readonly version: number;
  readonly settings: EmbedSettings;
  readonly source?: EmbedSource | undefined;
}

/** From the playground to the embedding page. */
export type FrameMessage =
  | { readonly type: 'hello'; readonly versions: readonly number[] }
  | { readonly type: 'pong'; readonly version: number; readonly engine: string }
  /** CSS pixels. */
  | { readonly type: 'height'; readonly height: number }
  | { readonly type: 'problem'; readonly message: string };

/** A message as it is posted. `porthole` tells it from whatever else pages post to each other. */
export const sealed = <T extends HostMessage | FrameMessage>(message: T): T & { readonly porthole: typeof protocolVersion } => ({ porthole: protocolVersion, ...message });

/** What a host is told. Undefined: not one of our messages. */
export function readFrameMessage(data: unknown): FrameMessage | undefined {
  const { porthole, type, versions, version, engine, height, message } = Object(data) as Readonly<Record<string, unknown>>;
  if (porthole !== protocolVersion) return undefined;
  if (type === 'hello' && Array.isArray(versions)) return { type, versions };
  if (type === 'pong' && version === protocolVersion) return { type, version, engine: `${engine as string}` };
  if (type === 'height' && Number.isFinite(height)) return { type, height: height as number };
  if (type === 'problem') return { type, message: `${message as string}` };
  return undefined;
}
