/** The body of a form as what its Content-Type says it is. Strings are latin-1 octets, but for what a person reads and types. */
import { latin1Text } from '../client/latin1.ts';
import { multipart, type FormPart } from '../client/multipart.ts';
import { decodeText, encodeText, withBody, type FormField, type RequestForm } from './request-form.ts';

/** How a body can be edited. */
export type BodyKind = 'text' | 'json' | 'form' | 'multipart' | 'file';

/** One field of a form; Unicode. */
export interface FormPair { readonly name: string; readonly value: string }

/** One part of a multipart body. Its value is octets. */
export type BodyPart = Pick<FormPart, 'name' | 'value' | 'type' | 'filename'>;

const typeOf = (form: RequestForm): string => form.fields.find((field) => field.name.toLowerCase() === 'content-type')?.value ?? '';

/** As what the body is shown. Octets that are no text are a file, whatever the type says; so is what a browser would not show as text. */
export function bodyKindOf(form: RequestForm): BodyKind {
  const type = typeOf(form).toLowerCase();
  if (/^multipart\/form-data\b/.test(type)) return readMultipart(form) ? 'multipart' : textOr('file', form);
  if (/^application\/x-www-form-urlencoded\b/.test(type)) return textOr('form', form) === 'form' && readPairs(form.body) ? 'form' : textOr('text', form);
  if (/^application\/(?:[\w.+-]+\+)?json\b/.test(type)) return textOr('json', form);
  if (/^(?:application\/octet-stream|image\/|audio\/|video\/|font\/|application\/(?:zip|gzip|pdf)\b)/.test(type)) return 'file';
  return textOr('text', form);
}

const textOr = (kind: BodyKind, form: RequestForm): BodyKind => (decodeText(form.body) === undefined ? 'file' : kind);

/** The form with the type that a kind stands for; the body is carried over where it can be, and otherwise begins empty. */
export function withBodyKind(form: RequestForm, kind: BodyKind): RequestForm {
  const before = bodyKindOf(form);
  if (kind === before) return form;
  const pairs: readonly FormPair[] = before === 'form' ? (readPairs(form.body) ?? []) : before === 'multipart' ? (readMultipart(form) ?? []).map((part) => ({ name: decodeText(part.name) ?? part.name, value: decodeText(part.value) ?? '' })) : [];
  switch (kind) {
    case 'form':
      return withPairs(form, pairs);
    case 'multipart':
      return withParts(form, pairs.map(({ name, value }) => ({ name: encodeText(name), value: encodeText(value) })));
    case 'json': {
      const text = pairs.length > 0 ? JSON.stringify(Object.fromEntries(pairs.map(({ name, value }) => [name, value])), null, 2) : (decodeText(form.body) ?? '');
      return withType(withBody(form, encodeText(text)), 'application/json');
    }
    case 'text':
      return withType(withBody(form, decodeText(form.body) === undefined ? '' : form.body), 'text/plain; charset=utf-8');
    case 'file':
      return withType(form, 'application/octet-stream');
  }
}

/** Set Content-Type; one that is there keeps its place. */
export function withType(form: RequestForm, type: string): RequestForm {
  const field: FormField = { name: 'Content-Type', gap: ' ', value: type };
  const at = form.fields.findIndex(({ name }) => name.toLowerCase() === 'content-type');
  return { ...form, fields: at < 0 ? [...form.fields, field] : form.fields.with(at, { ...form.fields[at]!, value: type }) };
}

/** The octets of a file as the body, of the type that the file has. */
export const withFile = (form: RequestForm, bytes: Uint8Array, type: string): RequestForm => withBody(withType(form, type || 'application/octet-stream'), latin1Text(bytes));

// ── application/x-www-form-urlencoded ──────────────────────────────────────────────────────────────────────────────

/** The pairs (URL Standard, "application/x-www-form-urlencoded parsing"); undefined where writing them again would not give this body. */
export function readPairs(body: string): readonly FormPair[] | undefined {
  if (body === '') return [];
  const pairs = body.split('&').map((piece) => {
    const equals = piece.indexOf('=');
    return { name: unescape(equals < 0 ? piece : piece.slice(0, equals)), value: unescape(equals < 0 ? '' : piece.slice(equals + 1)) };
  });
  return pairs.some(({ name, value }) => name === undefined || value === undefined) ? undefined : (pairs as FormPair[]);
}

function unescape(text: string): string | undefined {
  return decodeText(text.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))));
}

/** All but letters, digits and `*-._` is escaped; a space is `+`. */
const escape = (text: string): string =>
  encodeText(text).replace(/[^A-Za-z0-9*\-._]/g, (octet) => (octet === ' ' ? '+' : `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`));

/** The form with these pairs as its body. */
export const withPairs = (form: RequestForm, pairs: readonly FormPair[]): RequestForm =>
  withBody(withType(form, 'application/x-www-form-urlencoded'), pairs.map(({ name, value }) => `${escape(name)}=${escape(value)}`).join('&'));

// ── multipart/form-data ────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The parts; undefined where the body is not plainly made of parts with a Content-Disposition, perhaps a Content-Type, and
 * nothing else: then something would be lost by writing them again.
 */
export function readMultipart(form: RequestForm): readonly BodyPart[] | undefined {
  if (form.body === '') return [];
  const boundary = /;\s*boundary=(?:"([^"]*)"|([^\s;]+))/i.exec(typeOf(form));
  const delimiter = `--${boundary?.[1] ?? boundary?.[2] ?? ''}`;
  if (delimiter === '--' || !form.body.startsWith(`${delimiter}\r\n`) || !form.body.endsWith(`\r\n${delimiter}--\r\n`)) return undefined;
  const inner = form.body.slice(delimiter.length + 2, -(delimiter.length + 6));
  const parts = inner.split(`\r\n${delimiter}\r\n`).map(readPart);
  return parts.includes(undefined) ? undefined : (parts as BodyPart[]);
}

function readPart(text: string): BodyPart | undefined {
  const blank = text.indexOf('\r\n\r\n');
  if (blank < 0) return undefined;
  const part: { -readonly [K in keyof BodyPart]: BodyPart[K] } = { name: '', value: text.slice(blank + 4) };
  for (const line of text.slice(0, blank).split('\r\n')) {
    const disposition = /^content-disposition: form-data(?:; name="([^"]*)")?(?:; filename="([^"]*)")?$/i.exec(line);
    const type = /^content-type: (.+)$/i.exec(line);
    if (disposition) {
      part.name = unquote(disposition[1] ?? '');
      if (disposition[2] !== undefined) part.filename = unquote(disposition[2]);
    } else if (type) part.type = type[1]!;
    else return undefined;
  }
  return part;
}

/** HTML, "escape a multipart/form-data name", read backwards. */
const unquote = (text: string): string => text.replace(/%22/g, '"').replace(/%0D/g, '\r').replace(/%0A/g, '\n');

/** The form with these parts as its body. */
export function withParts(form: RequestForm, parts: readonly BodyPart[]): RequestForm {
  if (parts.length === 0) return withBody(withType(form, 'multipart/form-data; boundary=empty'), '');
  const { boundary, body } = multipart(parts);
  return withBody(withType(form, `multipart/form-data; boundary=${boundary}`), body);
}

// ── JSON ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is wrong with a text as JSON, in the words of the engine; '' when nothing is. */
export function jsonProblem(text: string): string {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** JSON with two spaces of indentation; the text as it is where it is not JSON. */
export const prettyJson = (text: string): string => (jsonProblem(text) === '' ? JSON.stringify(JSON.parse(text), null, 2) : text);
