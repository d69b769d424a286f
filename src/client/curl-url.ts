/** A URL as curl reads it: far less strict than browsers, and it sends what it was given. Latin-1 octets throughout. */

/** The parts of a URL that a request is made of. */
export interface CurlUrl {
  readonly scheme: string;
  /** `user:password`, percent-decoded; undefined without `@`. */
  readonly user: string | undefined;
  /** Value of Host: host as written, port unless it is the scheme's own. */
  readonly authority: string;
  /** Begins with `/`. */
  readonly path: string;
  /** With `?`; '' where there is none. */
  readonly query: string;
}

const ownPorts: Readonly<Record<string, string>> = { http: '80', https: '443', ws: '80', wss: '443' };

/** Undefined where curl would refuse the URL, or it is none of HTTP's. A missing scheme is `http`. */
export function readCurlUrl(text: string, options: { readonly pathAsIs: boolean }): CurlUrl | undefined {
  // curl 7.84 and later refuse white space and controls.
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x20\x7f]/.test(text)) return undefined;
  const parts = /^(?:([a-zA-Z][\w+.-]*):\/\/\/?)?(?:([^/?#]*)@)?(\[[\da-fA-F:.%]+\]|[^/?#:@]+)(?::(\d*))?([^?#]*)(\?[^#]*)?(?:#.*)?$/s.exec(text);
  if (!parts) return undefined;
  const [, scheme = 'http', user, host = '', port = '', path = '', query = ''] = parts;
  const lower = scheme.toLowerCase();
  if (!Object.hasOwn(ownPorts, lower) || (path !== '' && !path.startsWith('/'))) return undefined;
  const encoded = path.replace(/[\x80-\xff]/g, (octet) => `%${octet.charCodeAt(0).toString(16)}`);
  return {
    scheme: lower,
    user: user === undefined ? undefined : percentDecode(user),
    authority: port === '' || port === ownPorts[lower] ? host : `${host}:${port}`,
    path: options.pathAsIs ? encoded || '/' : withoutDots(encoded || '/'),
    query,
  };
}

/** RFC 3986 §5.2.4: `.` and `..` are taken out, and what `..` steps over. */
export function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.slice(1).split('/');
  segments.forEach((segment, at) => {
    const last = at === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    // `/a/.` and `/a/b/..` end in a slash.
    if (last && (segment === '.' || segment === '..')) kept.push('');
  });
  return `/${kept.join('/')}`;
}

/** `%41` to `A`; what is no escape stays. Octets to octets. */
export const percentDecode = (text: string): string => text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Octets as `application/x-www-form-urlencoded` wants them, with `%20` for a space; only RFC 3986's unreserved characters stay. */
export const percentEncode = (octets: string): string =>
  octets.replace(/[^A-Za-z0-9\-._~]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
