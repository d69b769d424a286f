/** Pasted text as requests, whatever it is: commands for a shell, or a HAR file. */
import { importCurl } from '../client/curl-import.ts';
import { importHar } from '../client/har-import.ts';
import { shellPrompt } from './looks-importable.ts';
import type { ImportedRequest, ImportEffect } from '../client/imported.ts';

/** What was found, and what has become of it on the way. */
export interface ImportedText {
  readonly requests: readonly ImportedRequest[];
  readonly notes: readonly { readonly effect: ImportEffect; readonly message: string }[];
}

/** Read it. Text that is empty, or not finished yet, gives nothing or notes that say why. */
export function importText(text: string): ImportedText {
  if (text.trim() === '') return { requests: [], notes: [] };
  return /^[\s\ufeff]*\{/.test(text) ? importHar(text) : importCurl(text.replace(shellPrompt, ''));
}
