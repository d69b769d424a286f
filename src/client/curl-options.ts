/**
 * curl's options: which there are, which take a value, and which bear on the bytes of a request. Names as in `curl --help all`
 * (7.88 to 8.x). Reading a command line needs all of them: a value must not be taken for a URL.
 */
import type { CurlNoteCode } from './curl-notes.ts';
import type { ShellWord } from './shell-words.ts';

/** Options that the import understands. */
const understood = [
  'basic', 'compressed', 'form-escape', 'get', 'globoff', 'head', 'http1.0', 'http1.1', 'next', 'path-as-is', 'tr-encoding',
  'cookie', 'data', 'data-ascii', 'data-binary', 'data-raw', 'data-urlencode', 'form', 'form-string', 'header', 'json', 'oauth2-bearer', 'range',
  'referer', 'request', 'request-target', 'url', 'url-query', 'user', 'user-agent',
] as const;

/** An option that the import understands. */
export type CurlOption = (typeof understood)[number];

const isUnderstood = (name: string): name is CurlOption => (understood as readonly string[]).includes(name);

const list = (names: string): string[] => names.trim().split(/\s+/);

/** Options that would change the request, and do not here. */
const lost = new Set(list(`
  anyauth aws-sigv4 config continue-at crlf digest etag-compare haproxy-protocol negotiate netrc netrc-file netrc-optional ntlm ntlm-wb
  preproxy proxy proxy1.0 proxy-header proxy-user proxytunnel time-cond upload-file variable expand-url expand-data`));

/** Other versions of HTTP: the same request is written as HTTP/1.1. */
const otherVersions = new Set(list('http2 http2-prior-knowledge http3 http3-only'));

/** Options with a value. */
const withValue = new Set(list(`
  abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at cookie
  cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode delegation dns-interface
  dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save expand-data expand-url
  expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode
  happy-eyeballs-timeout-ms haproxy-clientip header help hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json
  keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt
  max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey preproxy proto
  proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key
  proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword
  proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request request-target resolve retry retry-delay
  retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time
  stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config
  unix-socket upload-file upload-flags url url-query user user-agent variable vlan-priority write-out`));

/** Switches. */
const switches = new Set(list(`
  anyauth append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest disable disable-eprt disable-epsv
  disallow-username-in-url doh-cert-status doh-insecure fail fail-early fail-with-body false-start form-escape ftp-create-dirs ftp-pasv
  ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control get globoff haproxy-protocol head http0.9 http1.0 http1.1 http2
  http2-prior-knowledge http3 http3-only ignore-content-length include insecure ipv4 ipv6 junk-session-cookies list-only location
  location-trusted mail-rcpt-allowfails manual metalink mptcp negotiate netrc netrc-optional next no-alpn no-buffer no-clobber
  no-keepalive no-npn no-progress-meter no-sessionid ntlm ntlm-wb parallel parallel-immediate path-as-is post301 post302 post303
  progress-bar proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm
  proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw remote-header-name remote-name remote-name-all
  remote-time remove-on-error retry-all-errors retry-connrefused sasl-ir show-error show-headers silent skip-existing socks5-basic
  socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3
  styled-output suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3
  tr-encoding trace-ids trace-time use-ascii verbose version xattr`));

