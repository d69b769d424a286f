/** Which packages a program imports: what is neither Python's own nor a file of the snippet. */
import { normaliseName, type Requirement } from './requirement.ts';

/** `sys.stdlib_module_names` of Python 3.14, and what Pyodide adds; `test/python/private.test.ts` compares. */
export const standardModules: ReadonlySet<string> = new Set((`
abc annotationlib antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile
calendar cmath cmd code codecs codeop collections colorsys compileall compression concurrent configparser contextlib
contextvars copy copyreg csv ctypes curses dataclasses datetime dbm decimal difflib dis doctest email encodings
ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt
getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib importlib inspect io ipaddress
itertools json keyword linecache locale logging lzma mailbox marshal math mimetypes mmap modulefinder msvcrt
multiprocessing netrc nt ntpath nturl2path numbers opcode operator optparse os pathlib pdb pickle pickletools pkgutil
platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat
queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil
signal site smtplib socket socketserver sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string
stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios textwrap this threading
time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata
unittest urllib uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile zipimport
zlib zoneinfo _pyodide pyodide pyodide_js js
`).trim().split(/\s+/));

/** Packages that are called otherwise than what is imported of them. */
const packageNames: Readonly<Record<string, string>> = {
  attr: 'attrs', bs4: 'beautifulsoup4', dateutil: 'python-dateutil', dotenv: 'python-dotenv', jwt: 'pyjwt', multipart: 'python-multipart', PIL: 'pillow', sklearn: 'scikit-learn', yaml: 'pyyaml',
};

/** Requirements without versions, for the top names that the snippet's Python files import. */
export function importedPackages(files: Readonly<Record<string, string>>): Requirement[] {
  const own = new Set(Object.keys(files).flatMap((path) => path.split('/').map((part) => part.replace(/\.py$/, ''))));
  const names = new Set<string>();
  for (const [path, text] of Object.entries(files)) {
    if (!path.endsWith('.py')) continue;
    // At the left edge or indented, but not within brackets or strings over several lines: those are rarely `import x`.
    for (const [, from, list] of withoutStrings(text).matchAll(/^[ \t]*(?:from[ \t]+([A-Za-z_]\w*)[\w.]*[ \t]+import\b|import[ \t]+([^\n;#]+))/gm)) {
      for (const name of from !== undefined ? [from] : list!.split(',').map((each) => /^\s*(\w+)/.exec(each)?.[1] ?? '')) names.add(name);
    }
  }
  return [...names].filter((name) => name !== '' && !name.startsWith('_') && !standardModules.has(name) && !own.has(name))
    .map((name) => ({ name: normaliseName(packageNames[name] ?? name), extras: [], specifier: '', marker: '', hashes: [] }));
}

/** Docstrings often show how a thing is imported. */
const withoutStrings = (text: string): string => text.replaceAll(/"""[^]*?"""|'''[^]*?'''/g, '""');
