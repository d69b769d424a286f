/**
 * The loader's hooks for Node 20, which runs them in a thread of their own: an entry file, see `loader.ts`.
 */
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { explain, load as loadSource, redirect, reportImport } from './loader.ts';

let port: MessagePort | undefined;

/** The other thread hears on this port which files are imported. */
export const initialize: InitializeHook<MessagePort> = (given) => { port = given; };

export const resolve: ResolveHook = async (specifier, context, next) => {
  try {
    return await next(redirect(specifier, context.parentURL) ?? specifier, context);
  } catch (error) {
    throw explain(error, specifier, context.parentURL);
  }
};

export const load: LoadHook = async (url, context, next) => {
  reportImport(url, (files) => port?.postMessage(files));
  const source = loadSource(url);
  return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
};
