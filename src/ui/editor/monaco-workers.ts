/**
 * Monaco's workers. `?worker` rather than Monaco's own `new URL(…)`: Vite copies the latter without bundling what it imports.
 */
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import JsonWorker from 'monaco-editor/languages/features/json/json.worker?worker';
import TsWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker';

let startTypeScript: () => void = () => {};
const typeScriptWanted = new Promise<void>((resolve) => { startTypeScript = resolve; });

self.MonacoEnvironment = {
  getWorker(_moduleId, label) {
    if (label === 'typescript' || label === 'javascript') return typeScriptWanted.then(() => new TsWorker());
    return label === 'json' ? new JsonWorker() : new EditorWorker();
  },
};

/** Monaco asks for the TypeScript worker (a megabyte) as soon as it shows a script. It gets it once this has been called. */
export function wantTypeScript(): void {
  startTypeScript();
}
