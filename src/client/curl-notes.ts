/** What the cURL import has to say about a command line. The catalogue of the page may translate by `code`. */
import type { ImportEffect } from './imported.ts';

/** One thing that did not go into the bytes as it stands, and where. */
export interface CurlNote {
  readonly code: CurlNoteCode;
  readonly effect: ImportEffect;
  /** The option, field, file or word that it is about, as written. */
  readonly subject: string;
  /** UTF-16 offsets into the text that was given: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** One English sentence. */
  readonly message: string;
}

const notes = {
  'no-command': ['lost', () => 'There is no curl command here.'],
  'not-curl': ['lost', (subject) => `“${subject}” is not curl: this command was left out.`],
  unterminated: ['lost', () => 'A quotation begins here and does not end.'],
  expansion: ['lost', (subject) => `The shell would put something in place of “${subject}”; here it stands as written.`],
  input: ['lost', (subject) => `“${subject}”: what a file holds is not known here.`],
  output: ['none', (subject) => `“${subject}” is about where output goes.`],
  'cmd-quoting': ['lost', () => 'This is quoted for cmd.exe. In the browser choose “Copy as cURL (bash)” (or “(POSIX)”).'],
  'unknown-option': ['lost', (subject) => `curl has no option ${subject}.`],
  'value-missing': ['lost', (subject) => `${subject} needs a value.`],
  'option-not-supported': ['lost', (subject) => `${subject} would change the request; it is left out.`],
  'other-version': ['changed', (subject) => `${subject}: the request is written as HTTP/1.1.`],
  'no-bytes': ['none', (subject) => `${subject} does not change the request’s bytes.`],
  file: ['lost', (subject) => `What the file ${subject} holds is not known here; it is left out.`],
  password: ['changed', (subject) => `curl would ask for the password of ${subject}; it is taken to be empty.`],
  'bad-field': ['lost', (subject) => `curl ignores “${subject}”, which has no colon.`],
  'bad-part': ['lost', (subject) => `The form part “${subject}” has no “=”.`],
  'bad-url': ['lost', (subject) => `“${subject}” is not an http URL that curl would open.`],
  glob: ['changed', (subject) => `curl would make several requests of “${subject}”; it is taken as written (-g).`],
  conflict: ['lost', (subject) => `curl refuses ${subject} together with another kind of body or with --head.`],
  'no-url': ['lost', () => 'There is no URL, so there is nothing to request.'],
  'other-scheme': ['changed', (subject) => `${subject} is meant to be encrypted; here the bytes are what is inside TLS.`],
} as const satisfies Record<string, readonly [ImportEffect, (subject: string) => string]>;

/** Names a note for a translation. */
export type CurlNoteCode = keyof typeof notes;

/** A note, its sentence written. */
export function curlNote(code: CurlNoteCode, subject: string, start: number, end: number): CurlNote {
  const [effect, sentence] = notes[code];
  return { code, effect, subject, start, end, message: sentence(subject) };
}
