/**
 * Reads and plays the cases of `test/cases/wsgi` and `test/cases/asgi`: an application, a request, and what comes of it on the wire, in
 * the trace and in the log. The format is described in `test/cases/wsgi/README.md`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { transform } from 'sucrase';
import { toGatewayApp } from '../../src/gateway/detect.ts';
import { siteReader } from '../../src/gateway/site.ts';
import { VirtualHost } from '../../src/host/seeded.ts';
import { socketPair } from '../../src/net/memory.ts';
import type { DuplexSocket } from '../../src/net/socket.ts';
import type { ServerConfig } from '../../src/server/config.ts';
import { Server } from '../../src/server/server.ts';
import type { SourceSite, TraceInput } from '../../src/trace/events.ts';
import { clausePattern } from '../../scripts/clause-ids.ts';
import { escapeOctets, unescapeOctets } from '../helpers/cases.ts';
import { pieces, type Cuts } from '../helpers/cuts.ts';
import { settle } from '../helpers/fake-clock.ts';
import { recordingTracer } from '../helpers/trace.ts';
import { tee, type Tracer } from '../../src/trace/tracer.ts';
import { FrameReader, framesOf, handshakeOf } from '../helpers/ws-script.ts';

/** What a fence holds. `ts`: the application; `http`, `open` and `ws`: what is sent to it; the others are expected. */
export type FenceKind = 'ts' | 'http' | 'open' | 'ws' | 'wire' | 'frames' | 'trace' | 'log';

/** Is the fence an expectation? */
export const isExpected = ({ kind }: Fence): boolean => !['ts', 'http', 'open', 'ws'].includes(kind);

export interface Fence {
  readonly kind: FenceKind;
  readonly text: string;
  /** Index of the first line of its text in the file, and behind its last. */
  readonly from: number;
  readonly to: number;
}

export interface AppCase {
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly clauses: readonly string[];
  readonly interface: 'auto' | 'wsgi' | 'asgi' | 'fetch';
  readonly config: Partial<ServerConfig>;
  /** Which kinds of trace lines the `trace` fences hold, besides those of the application. */
  readonly show: readonly string[];
  readonly fences: readonly Fence[];
}

const kinds: readonly string[] = ['ts', 'http', 'open', 'ws', 'wire', 'frames', 'trace', 'log'] satisfies FenceKind[];

/** All cases of a folder. Throws where a file is not understood. */
export function readAppCases(folder: URL): AppCase[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md').sort();
  return files.flatMap((file) => parseFile(file, readFileSync(new URL(file, folder), 'utf8')));
}

function parseFile(file: string, text: string): AppCase[] {
  const lines = text.split('\n');
  const cases: { line: number; title: string; settings: Record<string, string>; fences: Fence[] }[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i]!;
    const where = `${file}:${i + 1}`;
    const current = cases.at(-1);
    if (line.startsWith('## ')) cases.push({ line: i + 1, title: line.slice(3), settings: {}, fences: [] });
    else if (line.startsWith('```')) {
      const kind = line.slice(3);
      if (current === undefined || !kinds.includes(kind)) throw new Error(`${where}: a fence of kind '${kind}'`);
      const close = lines.indexOf('```', i + 1);
      if (close < 0) throw new Error(`${where}: the fence is not closed`);
      current.fences.push({ kind: kind as FenceKind, text: lines.slice(i + 1, close).join('\n'), from: i + 1, to: close });
      i = close;
    } else {
      const setting = /^- (interface|config|show): (.+)$/.exec(line);
      if (setting !== null && current !== undefined) current.settings[setting[1]!] = setting[2]!;
      else if (line.startsWith('- ')) throw new Error(`${where}: no such setting`);
    }
  }
  return cases.map(({ line, title, settings, fences }) => {
    const clauses = title.match(clausePattern) ?? [];
    if (clauses.length === 0) throw new Error(`${file}:${line}: the heading names no clause`);
    if (fences.filter(({ kind }) => kind === 'ts').length !== 1) throw new Error(`${file}:${line}: there must be one application`);
    return {
      file, line, title, clauses, fences,
      interface: (settings['interface'] ?? 'auto') as AppCase['interface'],
      config: Object.fromEntries((settings['config'] ?? '').split(/, */).filter(Boolean).map((pair) => {
        const [name, value] = pair.split('=') as [string, string];
        return [name, /^-?\d+$/.test(value) ? Number(value) : value === 'true' ? true : value === 'false' ? false : value];
      })),
      show: (settings['show'] ?? '').split(/, */).filter(Boolean),
    };
  });
}

