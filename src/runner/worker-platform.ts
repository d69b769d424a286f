import type { Platform } from './platform.ts';
import { workerPyodide } from './worker-python.ts';

/** A Web Worker of the sandbox frame. */
export const workerPlatform: Platform = {
  async evaluate(code) {
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    try {
      return (await import(/* @vite-ignore */ url)) as unknown;
    } finally {
      URL.revokeObjectURL(url);
    }
  },

  pyodide: (assets) => workerPyodide(assets, workerPlatform.evaluate),

  onUncaught(listener) {
    // Prevented, or the error would go on to the frame and from there to the visitor's developer tools.
    self.addEventListener('error', (event) => {
      event.preventDefault();
      listener(event.error ?? event.message, 'error');
    });
    self.addEventListener('unhandledrejection', (event) => {
      event.preventDefault();
      listener(event.reason, 'rejection');
    });
  },

  onClose(listener) {
    const { close } = self;
    self.close = () => {
      listener('the program called close()');
      close.call(self);
    };
  },

  console,
};
