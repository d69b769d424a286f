import type { GatewayApp } from '../gateway/detect.ts';
import type { SiteReader } from '../gateway/site.ts';
import type { SourceSite } from '../trace/events.ts';
import { asgiApp } from './asgi-app.ts';
import type { Python } from './boot.ts';
import type { Bridge } from './bridge.ts';
import { PythonException } from './exception.ts';
import { placeInTraceback } from './place.ts';
import { siteOfBlock, wsgiApp } from './wsgi-app.ts';

/** Which application. */
export interface PythonTarget {
  /** Folder in Python's file system that the user's files are below. */
  readonly root: string;
  /** File below it, with `/` between folders. */
  readonly file: string;
  /** What in it; `app` or `application` where that is ''. */
  readonly name: string;
  readonly interface: 'auto' | 'wsgi' | 'asgi' | 'fetch';
  /** Call what is named to get the application. */
  readonly factory?: boolean;
}

/** An application of Python's, as one of this gateway. */
export interface PythonApp {
  readonly app: GatewayApp;
  readonly sites: SiteReader;
}

/** It could not be loaded. */
export class PythonLoadError extends Error {
  override readonly name = 'PythonLoadError';
  /** Name of the kind of error: `ImportError`, `SyntaxError`, … */
  readonly kind: string;
  readonly advice: string;
  readonly site: SourceSite | undefined;
  /** Where it was an exception of the user's code: its traceback. */
  readonly traceback: string | undefined;

  constructor(kind: string, message: string, advice: string, details: { readonly site?: SourceSite | undefined; readonly traceback?: string | undefined } = {}) {
    super(message);
    this.kind = kind;
    this.advice = advice;
    this.site = details.site;
    this.traceback = details.traceback;
  }
}

interface Loaded { readonly number: number; readonly interface: 'wsgi' | 'asgi'; readonly name: string }
interface Problem { readonly kind: string; readonly message: string; readonly advice: string }

/** Import and classify. Throws {@link PythonLoadError}. */
export function loadPythonApp({ bridge }: Python, target: PythonTarget): PythonApp {
  let text: string | undefined;
  try {
    text = bridge.enter(() => bridge.loader.load(target.root, target.file, target.name, target.interface, target.factory === true));
  } catch (error) {
    throw importError(error, target.file);
  }
  const answer = JSON.parse(text!) as Loaded | { readonly problem: Problem };
  if ('problem' in answer) {
    const { kind, message, advice } = answer.problem;
    throw new PythonLoadError(kind, message, advice, { site: { file: target.file, line: 1 } });
  }
  const { number, interface: kind } = answer;
  const name = `${target.file}:${answer.name}`;
  const app: GatewayApp = kind === 'wsgi' ? { interface: 'wsgi', app: wsgiApp(bridge, number), name } : { interface: 'asgi', app: asgiApp(bridge, number), name };
  return { app, sites: pythonSites(bridge) };
}

function importError(error: unknown, file: string): unknown {
  if (!(error instanceof PythonException)) return error;
  const { name, message, stack, site } = error;
  const missing = name === 'ModuleNotFoundError' ? /No module named '([^']+)'/.exec(message)?.[1] : undefined;
  const advice = missing === undefined ? `This happened while ${file} was being imported, before any request.` : `Is ${missing.split('.')[0]} a package that has to be installed, or a file with another name?`;
  return new PythonLoadError(name, message, advice, { site, traceback: stack });
}

/** Finds the user's lines on Python's stack. */
const pythonSites = (bridge: Bridge): SiteReader => ({
  here: () => bridge.here(),
  of: (error) => (error instanceof PythonException ? error.site : placeInTraceback((error as { readonly stack?: string } | undefined)?.stack ?? '')),
  gave: (value) => siteOfBlock(bridge, value),
});