/** Compile an application. Its frames are `app.ts` with the lines of the fence. */
export function compileApp(source: string): unknown {
  const { code } = transform(source, { transforms: ['typescript', 'imports'], disableESTransforms: true });
  const exports: Record<string, unknown> = {};
  const body = runInThisContext(`(function (exports, encode) {${code}\n})`, { filename: 'app.ts' }) as (exports: object, encode: (text: string) => Uint8Array) => void;
  body(exports, (text) => new TextEncoder().encode(text));
  return exports['app'];
}

/** How the two ends of a connection are joined. */
export interface Road {
  /** Two ends, the client's first. Both say that they are at the addresses of {@link socketPair}. */
  pair(): Promise<readonly [near: DuplexSocket, far: DuplexSocket]>;
  /** Resolves when nothing is on its way any more; at least so many turns of the event loop later. */
  settle(turns: number): Promise<void>;
}

/** Straight through memory. */
const memory: Road = { pair: () => Promise.resolve(socketPair()), settle };

/** Play a case with the request octets cut in a certain way. One string per expected fence, in order. `listeners`: who is told the trace as well. */
export async function play(one: AppCase, cutsOf: (length: number) => Cuts, road: Road = memory, listeners: readonly Tracer[] = []): Promise<string[]> {
  const host = new VirtualHost({ epochMs: 784_111_777_000 });
  const recording = recordingTracer();
  const log: string[] = [];
  const server = new Server({
    app: toGatewayApp(compileApp(one.fences.find(({ kind }) => kind === 'ts')!.text), one.interface, 'app'),
    config: { dateHeader: false, serverHeader: '', accessLog: '', lifespan: 'off', ...one.config },
    host, tracer: tee(recording.tracer, ...listeners),
    sites: siteReader((file) => (file === 'app.ts' ? file : undefined)),
    onLog: (source, level, text) => log.push(...`${source} ${level}: ${text}`.split('\n').filter((line) => !/^ +at (?!.*\bapp\.ts:)/.test(line))),
  });
  await server.startup();
  const [near, far] = await road.pair();
  let wire = '';
  const frames = new FrameReader();
  near.open({
    onData: (bytes) => {
      wire += escapeOctets(bytes).replaceAll('\\r\\n', '\\r\\n\n');
      frames.push(bytes);
    },
    onEof: () => {
      wire += '\\eof';
      frames.note('eof');
    },
    onDrain: () => {},
    onClose: (error) => {
      if (error === undefined) return;
      wire += '\\rst';
      frames.note('rst');
    },
  });
  const wait = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 250) {
      host.advance(Math.min(left, 250));
      await road.settle(1);
    }
  };
  /** What asked for another turn (`timers.after(0)`). */
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn += 1) {
      host.advance(1);
      await road.settle(2);
    }
  };
  const send = async (octets: Uint8Array): Promise<void> => {
    for (const piece of pieces(octets, cutsOf(octets.length))) {
      near.write(piece.slice());
      await road.settle(1);
    }
  };
  server.handle(far);
  const results: string[] = [];
  let told = 0;
  let logged = 0;
  for (const { kind, text } of one.fences) {
    switch (kind) {
      case 'ts':
        break;
      case 'http': {
        const ending = /\\(eof|rst|wait\((\d+)\))\s*$/.exec(text);
        await send(unescapeOctets((ending === null ? text : text.slice(0, ending.index)).replaceAll('\n', '')));
        if (ending?.[1] === 'eof') near.end();
        if (ending?.[1] === 'rst') near.reset();
        await road.settle(3);
        await (ending?.[2] === undefined ? turns() : wait(Number(ending[2])));
        break;
      }
      case 'open':
        await send(handshakeOf(text));
        await road.settle(3);
        await turns();
        break;
      case 'ws':
        for (const step of framesOf(text)) {
          if (step.bytes !== undefined) await send(step.bytes);
          else if (step.act === 'wait') await wait(step.ms);
          else if (step.act === 'eof') near.end();
          else near.reset();
        }
        await road.settle(3);
        await turns();
        break;
      case 'frames':
        results.push(frames.take());
        break;
      case 'wire':
        results.push(wire.trimEnd());
        wire = '';
        break;
      case 'trace':
        results.push(recording.events.slice(told).map((event) => traceLine(event, one.show)).filter((line) => line !== undefined).reduce(collapse, [] as string[]).join('\n'));
        told = recording.events.length;
        break;
      case 'log':
        results.push(log.slice(logged).join('\n'));
        logged = log.length;
        break;
    }
  }
  near.reset();
  const over = server.shutdown(0).catch(() => {});
  // An application that never ends is not waited for.
  host.advance(1);
  await over;
  return results;
}

