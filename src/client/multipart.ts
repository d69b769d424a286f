/** `multipart/form-data` (RFC 7578) of text parts. Latin-1 octets throughout. */

/** One part. */
export interface FormPart {
  /** '' leaves it out, as curl does. */
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly filename?: string;
  /** Further field lines, without line ends. */
  readonly fields?: readonly string[];
  /** `\"` and `\\` in names instead of HTML's `%22`. */
  readonly backslashes?: boolean;
}

/** A body and the boundary in it. */
export interface MultipartBody {
  readonly boundary: string;
  readonly body: string;
}

/** The parts as a body. The same parts give the same octets; the boundary looks like curl's and does not occur in a part. */
export function multipart(parts: readonly FormPart[]): MultipartBody {
  let boundary: string;
  let number = 0;
  do boundary = `------------------------${String(number++).padStart(16, '0')}`;
  while (parts.some(({ value }) => value.includes(boundary)));
  const sections = parts.map((part) => [`--${boundary}`, ...partHead(part), '', part.value].join('\r\n'));
  return { boundary, body: `${sections.join('\r\n')}\r\n--${boundary}--\r\n` };
}

function partHead({ name, type, filename, fields = [], backslashes = false }: FormPart): string[] {
  // HTML "escape a multipart/form-data name"; curl does the same since 7.81.
  const quoted = (text: string): string => (backslashes ? text.replace(/["\\]/g, '\\$&') : text.replace(/"/g, '%22').replace(/\r/g, '%0D').replace(/\n/g, '%0A'));
  const disposition = ['form-data', ...(name === '' ? [] : [`name="${quoted(name)}"`]), ...(filename === undefined ? [] : [`filename="${quoted(filename)}"`])];
  return [`Content-Disposition: ${disposition.join('; ')}`, ...(type === undefined ? [] : [`Content-Type: ${type}`]), ...fields];
}
