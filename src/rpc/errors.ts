/**
 * Errors across threads. A structured clone keeps name, message and stack of an error, comlink no more than these; the
 * fields that ours carry (`code`, `advice`, `clause`, `offset`, …) would be lost. So errors travel as data.
 */

/** What a field of an error may hold when it travels. */
export type ErrorField = string | number | boolean | null;

/** An error as data. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Own and inherited readable members with plain values. */
  readonly fields: Readonly<Record<string, ErrorField>>;
  readonly cause?: ErrorData;
}

/** Longer text is cut. Characters. */
const maxText = 16_384;
/** More fields are left out. */
const maxFields = 32;
/** Longer chains of causes are cut. */
const maxCauses = 8;

const cut = (text: string): string => (text.length <= maxText ? text : `${text.slice(0, maxText)}…`);

/**
 * Anything that can be thrown, as data. Never throws itself, whatever getters or proxies it is handed.
 */
export function packError(thrown: unknown, depth = 0): ErrorData {
  try {
    if (!(thrown instanceof Error)) return { name: 'Error', message: cut(printed(thrown)), stack: '', fields: {} };
    const cause: unknown = thrown.cause;
    return {
      name: cut(String(thrown.name)),
      message: cut(String(thrown.message)),
      stack: cut(typeof thrown.stack === 'string' ? thrown.stack : ''),
      fields: fieldsOf(thrown),
      ...(cause !== undefined && depth < maxCauses && { cause: packError(cause, depth + 1) }),
    };
  } catch {
    return { name: 'Error', message: 'something was thrown that cannot be looked at', stack: '', fields: {} };
  }
}

/** What people see who throw something that is no error. */
const printed = (thrown: unknown): string => (typeof thrown === 'object' && thrown !== null ? `a thrown ${Object.prototype.toString.call(thrown)}` : String(thrown));

function fieldsOf(error: Error): Record<string, ErrorField> {
  const fields: Record<string, ErrorField> = {};
  for (const key in error) {
    if (key === 'name' || key === 'message' || key === 'stack' || key === 'cause') continue;
    if (Object.keys(fields).length >= maxFields) break;
    const value = (error as unknown as Readonly<Record<string, unknown>>)[key];
    if (value === null || typeof value === 'number' || typeof value === 'boolean') fields[key] = value;
    else if (typeof value === 'string') fields[key] = cut(value);
  }
  return fields;
}

/** An error that was packed in another thread: an ordinary Error with the name and the fields of the original. */
export class RemoteError extends Error {
  readonly fields: Readonly<Record<string, ErrorField>>;

  constructor(data: ErrorData) {
    super(data.message, data.cause && { cause: new RemoteError(data.cause) });
    this.name = data.name;
    this.stack = data.stack;
    this.fields = data.fields;
  }
}

/** Rebuild a packed error. The data may come from hostile code: whatever is not well formed is left out. */
export function unpackError(data: unknown): RemoteError {
  return new RemoteError(readError(data, 0));
}

function readError(data: unknown, depth: number): ErrorData {
  const given = Object(data) as { readonly [K in keyof ErrorData]?: unknown };
  const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? cut(value) : otherwise);
  const fields: Record<string, ErrorField> = {};
  for (const [key, value] of Object.entries(Object(given.fields) as object).slice(0, maxFields) as [string, unknown][]) {
    if (value === null || typeof value === 'number' || typeof value === 'boolean') fields[cut(key)] = value;
    else if (typeof value === 'string') fields[cut(key)] = cut(value);
  }
  return {
    name: text(given.name, 'Error'),
    message: text(given.message, 'unknown error'),
    stack: text(given.stack, ''),
    fields,
    ...(given.cause !== undefined && depth < maxCauses && { cause: readError(given.cause, depth + 1) }),
  };
}
