import type { Snippet } from './schema.ts';

/**
 * What a missing member means. Links leave defaults out, so these are part of the format of version 1:
 * changing one changes what every existing link says. They may only change together with `v` and a step in `migrate.ts`.
 */
const frozen = {
  lang: 'ts',
  interface: 'auto',
} as const satisfies Partial<Snippet>;

/** The language of a snippet that names none. */
export const defaultLang: Snippet['lang'] = frozen.lang;

/** The interface of a snippet that names none. */
export const defaultInterface: Snippet['interface'] = frozen.interface;

/** The entry of a snippet that names none: `app.ts:app`, `app.js:app`, `app.py:app`. */
export const defaultEntry = (lang: Snippet['lang']): string => `app.${lang}:app`;

/**
 * The snippet as it is written into a link: a copy without the members that say what would be assumed anyway.
 * Members of `server`, `network` and `view` are all kept: there a missing member means "as the engine likes", a present one was chosen.
 */
export function withoutDefaults(snippet: Snippet): Record<string, unknown> {
  const { lang, interface: spoken, entry, requests, server, network, view, ...rest } = snippet;
  const isEmpty = (value: object): boolean => Object.keys(value).length === 0;
  return {
    ...rest,
    ...(lang === frozen.lang ? {} : { lang }),
    ...(spoken === frozen.interface ? {} : { interface: spoken }),
    ...(entry === defaultEntry(lang) ? {} : { entry }),
    ...(requests.length === 0 ? {} : { requests }),
    ...(isEmpty(server) ? {} : { server }),
    ...(isEmpty(network) ? {} : { network }),
    ...(isEmpty(view) ? {} : { view }),
  };
}
