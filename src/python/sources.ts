/** The Python half of the bridge (`bridge/*.py`), as files of a package that is imported from within Python. */
import asgi from './bridge/asgi.py?raw';
import border from './bridge/border.py?raw';
import init from './bridge/__init__.py?raw';
import loader from './bridge/loader.py?raw';
import output from './bridge/output.py?raw';
import sites from './bridge/sites.py?raw';
import threads from './bridge/threads.py?raw';
import wsgi from './bridge/wsgi.py?raw';

/** Name of the package. */
export const bridgePackage = '_porthole';

/** File name to text. */
export const bridgeSources: Readonly<Record<string, string>> = {
  '__init__.py': init, 'asgi.py': asgi, 'border.py': border, 'loader.py': loader, 'output.py': output, 'sites.py': sites, 'threads.py': threads, 'wsgi.py': wsgi,
};
