"""Worker threads for synchronous endpoints, in a Python that has no threads: the function runs where it is called.

`asyncio.to_thread` does so already here (Pyodide's event loop has an executor that runs inline). anyio, which Starlette and
FastAPI use, starts threads of its own; it is told the same when it is imported.
"""

import contextvars
import importlib.abc
import importlib.util
import sys

_anyio_backend = 'anyio._backends._asyncio'


async def _run_here(cls, func, args, abandon_on_cancel=False, limiter=None):
    # In a turn of the loop of its own: there, `time.sleep` and the like suspend this task only, if the platform can switch stacks.
    await cls.checkpoint()
    return contextvars.copy_context().run(func, *args)


class _Patch(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the one module as usual, and changes it when it has been executed."""

    def find_spec(self, name, path, target=None):
        if name != _anyio_backend:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        self._loader = spec.loader
        spec.loader = self
        return spec

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._loader.exec_module(module)
        module.AsyncIOBackend.run_sync_in_worker_thread = classmethod(_run_here)


_patch = _Patch()


def install():
    """Before any user code is imported."""
    sys.meta_path.insert(0, _patch)


def uninstall():
    """For a program that has threads (`green.py`)."""
    if _patch in sys.meta_path:
        sys.meta_path.remove(_patch)
