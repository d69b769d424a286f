/** The Python half of the bridge (`bridge/*.py`), as files of a package that is imported from within Python. */
import asgi from './bridge/asgi.py?raw';
import border from './bridge/border.py?raw';
import green from './bridge/green.py?raw';
import init from './bridge/__init__.py?raw';
import libraries from './bridge/libraries.py?raw';
import loader from './bridge/loader.py?raw';
import locals from './bridge/locals.py?raw';
import output from './bridge/output.py?raw';
import script from './bridge/script.py?raw';
import sites from './bridge/sites.py?raw';
import sockets from './bridge/sockets.py?raw';
import threads from './bridge/threads.py?raw';
import wsgi from './bridge/wsgi.py?raw';

/** Name of the package. */
export const bridgePackage = '_porthole';

/** File name to text. */
export const bridgeSources: Readonly<Record<string, string>> = {
  '__init__.py': init, 'asgi.py': asgi, 'border.py': border, 'green.py': green, 'libraries.py': libraries, 'loader.py': loader, 'locals.py': locals, 'output.py': output, 'script.py': script,
  'sites.py': sites, 'sockets.py': sockets, 'threads.py': threads, 'wsgi.py': wsgi,
};
