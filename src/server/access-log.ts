/** One line per request, in gunicorn's default format, which is Apache's "combined". */

export interface AccessFacts {
  readonly remote: string;
  /** ms since 1970. */
  readonly wallMs: number;
  readonly requestLine: string;
  readonly status: number;
  /** Octets of content sent. */
  readonly length: number;
  readonly referer: string;
  readonly userAgent: string;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `[21/Nov/2026:05:02:40 +0000]`. */
function clfTime(wallMs: number): string {
  const t = civil(wallMs);
  return `[${two(t.day)}/${months[t.month]}/${t.year}:${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000]`;
}

/** IMF-fixdate (RFC9110-5.6.7): `Sat, 21 Nov 2026 05:02:40 GMT`. */
export function httpDate(wallMs: number): string {
  const t = civil(wallMs);
  return `${days[t.weekday]}, ${two(t.day)} ${months[t.month]} ${t.year} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} GMT`;
}

function civil(wallMs: number) {
  const date = new Date(wallMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate(), weekday: date.getUTCDay(), hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() };
}

/** Quotes, backslashes and control characters escaped: a log line is one line, whatever a client sends (CWE-117). */
// eslint-disable-next-line no-control-regex
const safe = (text: string): string => text.replace(/["\\\u0000-\u001f\u007f-\u009f]/g, (char) => (char === '"' || char === '\\' ? `\\${char}` : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`));

export const accessLine = (facts: AccessFacts): string =>
  `${facts.remote} - - ${clfTime(facts.wallMs)} "${safe(facts.requestLine)}" ${facts.status} ${facts.length} "${safe(facts.referer) || '-'}" "${safe(facts.userAgent) || '-'}"`;
