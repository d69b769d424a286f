/**
 * The loader's hooks for Node 20, which runs them in a thread of their own: an entry file, see `loader.ts`.
 */
import type { LoadHook, ResolveHook } from 'node:module';
import { explain, load as loadSource, redirect } from './loader.ts';

export const resolve: ResolveHook = async (specifier, context, next) => {
  try {
    return await next(redirect(specifier, context.parentURL) ?? specifier, context);
  } catch (error) {
    throw explain(error, specifier, context.parentURL);
  }
};

export const load: LoadHook = async (url, context, next) => {
  const source = loadSource(url);
  return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
};
