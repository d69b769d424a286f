/**
 * The requests of a HAR file (HTTP Archive 1.2) as raw requests. Browsers write down what HTTP/2 and their own caches made of
 * a request; here it is written as HTTP/1.1, and every difference is noted.
 */
import { fromBase64 } from './base64.ts';
import { percentEncode, readCurlUrl, type CurlUrl } from './curl-url.ts';
import { requestName, type ImportEffect, type ImportedRequest } from './imported.ts';
import { latin1Text, utf8Latin1 } from './latin1.ts';
import { multipart } from './multipart.ts';

/** One thing about one entry. */
export interface HarNote {
  readonly code: HarNoteCode;
  readonly effect: ImportEffect;
  /** Index into `log.entries`; -1: the file as a whole. */
  readonly entry: number;
  /** The field, version or member that it is about. */
  readonly subject: string;
  /** One English sentence. */
  readonly message: string;
}

const notes = {
  'not-har': ['lost', (what) => `This is not a HAR file: ${what}.`],
  'bad-entry': ['lost', (what) => `The entry has no usable request: ${what}.`],
  'pseudo-field': ['changed', (name) => `“${name}” is HTTP/2’s way to write the request line; it is not a field here.`],
  'other-version': ['changed', (version) => `It was sent as ${version}; here it is HTTP/1.1.`],
  'host-added': ['changed', (host) => `Host: ${host} was taken from the URL.`],
  'length-corrected': ['changed', (length) => `Content-Length said ${length}, which is not what the body in the file has.`],
  'length-added': ['changed', (length) => `Content-Length: ${length} was added for the body.`],
  'chunked-again': ['changed', () => 'The file does not say how the body was cut into chunks; here it is one.'],
  'body-missing': ['lost', (length) => `The file does not hold the body (Content-Length: ${length}).`],
  'cookies-added': ['changed', () => 'The Cookie field was written from the list of cookies.'],
  'body-from-params': ['changed', (type) => `The body was written from its parameters as ${type}.`],
  file: ['lost', (name) => `The file “${name}” is named and not held; its part is empty.`],
  'bad-field': ['lost', (name) => `The field “${name}” cannot be written on one line.`],
  'other-scheme': ['changed', (url) => `${url} was meant to be encrypted; here the bytes are what is inside TLS.`],
} as const satisfies Record<string, readonly [ImportEffect, (subject: string) => string]>;

/** Names a note for a translation. */
export type HarNoteCode = keyof typeof notes;

/** A request and which entry it comes from. */
export interface HarRequest extends ImportedRequest {
  readonly entry: number;
}

/** The requests of a HAR file, and what is to be said about them. */
export interface HarImport {
  readonly requests: readonly HarRequest[];
  readonly notes: readonly HarNote[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Read the text of a HAR file. Never throws. Fields and bodies are written as UTF-8. */
export function importHar(json: string): HarImport {
  const found: HarNote[] = [];
  const note = (code: HarNoteCode, subject: string, entry: number): void => {
    const [effect, sentence] = notes[code];
    found.push({ code, effect, entry, subject, message: sentence(subject) });
  };
  const requests = entriesOf(json, note).flatMap((entry, index) => {
    const request = new Entry(index, note).read(entry);
    return request ? [{ ...request, entry: index }] : [];
  });
  return { requests, notes: found };
}

type Noting = (code: HarNoteCode, subject: string, entry: number) => void;

function entriesOf(json: string, note: Noting): unknown[] {
  let har: unknown;
  try {
    // RFC 8259 §8.1 lets a parser ignore a byte order mark; HAR exporters on Windows write one.
    har = JSON.parse(json.replace(/^\ufeff/, ''));
  } catch {
    note('not-har', 'it is not JSON', -1);
    return [];
  }
  const entries = isObject(har) && isObject(har['log']) ? har['log']['entries'] : undefined;
  if (Array.isArray(entries)) return entries;
  note('not-har', 'it has no log.entries', -1);
  return [];
}

interface Field { readonly name: string; readonly value: string }

/** One entry of a HAR file. Latin-1 octets inside. */
class Entry {
  readonly #index: number;
  readonly #note: Noting;
  #fields: Field[] = [];

  constructor(index: number, note: Noting) {
    this.#index = index;
    this.#note = note;
  }

  read(entry: unknown): ImportedRequest | undefined {
    const request = isObject(entry) ? entry['request'] : undefined;
    if (!isObject(request)) return this.#refuse('there is none');
    const written = text(request['url']);
    // Our own export keeps the octets of what no HAR can hold.
    const octets = fromBase64(text(request['_octets']));
    if (octets && octets.length > 0) {
      const raw = latin1Text(octets);
      const [method = '', target = ''] = raw.slice(0, raw.search(/[\r\n]|$/)).split(' ');
      return { name: requestName(method, target), raw, url: written };
    }
    const method = text(request['method']);
    if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(method)) return this.#refuse('its method is not one');
    // Browsers write URLs as they send them; a space can only come from a tool that does not.
    const url = readCurlUrl(utf8Latin1(written).replace(/[\0-\x20\x7f]/g, percentEncode), { pathAsIs: true });
    if (!url) return this.#refuse('its URL is not one of HTTP');
    if (url.scheme === 'https' || url.scheme === 'wss') this.#say('other-scheme', written);

    this.#readFields(request, url);
    const body = this.#frame(this.#body(request['postData']));
    const target = url.path + url.query;
    const head = [`${method} ${target} ${this.#version(text(request['httpVersion']))}`, ...this.#fields.map(({ name, value }) => `${name}: ${value}`)];
    return { name: requestName(method, target), raw: [...head, '', body].join('\r\n'), url: written };
  }

  #say(code: HarNoteCode, subject: string): void {
    this.#note(code, subject, this.#index);
  }

  #refuse(why: string): undefined {
    this.#say('bad-entry', why);
    return undefined;
  }

