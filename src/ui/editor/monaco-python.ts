import { languages } from 'monaco-editor/editor';
import { pythonTemplates } from './python-templates.ts';

/** Offer our beginnings where a word begins a line of a Python file. */
export function setUpPython(): void {
  languages.registerCompletionItemProvider('python', {
    provideCompletionItems(model, position) {
      const word = model.getWordUntilPosition(position);
      const before = model.getLineContent(position.lineNumber).slice(0, word.startColumn - 1);
      if (before.trim() !== '') return { suggestions: [] };
      const range = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn: word.startColumn, endColumn: word.endColumn };
      return {
        suggestions: pythonTemplates.map(({ label, detail, body }) => ({
          label, detail, range, insertText: body, kind: languages.CompletionItemKind.Snippet, insertTextRules: languages.CompletionItemInsertTextRule.InsertAsSnippet,
        })),
      };
    },
  });
}
