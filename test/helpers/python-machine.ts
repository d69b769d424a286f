/** Machines whose processes have a Python, as in the page: in Node's threads. For tests of the project `jspi`. */
import { compiledStdlib } from '../../scripts/python-stdlib.ts';
import { expect } from 'vitest';
import type { ProgramStatus } from '../../src/machine/program-types.ts';
import type { PythonSource } from '../../src/machine/python.ts';
import { PackageStore } from '../../src/packages/store.ts';
import type { SnippetProgram } from '../../src/snippet/schema.ts';
import { rig, type Rig } from '../machine/rig.ts';
import type { DebianWheel } from './debian-wheels.ts';
import { createNodeSpawner, type NodePython } from './spawner-node.ts';

let snapshot: Blob | undefined;

/** What a page gives its processes to start a Python from. The files themselves are in `node_modules` here. */
export function pythonSource(wheels: readonly DebianWheel[] = []): PythonSource {
  const store = new PackageStore(async () => ({
    index: 'https://index.test/simple/', locked: {}, lockedBase: 'https://index.test/', environment: { python_version: '3.14', python_full_version: '3.14.2', sys_platform: 'emscripten' },
    fetch: async (url) => answer(String(url), wheels),
  }));
  return {
    fetch: async () => ({ files: {} as Awaited<ReturnType<PythonSource['fetch']>>['files'], lockInfo: '{}', ...(snapshot && { snapshot }) }),
    keep: (octets) => void (snapshot = new Blob([octets])),
    packages: (files, step) => store.collect(files, step),
  };
}

/** An index as PEP 691 and PEP 658 describe it. */
function answer(url: string, wheels: readonly DebianWheel[]): Response {
  const name = /\/simple\/([^/]+)\/$/.exec(url)?.[1];
  const own = wheels.filter((wheel) => wheel.name === name);
  const wheel = wheels.find(({ file }) => url.includes(`/${file}`));
  if (wheel) return new Response(url.endsWith('.metadata') ? wheel.metadata : new Uint8Array(wheel.content));
  if (own.length === 0) return new Response('', { status: 404 });
  return Response.json({ files: own.map(({ file, sha256 }) => ({ filename: file, url: `https://index.test/${file}`, hashes: { sha256 }, 'core-metadata': true })) });
}

/** A machine with real processes that have a Python. */
export async function pythonRig(wheels: readonly DebianWheel[] = [], more: Partial<NodePython> = {}): Promise<Rig> {
  return rig(createNodeSpawner({ pyodide: import.meta.resolve('pyodide'), stdlib: await compiledStdlib(), ...more }), pythonSource(wheels));
}

/** A script of a snippet, in Python. */
export const script = (name: string, more: Partial<SnippetProgram> = {}): SnippetProgram => ({ name, kind: 'script', entry: `${name}.py`, ...more });

/** Resolves with the status of a program once it has ended. */
export async function ended({ machine, seen }: Rig, name: string): Promise<ProgramStatus> {
  const look = (): ProgramStatus | undefined => machine.status.programs?.find((program) => program.name === name && ['exited', 'failed'].includes(program.state));
  await seen((event) => event.type === 'process.exit' && event.detail.startsWith(name));
  await expect.poll(look).toBeDefined();
  return look()!;
}

/** Run one script, `main.py`, to its end. */
export async function runPython(files: Readonly<Record<string, string>>, more: Partial<SnippetProgram> = {}, wheels: readonly DebianWheel[] = []): Promise<{ status: ProgramStatus; logs: string[]; rig: Rig }> {
  const made = await pythonRig(wheels);
  await made.run(files, { programs: [script('main', more)] });
  const status = await ended(made, 'main');
  return { status, logs: made.logs(), rig: made };
}
