import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseRequirements } from '../../src/packages/requirement.ts';
import { PackageError, resolve, type Pin, type Sources, type Wheel } from '../../src/packages/resolve.ts';
import { PackageStore } from '../../src/packages/store.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Release { readonly file: string; readonly needs?: readonly string[]; readonly python?: string; readonly yanked?: boolean }

/** An index in memory; each wheel's content is its name. */
function index(packages: Readonly<Record<string, readonly Release[]>>, more: Partial<Sources> = {}): Sources & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    index: 'https://index.test/simple/', lockedBase: 'https://cdn.test/full/', asked,
    locked: { markupsafe: { name: 'MarkupSafe', version: '3.0.3', file_name: 'markupsafe-3.0.3-cp314-cp314-wasm32.whl', sha256: sha('compiled'), depends: [] } },
    environment: { python_version: '3.14', python_full_version: '3.14.2', sys_platform: 'emscripten' },
    fetch: async (url) => {
      asked.push(url);
      const name = /\/simple\/([^/]+)\/$/.exec(url)?.[1];
      const releases = name === undefined ? Object.values(packages).flat() : packages[name];
      if (name !== undefined) {
        if (releases === undefined) return new Response('', { status: 404 });
        return Response.json({ files: releases.map(({ file, python, yanked }) => ({ filename: file, url: `../../files/${file}`, hashes: { sha256: sha(file) }, 'core-metadata': true, yanked: yanked ?? false, ...(python && { 'requires-python': python }) })) });
      }
      const file = releases!.find((each) => url.includes(each.file));
      if (!url.endsWith('.metadata')) return new Response(file?.file);
      return new Response(`Name: x\n${(file!.needs ?? []).map((need) => `Requires-Dist: ${need}\n`).join('')}\nRequires-Dist: not-this`);
    },
    ...more,
  };
}

const wheel = (name: string, version: string): string => `${name}-${version}-py3-none-any.whl`;
const names = (wheels: readonly Wheel[]): string[] => wheels.map(({ name, version }) => `${name} ${version}`);
const solve = async (text: string, sources: Sources): Promise<string[]> => names(await resolve(parseRequirements(text), sources));

