/**
 * The request that curl's options describe, as the bytes that curl writes: its fields, in its order (checked against the
 * real curl in the tests). Latin-1 octets throughout.
 */
import { toBase64 } from './base64.ts';
import type { CurlNoteCode } from './curl-notes.ts';
import type { CurlArgument } from './curl-options.ts';
import { percentEncode, readCurlUrl, type CurlUrl } from './curl-url.ts';
import { requestName, type ImportedRequest } from './imported.ts';
import { latin1Bytes } from './latin1.ts';
import { multipart, type FormPart } from './multipart.ts';

type Option = Extract<CurlArgument, { kind: 'option' }>;

/** Tells something about the argument that is being read. */
export type Noting = (code: CurlNoteCode, subject: string, at: { readonly start: number; readonly end: number }) => void;

/** What is known of the world around a command. */
export interface CurlContext {
  /** Value of User-Agent where the command says nothing. */
  readonly userAgent: string;
  /** What is piped into curl; undefined where that is not known. */
  readonly input: string | undefined;
}

/** Nothing but what C calls space: curl's idea of an empty value. (JavaScript's `trim` takes A0 away too, which is an octet like others.) */
const blank = /^[\t-\r ]*$/;

/** What stands between two `--next`: options that hold for each of its URLs. */
export class CurlTransfer {
  readonly #note: Noting;
  readonly #context: CurlContext;
  readonly #urls: { readonly value: string; readonly start: number; readonly end: number }[] = [];
  readonly #switches = new Set<Option['name']>();
  readonly #values = new Map<Option['name'], string>();
  /** Values of -H with a colon or a semicolon, in order. `text` is what is written; undefined: only the default is taken away. */
  readonly #fields: { readonly name: string; readonly text: string | undefined }[] = [];
  readonly #cookies: string[] = [];
  readonly #queries: string[] = [];
  readonly #parts: FormPart[] = [];
  #data: string | undefined;
  #json = false;
  #form = false;
  /** Where `--head` was said. */
  #head: Option | undefined;

  constructor(context: CurlContext, note: Noting) {
    this.#context = context;
    this.#note = note;
  }

  /** Nothing has been said yet. */
  get empty(): boolean {
    return this.#urls.length === 0 && this.#values.size === 0 && this.#switches.size === 0 && this.#fields.length === 0 && this.#data === undefined && !this.#form;
  }

  addUrl(url: { readonly value: string; readonly start: number; readonly end: number }): void {
    this.#urls.push(url);
  }

  // ── options ────────────────────────────────────────────────────────────────────────────────────────────────────

  add(option: Option): void {
    const { name, value } = option;
    switch (name) {
      case 'url': return this.addUrl(option);
      case 'header': return this.#addField(option);
      case 'cookie':
        if (value.includes('=')) this.#cookies.push(value);
        else if (value !== '') this.#note('file', value, option);
        return;
      case 'data': case 'data-ascii': case 'data-binary': case 'json': case 'data-raw': case 'data-urlencode': return this.#addData(option);
      case 'form': case 'form-string': return this.#addPart(option);
      case 'url-query': {
        const query = value.startsWith('+') ? value.slice(1) : this.#urlencode(option);
        if (query !== undefined) this.#queries.push(query);
        return;
      }
      case 'user':
        if (!value.includes(':')) this.#note('password', value, option);
        this.#values.set('user', value.includes(':') ? value : `${value}:`);
        return;
      case 'head':
        this.#head = option;
        return;
      case 'http1.0': case 'http1.1':
        this.#switches.delete('http1.0');
        this.#switches.delete('http1.1');
        this.#switches.add(name);
        return;
      case 'referer': case 'request': case 'request-target': case 'user-agent': case 'range': case 'oauth2-bearer':
        this.#values.set(name, value);
        return;
      case 'basic': case 'compressed': case 'form-escape': case 'get': case 'globoff': case 'path-as-is': case 'tr-encoding': case 'next':
        if (option.off) this.#switches.delete(name);
        else this.#switches.add(name);
        return;
    }
  }

