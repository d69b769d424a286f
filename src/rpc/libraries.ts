/**
 * Modules that a snippet can import and that are too large to be in every process: the page hands them over with the job, to
 * those that ask.
 */
export const libraries = ['porthole/frameworks/flasklike', 'porthole/frameworks/fastapilike'] as const;

/** Specifier of one. */
export type Library = (typeof libraries)[number];

/** Libraries that these files speak of. A name in a comment brings one too many, which does no harm. */
export function librariesIn(files: Readonly<Record<string, string>>): Library[] {
  const texts = Object.values(files);
  return libraries.filter((name) => texts.some((text) => text.includes(name)));
}