  #version(said: string): string {
    if (/^HTTP\/1\.[01]$/i.test(said)) return said.toUpperCase();
    if (said !== '' && said !== 'unknown') this.#say('other-version', said);
    return 'HTTP/1.1';
  }

  #readFields(request: Json, url: CurlUrl): void {
    for (const header of objects(request['headers'])) {
      const name = text(header['name']);
      const value = text(header['value']);
      // RFC9113-8.3: ":method", ":scheme", ":path", ":authority" are not HTTP fields.
      if (name.startsWith(':')) this.#say('pseudo-field', name);
      else if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name) || /[\0\r\n]/.test(value)) this.#say('bad-field', name);
      else this.#fields.push({ name, value: utf8Latin1(value) });
    }
    if (!this.#has('host')) {
      this.#fields.unshift({ name: 'Host', value: url.authority });
      this.#say('host-added', url.authority);
    }
    const cookies = objects(request['cookies']).map((cookie) => `${text(cookie['name'])}=${text(cookie['value'])}`);
    if (cookies.length > 0 && !this.#has('cookie') && !/[\0\r\n]/.test(cookies.join())) {
      this.#fields.push({ name: 'Cookie', value: utf8Latin1(cookies.join('; ')) });
      this.#say('cookies-added', '');
    }
  }

  #has(name: string): boolean {
    return this.#value(name) !== undefined;
  }

  #value(name: string): string | undefined {
    return this.#fields.find((field) => field.name.toLowerCase() === name)?.value;
  }

  #set(name: string, value: string): void {
    const at = this.#fields.findIndex((field) => field.name.toLowerCase() === name.toLowerCase());
    if (at < 0) this.#fields.push({ name, value });
    else this.#fields[at] = { ...this.#fields[at]!, value };
  }

  /** The content; undefined where the file holds none. */
  #body(postData: unknown): string | undefined {
    if (!isObject(postData)) return undefined;
    if (typeof postData['text'] === 'string' && (postData['text'] !== '' || objects(postData['params']).length === 0)) {
      const encoding = text(postData['_encoding']) || text(postData['encoding']);
      const octets = encoding === 'base64' ? fromBase64(postData['text']) : undefined;
      return octets ? latin1Text(octets) : utf8Latin1(postData['text']);
    }
    const params = objects(postData['params']);
    if (params.length === 0) return undefined;
    for (const param of params) if (text(param['fileName']) !== '' && typeof param['value'] !== 'string') this.#say('file', text(param['fileName']));
    const type = text(postData['mimeType']);
    if (/^multipart\/form-data/i.test(type)) {
      const { boundary, body } = multipart(params.map((param) => ({
        name: utf8Latin1(text(param['name'])),
        value: utf8Latin1(text(param['value'])),
        ...(text(param['fileName']) === '' ? {} : { filename: utf8Latin1(text(param['fileName'])) }),
        ...(text(param['contentType']) === '' ? {} : { type: utf8Latin1(text(param['contentType']).replace(/[\r\n]/g, ' ')) }),
      })));
      this.#set('Content-Type', `multipart/form-data; boundary=${boundary}`);
      this.#say('body-from-params', 'multipart/form-data');
      return body;
    }
    this.#say('body-from-params', 'application/x-www-form-urlencoded');
    return params.map((param) => `${percentEncode(utf8Latin1(text(param['name'])))}=${percentEncode(utf8Latin1(text(param['value'])))}`).join('&');
  }

  /** The content as it goes over the wire, and fields that say so. */
  #frame(content: string | undefined): string {
    const said = this.#value('content-length');
    if (/chunked/i.test(this.#value('transfer-encoding') ?? '')) {
      this.#say('chunked-again', '');
      return `${content ? `${content.length.toString(16)}\r\n${content}\r\n` : ''}0\r\n\r\n`;
    }
    if (content === undefined) {
      if (said !== undefined && said.trim() !== '0') {
        this.#say('body-missing', said);
        this.#set('Content-Length', '0');
      }
      return '';
    }
    const length = String(content.length);
    if (said === undefined && content !== '') {
      this.#set('Content-Length', length);
      this.#say('length-added', length);
    } else if (said !== undefined && said.trim() !== length) {
      this.#set('Content-Length', length);
      this.#say('length-corrected', said);
    }
    return content;
  }
}
