import type { PyodideAPI } from 'pyodide';

/**
 * Python's standard library as an archive of compiled modules, made by a Python that runs. The archive that Pyodide ships holds
 * sources, and every start would compile some 190 of them; with this one (`stdLibURL`) a start takes a third of the time.
 * The same octets each time.
 */
export function compileStdlib(pyodide: PyodideAPI): Uint8Array {
  pyodide.runPython(compile);
  return pyodide.FS.readFile('/tmp/stdlib.zip') as Uint8Array;
}

const compile = `
import importlib._bootstrap_external as external, importlib.util, sys, zipfile
source = zipfile.ZipFile(next(path for path in sys.path if path.endswith('.zip')))
with zipfile.ZipFile('/tmp/stdlib.zip', 'w', zipfile.ZIP_DEFLATED) as target:
    for name in sorted(source.namelist()):
        if name.endswith('/'):
            continue
        data = source.read(name)
        if name.endswith('.py'):
            code = compile(data, f'{source.filename}/{name}', 'exec', dont_inherit=True)
            # Unchecked: there is no source beside it to be checked against.
            data = external._code_to_hash_pyc(code, importlib.util.source_hash(data), False)
            name += 'c'
        target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
`;