  #addField(option: Option): void {
    const { value } = option;
    if (value.startsWith('@')) return this.#note('file', value.slice(1), option);
    const colon = value.indexOf(':');
    if (colon > 0) {
      // "Name:" takes away what curl would send by itself.
      const removed = blank.test(value.slice(colon + 1));
      this.#fields.push({ name: value.slice(0, colon), text: removed ? undefined : value });
    } else if (value.indexOf(';') > 0 && blank.test(value.slice(value.indexOf(';') + 1))) {
      const name = value.slice(0, value.indexOf(';'));
      this.#fields.push({ name, text: `${name}:` });
    } else this.#note('bad-field', value, option);
  }

  #addData(option: Option): void {
    if (this.#form) return this.#note('conflict', `--${option.name}`, option);
    const data = option.name === 'data-urlencode' ? this.#urlencode(option) : option.name === 'data-raw' ? option.value : this.#content(option);
    if (data === undefined) return;
    // --json is put together as it is, the others with "&" between.
    this.#data = this.#data === undefined ? data : option.name === 'json' ? this.#data + data : `${this.#data}&${data}`;
    if (option.name === 'json') this.#json = true;
  }

  /** A value, or with `@` what a file holds: known only for standard input. */
  #content(option: Option): string | undefined {
    const { name, value } = option;
    if (!value.startsWith('@')) return value;
    const content = this.#file(value.slice(1), option);
    // -d takes line ends (and NUL) out of files.
    return name === 'data-binary' || name === 'json' ? content : content?.replace(/[\r\n\0]/g, '');
  }

  #file(name: string, option: Option): string | undefined {
    if (name === '-' && this.#context.input !== undefined) return this.#context.input;
    this.#note('file', name, option);
    return undefined;
  }

  /** `content`, `=content`, `name=content`, `@file`, `name@file`: the content is percent-encoded, the name is not. */
  #urlencode(option: Option): string | undefined {
    const [, name = '', sign = '', content = ''] = /^([^=@]*)([=@]?)(.*)$/s.exec(option.value)!;
    const plain = sign === '' ? name : sign === '=' ? content : this.#file(content, option);
    if (plain === undefined) return undefined;
    return `${sign === '' || name === '' ? '' : `${name}=`}${percentEncode(plain)}`;
  }

  #addPart(option: Option): void {
    const { name: kind, value } = option;
    if (this.#data !== undefined) return this.#note('conflict', `--${kind}`, option);
    const equals = value.indexOf('=');
    if (equals < 0) return this.#note('bad-part', value, option);
    this.#form = true;
    const name = value.slice(0, equals);
    const rest = value.slice(equals + 1);
    if (kind === 'form-string') return void this.#parts.push({ name, value: rest });
    if (/^[@<(]/.test(rest) || rest === ')') return this.#note('file', rest.replace(/^[@<]/, ''), option);
    this.#parts.push({ name, ...readPart(rest) });
  }

  // ── bytes ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A request per URL. */
  requests(): ImportedRequest[] {
    if (this.#head && (this.#form || (this.#data !== undefined && !this.#switches.has('get')))) this.#note('conflict', '--head', this.#head);
    return this.#urls.flatMap((given) => {
      if (!this.#switches.has('globoff') && /[{}]|\[(?![\da-fA-F:.%]*\][:/?#]|[\da-fA-F:.%]*\]$)/.test(given.value)) this.#note('glob', given.value, given);
      const url = readCurlUrl(given.value, { pathAsIs: this.#switches.has('path-as-is') });
      if (!url) {
        this.#note('bad-url', given.value, given);
        return [];
      }
      if (url.scheme === 'https' || url.scheme === 'wss') this.#note('other-scheme', given.value, given);
      return [this.#request(url, given.value)];
    });
  }

  #request(url: CurlUrl, written: string): ImportedRequest {
    const asQuery = this.#switches.has('get');
    const data = asQuery ? undefined : this.#data;
    // curl writes a space as "+" in what it encodes; for a query of -G just as for a body.
    const queries = [...this.#queries, ...(asQuery && this.#data !== undefined ? [this.#data] : [])].filter((query) => query !== '');
    const query = queries.length === 0 ? url.query : `${url.query === '' ? '?' : url.query === '?' ? '?' : `${url.query}&`}${queries.join('&')}`;
    const target = this.#values.get('request-target') ?? url.path + query;
    const hasBody = data !== undefined || this.#form;
    const method = this.#values.get('request') ?? (hasBody ? 'POST' : this.#head ? 'HEAD' : 'GET');
    const body = this.#form ? multipart(this.#parts.map((part) => ({ ...part, backslashes: this.#switches.has('form-escape') }))) : undefined;
    const content = body?.body ?? data;
    const version = this.#switches.has('http1.0') ? 'HTTP/1.0' : 'HTTP/1.1';
    const chunked = /chunked/i.test(this.#own('transfer-encoding') ?? '');
    const lines = [`${method} ${target} ${version}`, ...this.#ownFields(url, content), ...this.#customFields(this.#form), ...this.#framing(content, body?.boundary, chunked)];
    const framed = content === undefined ? '' : !chunked ? content : `${content === '' ? '' : `${content.length.toString(16)}\r\n${content}\r\n`}0\r\n\r\n`;
    return { name: requestName(method, target), raw: [...lines, '', framed].join('\r\n'), url: written };
  }

  /** What curl sends by itself, in its order, as far as no -H takes the place. */
  #ownFields(url: CurlUrl, content: string | undefined): string[] {
    const host = this.#given('host');
    const lines = [host ? host.text : `Host: ${url.authority}`];
    const say = (name: string, value: string | undefined): void => {
      if (value !== undefined && value !== '' && !this.#given(name.toLowerCase())) lines.push(`${name}: ${value}`);
    };
    const bearer = this.#values.get('oauth2-bearer');
    const user = this.#values.get('user') ?? (url.user === undefined || url.user.includes(':') ? url.user : `${url.user}:`);
    say('Authorization', bearer !== undefined ? `Bearer ${bearer}` : user && `Basic ${toBase64(latin1Bytes(user))}`);
    const range = this.#values.get('range');
    if (range !== undefined && content === undefined) say('Range', `bytes=${range}`);
    else if (range !== undefined) say('Content-Range', `bytes ${range}/${content!.length}`);
    say('User-Agent', this.#values.get('user-agent') ?? this.#context.userAgent);
    if (!this.#json) say('Accept', '*/*');
    if (this.#switches.has('tr-encoding') && !this.#given('te')) {
      const connection = this.#own('connection');
      lines.push(`Connection: ${connection === undefined ? '' : `${connection}, `}TE`, 'TE: gzip');
    }
    if (this.#switches.has('compressed')) say('Accept-Encoding', 'deflate, gzip, br, zstd');
    say('Referer', this.#values.get('referer')?.replace(/;auto$/, ''));
    say('Cookie', this.#cookies.join('; '));
    return lines.filter((line) => line !== undefined);
  }

  /** What -H says, but for what has a place of its own. */
  #customFields(multipart: boolean): string[] {
    const taken = new Set(['host', ...(multipart ? ['content-type'] : []), ...(this.#switches.has('tr-encoding') && !this.#given('te') ? ['connection'] : [])]);
    const own = this.#fields.flatMap(({ name, text }) => (text === undefined || taken.has(name.toLowerCase()) ? [] : [text]));
    const json = (name: string): string[] => (this.#json && !this.#given(name.toLowerCase()) ? [`${name}: application/json`] : []);
    return [...own, ...json('Content-Type'), ...json('Accept')];
  }

  #framing(content: string | undefined, boundary: string | undefined, chunked: boolean): string[] {
    if (content === undefined) return [];
    const length = chunked || this.#given('content-length') ? [] : [`Content-Length: ${content.length}`];
    const type = this.#given('content-type');
    // A multipart type of the user's own gets the boundary, or nobody could read the body.
    if (boundary !== undefined) return [...length, ...(type?.text === undefined && type ? [] : [`${type?.text ?? 'Content-Type: multipart/form-data'}; boundary=${boundary}`])];
    return [...length, ...(this.#json || type ? [] : ['Content-Type: application/x-www-form-urlencoded'])];
  }

  #given(name: string): { readonly text: string | undefined } | undefined {
    return this.#fields.find((field) => field.name.toLowerCase() === name);
  }

  /** Value that -H gives to a field. */
  #own(name: string): string | undefined {
    return this.#given(name)?.text?.replace(/^[^:]*:\s*/, '');
  }
}

/** The right side of `-F name=…`: a value, in quotes or to the first `;`, then `;type=`, `;filename=`, `;headers=`. */
function readPart(text: string): Omit<FormPart, 'name'> {
  const pieces: string[] = [];
  let rest = text;
  for (;;) {
    const quoted = /^([^;"]*=)?"((?:[^"\\]|\\.)*)"\s*(?:;|$)/s.exec(rest);
    const piece = quoted ? quoted[0] : /^[^;]*;?/.exec(rest)![0];
    pieces.push(quoted ? `${quoted[1] ?? ''}${quoted[2]!.replace(/\\(["\\])/g, '$1')}` : piece.replace(/;$/, ''));
    rest = rest.slice(piece.length);
    if (piece === '' || rest === '') break;
    rest = rest.trimStart();
  }
  const [value = '', ...settings] = pieces;
  const said = (name: string): string | undefined => settings.find((setting) => setting.startsWith(`${name}=`))?.slice(name.length + 1);
  const filename = said('filename');
  const type = said('type') ?? (filename === undefined ? undefined : typeOfFile(filename));
  const fields = settings.filter((setting) => setting.startsWith('headers=')).map((setting) => setting.slice('headers='.length));
  return { value, ...(type === undefined ? {} : { type }), ...(filename === undefined ? {} : { filename }), fields };
}

/** curl guesses a type from the extension, from a short list. */
function typeOfFile(name: string): string {
  const extension = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const types: Readonly<Record<string, string>> = {
    gif: 'image/gif', jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', svg: 'image/svg+xml', txt: 'text/plain', htm: 'text/html',
    html: 'text/html', pdf: 'application/pdf', xml: 'application/xml',
  };
  return Object.hasOwn(types, extension) ? types[extension]! : 'application/octet-stream';
}
