import { lockUrl, packagesUrl } from 'virtual:porthole-python';
import type { LockedPackage } from '../packages/resolve.ts';
import { PackageStore } from '../packages/store.ts';

/** PyPI. The page's policy admits it, and the host that its files are at (`index.html`, `docs/hosting.md`). */
const index = 'https://pypi.org/simple/';

interface Lock {
  readonly info: { readonly python: string };
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Packages from PyPI, and from Pyodide's own list. Loaded with the first Python program. */
export const packageStore = (): PackageStore => new PackageStore(async () => {
  const { info, packages } = (await (await fetch(lockUrl)).json()) as Lock;
  return {
    index,
    locked: packages,
    lockedBase: packagesUrl,
    environment: {
      python_version: info.python.split('.').slice(0, 2).join('.'), python_full_version: info.python, sys_platform: 'emscripten', os_name: 'posix', platform_system: 'Emscripten',
      platform_machine: 'wasm32', platform_python_implementation: 'CPython', implementation_name: 'cpython', implementation_version: info.python,
    },
    fetch: (url, init) => fetch(url, init),
  };
});