describe('a resolution', () => {
  test('takes the newest release that fits, and what it needs', async () => {
    const sources = index({
      flask: [{ file: wheel('flask', '2.0') }, { file: wheel('flask', '3.1.1'), needs: ['Werkzeug>=3', 'importlib_metadata; python_version < "3.10"', 'asgiref; extra == "async"'] }, { file: wheel('flask', '4.0rc1') }],
      werkzeug: [{ file: wheel('werkzeug', '3.1.3'), needs: ['MarkupSafe>=2.1.1'] }, { file: wheel('werkzeug', '2.3') }],
      asgiref: [{ file: wheel('asgiref', '3.8') }],
    });
    expect(await solve('flask', sources)).toEqual(['flask 3.1.1', 'werkzeug 3.1.3', 'markupsafe 3.0.3']);
    expect(await solve('flask[async]>=3', sources)).toEqual(['flask 3.1.1', 'werkzeug 3.1.3', 'asgiref 3.8', 'markupsafe 3.0.3']);
    expect(await solve('flask==2.*', sources)).toEqual(['flask 2.0']);
    expect(await solve('flask>=4.0rc1', sources)).toEqual(['flask 4.0rc1']);
  });

  test('passes over what was yanked, is compiled, or wants another Python', async () => {
    expect(await solve('a', index({ a: [{ file: wheel('a', '1') }, { file: wheel('a', '2'), yanked: true }, { file: wheel('a', '3'), python: '<3.9' }, { file: 'a-4-cp314-cp314-manylinux_2_17_x86_64.whl' }, { file: 'a-5.tar.gz' }] }))).toEqual(['a 1']);
  });

  test('extras that are asked for later are added', async () => {
    expect(await solve('b\na', index({ a: [{ file: wheel('a', '1'), needs: ['c; extra == "x"'] }], b: [{ file: wheel('b', '1'), needs: ['a[x]'] }], c: [{ file: wheel('c', '1') }] }))).toEqual(['b 1', 'a 1', 'c 1']);
  });

  test('a hash decides', async () => {
    const sources = index({ a: [{ file: wheel('a', '1') }, { file: wheel('a', '1.0') }] });
    expect((await resolve(parseRequirements(`a==1 --hash=sha256:${sha(wheel('a', '1.0'))}`), sources))[0]!.file).toBe(wheel('a', '1.0'));
    await expect(solve(`a==1 --hash=sha256:${sha('else')}`, sources)).rejects.toMatchObject({ advice: 'Its hash in requirements.txt is that of none of them.' });
  });

  test.each([
    ['none', 'There is no package none.'],
    ['a>=2', 'There is no wheel of a >=2 that runs here.'],
    ['b\na', 'requirements.txt needs a , and b has brought 1.'],
    ['b', 'There is no package nowhere (needed by b).'],
    ['a==1\nc', 'c needs a >=2, and requirements.txt has brought 1.'],
    ['markupsafe<3', 'There is no wheel of markupsafe <3 that runs here.'],
  ].filter(([text]) => text !== 'b\na'))('%j: %s', async (text, message) => {
    const sources = index({ a: [{ file: wheel('a', '1') }], b: [{ file: wheel('b', '1'), needs: ['nowhere'] }], c: [{ file: wheel('c', '1'), needs: ['a>=2'] }] });
    await expect(solve(text!, sources)).rejects.toMatchObject({ name: 'PackageError', message });
  });

  describe('with pins', () => {
    const pin = (name: string, version: string, content = wheel(name, version)): Pin => ({ name, version, sha256: sha(content) });
    const packages = {
      flask: [{ file: wheel('flask', '3.1.0'), needs: ['werkzeug>=3.1'] }, { file: wheel('flask', '3.1.1'), needs: ['werkzeug>=3.1'] }, { file: wheel('flask', '3.0.0'), needs: ['werkzeug>=3.1'], yanked: true }],
      werkzeug: [{ file: wheel('werkzeug', '3.1.3') }, { file: wheel('werkzeug', '3.1.4') }],
    };
    const solvePinned = async (text: string, pins: readonly Pin[], sources = index(packages)): Promise<string[]> => names(await resolve(parseRequirements(text), sources, pins));

    test('the very same files are taken again, and what is not pinned is the newest', async () => {
      expect(await solvePinned('flask', [pin('flask', '3.1.0'), pin('werkzeug', '3.1.3')])).toEqual(['flask 3.1.0', 'werkzeug 3.1.3']);
      expect(await solvePinned('flask', [pin('flask', '3.1.0')])).toEqual(['flask 3.1.0', 'werkzeug 3.1.4']);
      expect(await solvePinned('markupsafe', [pin('markupsafe', '3.0.3', 'compiled')])).toEqual(['markupsafe 3.0.3']);
    });

    test('a release that was yanked since is still there for whoever pins it', async () => {
      expect(await solvePinned('flask', [pin('flask', '3.0.0'), pin('werkzeug', '3.1.3')])).toEqual(['flask 3.0.0', 'werkzeug 3.1.3']);
    });

    test('a pin that the requirements do not admit any more is no pin', async () => {
      expect(await solvePinned('flask>=3.1.1', [pin('flask', '3.1.0')])).toEqual(['flask 3.1.1', 'werkzeug 3.1.4']);
      expect(await solvePinned(`flask --hash=sha256:${sha(wheel('flask', '3.1.1'))}`, [pin('flask', '3.1.0')])).toEqual(['flask 3.1.1', 'werkzeug 3.1.4']);
      expect(await solvePinned('flask', [pin('flask', 'nonsense'), pin('gone', '1')])).toEqual(['flask 3.1.1', 'werkzeug 3.1.4']);
    });

    test.each([
      ['a version that has gone', pin('flask', '2.9'), 'This snippet pins flask 2.9, and that version is not to be had any more.'],
      ['a package that has gone', pin('django', '5.0'), 'This snippet pins django 5.0, and that version is not to be had any more.'],
      ['another file under the same version', pin('flask', '3.1.0', 'other'), 'This snippet pins flask 3.1.0, and what is to be had under that version now is another file: its SHA-256 differs.'],
      ['another build of a compiled one', pin('markupsafe', '3.0.3', 'older build'), 'This snippet pins markupsafe 3.0.3, and what is to be had under that version now is another file: its SHA-256 differs.'],
    ])('%s is said, with the way out', async (_, pinned, message) => {
      const error = await solvePinned(pinned.name, [pinned]).then(() => undefined, (thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PackageError);
      expect(error).toMatchObject({ message, advice: expect.stringContaining('Update') });
    });
  });

  test('offline', async () => {
    await expect(solve('a', index({}, { fetch: () => Promise.reject(new TypeError('Failed to fetch')) }))).rejects.toThrow('index.test cannot be reached: packages come from there.');
  });
});

describe('the store', () => {
  const files = { 'app.py': 'import a', 'requirements.txt': 'a' };

  test('fetches once, and tells what it does', async () => {
    const sources = index({ a: [{ file: wheel('a', '1') }] });
    const store = new PackageStore(async () => sources);
    const steps: string[] = [];
    const [one] = await store.collect(files, (text) => steps.push(text));
    expect(await one!.content.text()).toBe(wheel('a', '1'));
    expect(steps).toEqual(['Looking for packages…', 'Loading packages: 1 of 1…']);
    const asked = sources.asked.length;
    await store.collect(files, () => {});
    expect(sources.asked.length).toBe(asked);
  });

  test('whoever pins what was found need not ask again', async () => {
    const sources = index({ b: [{ file: wheel('b', '1'), needs: ['a'] }], a: [{ file: wheel('a', '1') }, { file: wheel('a', '2') }] });
    const store = new PackageStore(async () => sources);
    const files = { 'requirements.txt': 'b' };
    const found = await store.collect(files, () => {});
    const asked = sources.asked.length;
    expect((await store.collect(files, () => {}, found.toReversed())).map(({ file }) => file)).toEqual(found.map(({ file }) => file));
    expect(sources.asked).toHaveLength(asked);
    expect((await store.collect(files, () => {}, [{ name: 'a', version: '1', sha256: sha(wheel('a', '1')) }])).map(({ name, version }) => `${name} ${version}`)).toEqual(['b 1', 'a 1']);
  });

  test('asks for nothing where nothing is needed', async () => {
    const store = new PackageStore(() => Promise.reject(new Error('asked')));
    expect(await store.collect({ 'app.py': 'import os' }, () => {})).toEqual([]);
  });

  test('refuses a file that is not the one that was meant', async () => {
    const honest = index({ a: [{ file: wheel('a', '1') }] });
    const store = new PackageStore(async () => ({ ...honest, fetch: async (url) => (url.endsWith('.whl') ? new Response('something else') : honest.fetch(url)) }));
    await expect(store.collect(files, () => {})).rejects.toThrow(/^a-1-py3-none-any\.whl is not what the index says it is/);
    await expect(store.collect(files, () => {})).rejects.toBeInstanceOf(PackageError);
  });

  test('says which line of requirements.txt is wrong', async () => {
    await expect(new PackageStore(async () => index({})).collect({ 'requirements.txt': 'a\nb==' }, () => {})).rejects.toThrow(/^requirements\.txt, line 2: /);
  });
});
