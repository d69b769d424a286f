/**
 * A saved request is its bytes. The form is a view of them: read with {@link parseForm}, written with {@link formToRaw},
 * and offered only where the two are inverse, so that switching between Form and Raw never changes a byte.
 *
 * Strings here are latin-1: one character, one octet.
 */
import { fromUtf8Latin1, utf8Latin1 } from '../client/latin1.ts';

/** One field line. `gap` is the white space between colon and value, kept so that nothing changes by looking. */
export interface FormField { readonly name: string; readonly gap: string; readonly value: string }

export interface RequestForm {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: readonly FormField[];
  readonly body: string;
}

/** Why bytes cannot be shown as a form. */
export type FormObstacle = 'no-blank-line' | 'request-line' | 'field-line';

export type FormResult = { readonly ok: true; readonly form: RequestForm } | { readonly ok: false; readonly why: FormObstacle };

const crlf = '\r\n';

/** Read bytes as one request. */
export function parseForm(raw: string): FormResult {
  const headEnd = raw.indexOf(crlf + crlf);
  if (headEnd < 0) return { ok: false, why: 'no-blank-line' };
  const [startLine = '', ...lines] = raw.slice(0, headEnd).split(crlf);
  const first = startLine.indexOf(' ');
  const last = startLine.lastIndexOf(' ');
  if (first < 0 || last === first || /[\r\n]/.test(startLine)) return { ok: false, why: 'request-line' };
  const fields: FormField[] = [];
  for (const line of lines) {
    const parts = /^([^:\r\n]*):([ \t]*)([^\r\n]*)$/.exec(line);
    if (!parts) return { ok: false, why: 'field-line' };
    fields.push({ name: parts[1] ?? '', gap: parts[2] ?? '', value: parts[3] ?? '' });
  }
  const form: RequestForm = {
    method: startLine.slice(0, first),
    target: startLine.slice(first + 1, last),
    version: startLine.slice(last + 1),
    fields,
    body: raw.slice(headEnd + 4),
  };
  return { ok: true, form };
}

/** The bytes of a form. */
export const formToRaw = (form: RequestForm): string =>
  [`${form.method} ${form.target} ${form.version}`, ...form.fields.map((field) => `${field.name}:${field.gap}${field.value}`), '', form.body].join(crlf);

const isLength = (field: FormField): boolean => field.name.toLowerCase() === 'content-length';
const isCoding = (field: FormField): boolean => field.name.toLowerCase() === 'transfer-encoding';

/**
 * Does the form keep `Content-Length` right by itself? It does while the field says what is true (or is missing and not
 * needed): a length that somebody made wrong on purpose stays wrong.
 */
export function keepsLength(form: RequestForm): boolean {
  if (form.fields.some(isCoding)) return false;
  const lengths = form.fields.filter(isLength);
  if (lengths.length === 0) return form.body === '';
  return lengths.length === 1 && lengths[0]?.value === String(form.body.length);
}

/** The form with another body; `Content-Length` follows where {@link keepsLength} says so. */
export function withBody(form: RequestForm, body: string): RequestForm {
  if (!keepsLength(form)) return { ...form, body };
  const length = String(body.length);
  if (form.fields.some(isLength)) return { ...form, body, fields: form.fields.map((field) => (isLength(field) ? { ...field, value: length } : field)) };
  return body === '' ? form : { ...form, body, fields: [...form.fields, { name: 'Content-Length', gap: ' ', value: length }] };
}

/** Make `Content-Length` right: set the first one, drop the others, or add it. */
export function withTrueLength(form: RequestForm): RequestForm {
  const at = form.fields.findIndex(isLength);
  const field: FormField = { name: 'Content-Length', gap: ' ', value: String(form.body.length) };
  if (at < 0) return { ...form, fields: [...form.fields, field] };
  return { ...form, fields: form.fields.flatMap((old, index) => (index === at ? [{ ...old, value: field.value }] : isLength(old) ? [] : [old])) };
}

/** What a person typed, as octets of UTF-8 in a latin-1 string. */
export const encodeText = (text: string): string => utf8Latin1(text);

/** Octets as the text that a person would type; undefined where they are not UTF-8. */
export const decodeText = (raw: string): string | undefined => fromUtf8Latin1(raw);
