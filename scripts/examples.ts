/**
 * Usage: tsx scripts/examples.ts [--check]
 *
 * Writes `src/examples/catalogue.generated.ts`: the text of the files in each example's folder, so that the page and the package
 * carry them without reading a disk. `example.ts` describes the example and is not part of it.
 * With --check nothing is written; exit code 1 says that the file is out of date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'src/examples');
const target = join(folder, 'catalogue.generated.ts');

const asked = process.argv.slice(2);
if (asked.some((argument) => argument !== '--check')) {
  console.error('Usage: tsx scripts/examples.ts [--check]');
  process.exit(2);
}

const catalogue = Object.fromEntries(subfolders().map((id) => [id, texts(join(folder, id))]));
const wanted = `// Written by scripts/examples.ts from the folders beside this file. Do not edit.

/** Files of each example: id to path to text. */
export const exampleFiles: Readonly<Record<string, Readonly<Record<string, string>>>> = ${JSON.stringify(catalogue, null, 2)};
`;

if (asked.includes('--check')) {
  const upToDate = existsSync(target) && readFileSync(target, 'utf8') === wanted;
  if (!upToDate) console.error(`${relative(root, target)} is out of date; run: tsx scripts/examples.ts`);
  process.exit(upToDate ? 0 : 1);
}
writeFileSync(target, wanted);

function subfolders(): string[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).toSorted();
}

/** `app.ts` first: it is the file that the page shows first. */
function texts(exampleFolder: string): Record<string, string> {
  const paths = readdirSync(exampleFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(exampleFolder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => path !== 'example.ts')
    .toSorted((a, b) => Number(b.startsWith('app.')) - Number(a.startsWith('app.')) || (a < b ? -1 : 1));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(exampleFolder, path), 'utf8').replaceAll('\r\n', '\n')]));
}
