/** Where the page looks for packages, played by a test, with wheels that are made of Debian's packages. */
import type { DebianWheel } from '../helpers/debian-wheels.ts';
import type { Visitor } from './visitor.ts';
import { excuse } from './visitor.ts';

/** Answer for PyPI. Gives the addresses that were asked for, and `done`, to be called at the end. */
export async function playIndex({ page, complaints }: Visitor, wheels: readonly DebianWheel[]): Promise<{ readonly asked: string[]; readonly done: () => void }> {
  const asked: string[] = [];
  await page.route(/^https:\/\/(?:pypi\.org|files\.pythonhosted\.org)\//, async (route) => {
    const url = route.request().url();
    asked.push(url);
    const headers = { 'Access-Control-Allow-Origin': '*' };
    const name = /\/simple\/([^/]+)\/$/.exec(url)?.[1];
    const own = wheels.filter((wheel) => wheel.name === name);
    const wheel = wheels.find(({ file }) => url.includes(`/${file}`));
    if (wheel !== undefined) return route.fulfill({ headers, body: url.endsWith('.metadata') ? wheel.metadata : wheel.content });
    if (own.length === 0) return route.fulfill({ headers, status: 404 });
    return route.fulfill({ headers, json: { files: own.map(({ file, sha256 }) => ({ filename: file, url: `https://files.pythonhosted.org/${file}`, hashes: { sha256 }, 'core-metadata': true })) } });
  });
  return { asked, done: () => excuse(complaints, (complaint) => /^request to https:\/\/(?:pypi|files\.pythonhosted)\.org/.test(complaint)) };
}