/** A fence's text as `play` gives it: the wire's own line breaks do not count. */
export const expectedText = ({ kind, text }: Fence): string => (kind === 'wire' ? text.replaceAll(/(?<!\\r\\n)\n/g, '').replaceAll(/(\\r\\n)\n?/g, '$1\n').trimEnd() : text);

/** Equal lines in a row become one with a number. */
function collapse(lines: string[], line: string): string[] {
  const [, text, count] = /^(.*?)(?: × (\d+))?$/s.exec(lines.at(-1) ?? '') ?? [];
  if (lines.length > 0 && text === line) lines[lines.length - 1] = `${line} × ${Number(count ?? 1) + 1}`;
  else lines.push(line);
  return lines;
}

const at = (site: SourceSite | undefined): string => (site === undefined ? '' : ` @${site.line}`);

/** One line for an event about the application; undefined for the others, unless asked for. */
function traceLine(event: TraceInput, show: readonly string[]): string | undefined {
  switch (event.type) {
    case 'app.call': return `call ${event.interface}`;
    case 'app.return': return `return ${event.kind}`;
    case 'app.start': return `start ${event.status}${event.headers.map(([name, value]) => ` | ${name}: ${value}`).join('')}${at(event.site)}`;
    case 'app.body': return `body ${event.via} ${event.size}${event.more ? ' more' : ''}${at(event.site)}`;
    case 'app.read': return `read ${event.call} ${event.size}${at(event.site)}`;
    case 'app.message': return `${event.direction} ${event.message}${event.detail === '' ? '' : ` ${event.detail}`}${at(event.site)}`;
    case 'app.close': return 'close';
    case 'app.error': return `error ${event.name}, ${event.stage}: ${event.message}${at(event.site)}`;
    case 'app.violation': return `violation ${event.clause} ${event.code}${at(event.site)}`;
    case 'socket.data': return event.flow === 'send' && show.includes('send') ? `sent ${event.bytes.length} octets` : undefined;
    case 'http.dropped': return `dropped ${event.name} ${event.clause}`;
    case 'gateway.environ':
    case 'gateway.scope': {
      const wanted = event.entries.filter(({ key }) => show.includes(key) || show.includes('*'));
      return wanted.length === 0 ? undefined : wanted.map(({ key, value, kind, origin }) => `${key} = ${value} (${kind}, ${origin.from === 'bytes' ? origin.spans.map((span) => span.join('-')).join(' ') : origin.from === 'setting' ? origin.name : 'gateway'})`).join('\n');
    }
    default: return undefined;
  }
}