/** One letter to the name. */
const letters: Readonly<Record<string, string>> = {
  '#': 'progress-bar', ':': 'next', '0': 'http1.0', '1': 'tlsv1', '2': 'sslv2', '3': 'sslv3', '4': 'ipv4', '6': 'ipv6', A: 'user-agent',
  B: 'use-ascii', C: 'continue-at', D: 'dump-header', E: 'cert', F: 'form', G: 'get', H: 'header', I: 'head', J: 'remote-header-name',
  K: 'config', L: 'location', M: 'manual', N: 'no-buffer', O: 'remote-name', P: 'ftp-port', Q: 'quote', R: 'remote-time', S: 'show-error',
  T: 'upload-file', U: 'proxy-user', V: 'version', X: 'request', Y: 'speed-limit', Z: 'parallel', a: 'append', b: 'cookie', c: 'cookie-jar',
  d: 'data', e: 'referer', f: 'fail', g: 'globoff', h: 'help', i: 'include', j: 'junk-session-cookies', k: 'insecure', l: 'list-only',
  m: 'max-time', n: 'netrc', o: 'output', p: 'proxytunnel', q: 'disable', r: 'range', s: 'silent', t: 'telnet-option', u: 'user',
  v: 'verbose', w: 'write-out', x: 'proxy', y: 'speed-time', z: 'time-cond',
};

/** One thing that a curl command line says, in order. `start` and `end` cover the option and its value. */
export type CurlArgument =
  | { readonly kind: 'option'; readonly name: CurlOption; /** Latin-1 octets; '' for a switch. */ readonly value: string; /** `--no-…`. */ readonly off: boolean; readonly start: number; readonly end: number }
  | { readonly kind: 'url'; readonly value: string; readonly start: number; readonly end: number }
  /** Something that makes no request bytes here. */
  | { readonly kind: 'note'; readonly code: CurlNoteCode; readonly subject: string; readonly start: number; readonly end: number };

/** Take the words after `curl` apart. */
export function readCurlArguments(words: readonly ShellWord[]): CurlArgument[] {
  const found: CurlArgument[] = [];
  let optionsOver = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const { value: text, start } = word;
    /** The value of an option: the rest of its word, or the next word. */
    const option = (name: string, off: boolean, written: string, inline: string | undefined): void => {
      let end = word.end;
      let value = '';
      if (withValue.has(name)) {
        if (inline !== undefined) value = inline;
        else if (words[at + 1]) {
          at += 1;
          value = words[at]!.value;
          end = words[at]!.end;
        } else {
          found.push({ kind: 'note', code: 'value-missing', subject: written, start, end });
          return;
        }
      }
      if (isUnderstood(name)) found.push({ kind: 'option', name, value, off, start, end });
      else if (!off) found.push({ kind: 'note', code: lost.has(name) ? 'option-not-supported' : otherVersions.has(name) ? 'other-version' : 'no-bytes', subject: written, start, end });
    };
    if (optionsOver || text === '-' || !text.startsWith('-')) found.push({ kind: 'url', value: text, start, end: word.end });
    else if (text === '--') optionsOver = true;
    else if (text.startsWith('--')) {
      const { name, off } = longName(text.slice(2));
      if (name === undefined) found.push({ kind: 'note', code: 'unknown-option', subject: text, start, end: word.end });
      else option(name, off, text, undefined);
    } else {
      // Letters of switches may be run together; the first that takes a value takes the rest.
      for (let letter = 1; letter < text.length; letter += 1) {
        const written = `-${text[letter]!}`;
        const name = letters[text[letter]!];
        if (name === undefined) {
          found.push({ kind: 'note', code: 'unknown-option', subject: written, start, end: word.end });
          continue;
        }
        const rest = text.slice(letter + 1);
        option(name, false, written, rest === '' ? undefined : rest);
        if (withValue.has(name)) break;
      }
    }
  }
  return found;
}

/** The option that a long name means: itself, a switch turned off, or the only one that begins so (as curl before 8.0 reads it). */
function longName(written: string): { readonly name: string | undefined; readonly off: boolean } {
  const exact = (name: string): boolean => switches.has(name) || withValue.has(name);
  if (exact(written)) return { name: written, off: false };
  const negated = /^no-(.+)$/.exec(written)?.[1];
  if (negated !== undefined && switches.has(negated)) return { name: negated, off: true };
  const candidates = [...switches, ...withValue].filter((name) => name.startsWith(written));
  return { name: candidates.length === 1 ? candidates[0] : undefined, off: false };
}
