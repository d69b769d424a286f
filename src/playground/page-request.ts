/** Requests as a browser makes them of links, forms and what is typed into an address bar. Latin-1 octets. */
import { latin1Bytes, latin1Text } from '../client/latin1.ts';
import { multipart } from '../client/multipart.ts';
import { scanRequests } from '../client/scan.ts';

/** What a page asks for. */
export interface PageRequest {
  readonly method: string;
  readonly url: URL;
  readonly body?: { readonly type: string; readonly octets: string };
}

/** A form that was submitted, as the page says it. */
export interface SubmittedForm {
  /** As written; '' and missing mean the page itself. */
  readonly action: string;
  readonly method: string;
  readonly enctype: string;
  readonly entries: readonly (readonly [name: string, value: string])[];
}

/** The address of the first request in `raw`, as a browser would show it. Undefined where it is no request for a page. */
export function addressOf(raw: string): URL | undefined {
  const request = scanRequests(latin1Bytes(raw)).requests[0];
  if (!request || request.method === 'CONNECT') return undefined;
  const host = request.fields.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
  const base = `http://${host === '' ? 'localhost' : host}`;
  // An absolute target replaces the base; one that begins with // is still a path.
  const target = request.target.startsWith('//') ? `${base}${request.target}` : request.target;
  return URL.canParse(target, base) ? new URL(target, base) : undefined;
}

/** What a link or an address leads to; undefined where it is no address of a page (`mailto:`, `javascript:`). */
export function followed(href: string, from: URL): PageRequest | undefined {
  if (!URL.canParse(href, from.href)) return undefined;
  const url = new URL(href, from);
  return url.protocol === 'http:' || url.protocol === 'https:' ? { method: 'GET', url } : undefined;
}

const utf8 = (text: string): string => latin1Text(new TextEncoder().encode(text));

/** What submitting a form asks for (HTML, "form submission algorithm"): the entries in the query, or in the body in one of three codings. */
export function submitted(form: SubmittedForm, from: URL): PageRequest | undefined {
  const request = followed(form.action, from);
  if (!request) return undefined;
  // HTML, "constructing the entry list": line ends are CR LF.
  const entries = form.entries.map(([name, value]) => [name, value].map((text) => text.replace(/\r\n?|\n/g, '\r\n')) as [string, string]);
  if (form.method.toLowerCase() !== 'post') {
    request.url.search = new URLSearchParams(entries).toString();
    return request;
  }
  switch (form.enctype.toLowerCase()) {
    case 'multipart/form-data': {
      const { boundary, body } = multipart(entries.map(([name, value]) => ({ name: utf8(name), value: utf8(value) })));
      return { ...request, method: 'POST', body: { type: `multipart/form-data; boundary=${boundary}`, octets: body } };
    }
    case 'text/plain':
      return { ...request, method: 'POST', body: { type: 'text/plain', octets: utf8(entries.map(([name, value]) => `${name}=${value}\r\n`).join('')) } };
    default:
      return { ...request, method: 'POST', body: { type: 'application/x-www-form-urlencoded', octets: new URLSearchParams(entries).toString() } };
  }
}

/** The octets of a request, with the fields that a browser would send. `cookie` and `from` may be absent. */
export function requestOctets({ method, url, body }: PageRequest, options: { readonly cookie?: string; readonly from?: URL } = {}): string {
  const { cookie = '', from } = options;
  const referrer = from && `${from.origin}${from.pathname}${from.search}`;
  const fields: [string, string][] = [
    ['Host', url.host],
    ['User-Agent', 'Porthole'],
    ['Accept', 'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8'],
    ['Accept-Language', 'en'],
    ...(body ? [['Content-Type', body.type], ['Content-Length', String(body.octets.length)]] as [string, string][] : []),
    ...(from && body ? [['Origin', from.origin]] as [string, string][] : []),
    ...(referrer ? [['Referer', referrer]] as [string, string][] : []),
    ...(cookie === '' ? [] : [['Cookie', utf8(cookie)]] as [string, string][]),
  ];
  return [`${method} ${url.pathname}${url.search} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), '', body?.octets ?? ''].join('\r\n');
}

/** What an answer sends the browser to next; undefined where it is not a redirection that one can follow. */
export function redirected(request: PageRequest, status: number, location: string | undefined): PageRequest | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  const next = followed(location, request.url);
  if (!next) return undefined;
  // Fetch, "HTTP-redirect fetch": the fragment stays where the new address has none.
  if (next.url.hash === '') next.url.hash = request.url.hash;
  // RFC9110-15.4: 307 and 308 keep method and content. 303 is a GET; after 301 and 302 so is what was a POST, as all browsers do it.
  const keeps = status === 307 || status === 308 || (status !== 303 && request.method !== 'POST');
  return keeps || request.method === 'HEAD' ? { ...request, url: next.url } : next;
}
