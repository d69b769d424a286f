import type { Plugin } from 'vite';
import { examples, exampleSnippet, type Example } from '../../src/examples/index.ts';

const name = 'virtual:porthole-examples';
const resolved = `\0${name}`;

const text = (example: Example): string => JSON.stringify({ snippet: exampleSnippet(example), lesson: example.lesson });

/**
 * Gives the page the catalogue: `virtual:porthole-examples` holds the menu and the first example, and a way to fetch each of
 * the others by itself. So the first paint carries one example, however many there are.
 */
export function portholeExamples(): Plugin {
  return {
    name: 'porthole-examples',
    resolveId: (id) => (id === name || id.startsWith(`${name}/`) ? `\0${id}` : undefined),
    load(id) {
      if (id === resolved) {
        const menu = examples.map(({ id, title, group }) => ({ name: id, title, group }));
        const [first, ...others] = examples;
        return [
          `export const menu = ${JSON.stringify(menu)};`,
          `const first = ${text(first!)};`,
          `export const load = {`,
          `  ${JSON.stringify(first!.id)}: async () => first,`,
          ...others.map(({ id }) => `  ${JSON.stringify(id)}: async () => (await import(${JSON.stringify(`${name}/${id}`)})).default,`),
          '};',
        ].join('\n');
      }
      const example = examples.find(({ id: own }) => id === `${resolved}/${own}`);
      return example && `export default ${text(example)};`;
    },
  };
}
