/**
 * Every way in which a peer's bytes are refused, in one table: what to answer, which rule says so, what is wrong and what to
 * do. Documented in `docs/errors.md`, which is checked against this table.
 *
 * A clause id is document, section, paragraph, as httpwg.org numbers them: `RFC9112-2.2-4` is
 * https://httpwg.org/specs/rfc9112.html#rfc.section.2.2.p.4 . `-6.3-2.5` is the fifth item of the list that is paragraph 2.
 */
import type { Span } from '../../trace/events.ts';
import { RemoteProtocolError } from './errors.ts';

interface Refusal {
  readonly status: number;
  readonly clause: string;
  readonly message: string;
  readonly advice: string;
}

export const refusals = {
  // ── lines ──
  'bare-lf': { status: 400, clause: 'RFC9112-2.2-3', message: 'A line ends in LF without CR. Some recipients see a line end there and some do not, so the message could be read two ways.', advice: 'End every line with CR LF (\\r\\n).' },
  'bare-cr': { status: 400, clause: 'RFC9112-2.2-4', message: 'A CR is not followed by LF. Some recipients take it for a line end and some do not.', advice: 'Send CR only as part of CR LF; encode it in data.' },
  'empty-lines': { status: 400, clause: 'RFC9112-2.2-6', message: 'Too many empty lines stand before the request line.', advice: 'Send the request line first; one stray CR LF after a body is tolerated.' },
  'whitespace-before-fields': { status: 400, clause: 'RFC9112-2.2-8', message: 'The first line of a section of fields begins with whitespace. Some recipients would join it to the line before and some would skip it.', advice: 'Begin the field at the start of its line.' },
  // ── request line ──
  'tls-handshake': { status: 400, clause: 'RFC9112-2.2-9', message: 'These bytes are the beginning of a TLS handshake, not an HTTP request.', advice: 'Use http:// for this port, or put TLS in front of it.' },
  'bad-method': { status: 400, clause: 'RFC9112-3.1-2', message: 'The method contains an octet that a token cannot hold.', advice: 'Begin the request with a method such as GET, made of letters, digits or !#$%&\'*+-.^_`|~, and one space.' },
  'missing-method': { status: 400, clause: 'RFC9112-3-3', message: 'The request line begins with whitespace where the method should stand.', advice: 'Begin the line with the method.' },
  'method-too-long': { status: 501, clause: 'RFC9112-3-4', message: 'The method is longer than any that is known here.', advice: 'Use a registered method.' },
  'missing-target': { status: 400, clause: 'RFC9112-3-2', message: 'The request line ends after the method: there is no request target.', advice: 'Write METHOD SP target SP HTTP/1.1.' },
  'extra-space': { status: 400, clause: 'RFC9112-3-3', message: 'Two parts of the request line are separated by more than one space.', advice: 'Put exactly one space between method, target and version; encode a space in the target as %20.' },
  'tab-in-request-line': { status: 400, clause: 'RFC9112-3-3', message: 'The parts of the request line are separated by a tab.', advice: 'Separate them with one space.' },
  'target-too-long': { status: 414, clause: 'RFC9112-3-4', message: 'The request line is longer than this server reads.', advice: 'Shorten the target; send data in the body.' },
  'control-in-target': { status: 400, clause: 'RFC9112-3.2-2', message: 'The request target contains a control character.', advice: 'Encode it as %XX.' },
  'non-ascii-target': { status: 400, clause: 'RFC9112-3.2-2', message: 'The request target contains an octet outside ASCII.', advice: 'Encode the text as UTF-8 and each octet as %XX.' },
  'fragment-in-target': { status: 400, clause: 'RFC9110-7.1-2', message: 'The request target contains "#". A fragment is for the browser; it is never sent.', advice: 'Cut the fragment off, or encode "#" as %23.' },
  'bad-target': { status: 400, clause: 'RFC9112-3.2-2', message: 'The request target is none of the four forms: /path, http://host/path, host:port (for CONNECT) or * (for OPTIONS).', advice: 'Begin the target with "/".' },
  'bad-scheme': { status: 400, clause: 'RFC9110-7.4-1', message: 'The request target names a scheme that is not served here.', advice: 'Use http or https.' },
  'bad-authority': { status: 400, clause: 'RFC9110-4.2.1-4', message: 'The request target names no valid host.', advice: 'Write http://host/path, with a host name or an address, and an optional port.' },
  'userinfo-in-target': { status: 400, clause: 'RFC9110-4.2.4-4', message: 'The request target has a user name in front of its host, which is used to disguise where a link leads.', advice: 'Send credentials in Authorization.' },
  'asterisk-form': { status: 400, clause: 'RFC9112-3.2.4-1', message: 'The target * is for OPTIONS only.', advice: 'Name a path.' },
  'connect-target': { status: 400, clause: 'RFC9112-3.2.3-1', message: 'The target of CONNECT is a host and a port.', advice: 'Write CONNECT host:port HTTP/1.1.' },
  'connect-port': { status: 400, clause: 'RFC9110-9.3.6-4', message: 'CONNECT names a host but no port to connect to.', advice: 'Write CONNECT host:port HTTP/1.1; there is no default port.' },
  'connect-body': { status: 400, clause: 'RFC9110-9.3.6-13', message: 'CONNECT announces content, which it cannot have: what follows its head belongs to the tunnel.', advice: 'Leave Content-Length and Transfer-Encoding out.' },
  'connect-unsupported': { status: 501, clause: 'RFC9110-9.3.6-6', message: 'CONNECT asks for a tunnel, which is a proxy\'s work; this is an origin server.', advice: 'Send the request to a proxy.' },
  'missing-version': { status: 400, clause: 'RFC9112-3-2', message: 'The request line ends after the target, as in HTTP/0.9.', advice: 'End the line with a space and HTTP/1.1.' },
  'bad-version': { status: 400, clause: 'RFC9112-2.3-3', message: 'After the target stands something other than HTTP/ and a version such as 1.1.', advice: 'Write HTTP/1.1, in capitals; encode a space in the target as %20.' },
  'unsupported-version': { status: 505, clause: 'RFC9110-15.6.6-1', message: 'The major version of the protocol is not 1.', advice: 'Speak HTTP/1.1 on this port.' },
  'http2-preface': { status: 505, clause: 'RFC9113-3.4-4', message: 'This is the preface of HTTP/2, sent without asking first.', advice: 'Speak HTTP/1.1 on this port.' },
  'trailing-space': { status: 400, clause: 'RFC9112-3-3', message: 'Whitespace follows the version.', advice: 'End the line with CR LF directly after HTTP/1.1.' },
  // ── status line ──
  'not-http': { status: 502, clause: 'RFC9112-2.3-3', message: 'The answer does not begin with HTTP/1.', advice: 'Check that the peer speaks HTTP/1.1 on this port.' },
  'bad-status-line': { status: 502, clause: 'RFC9112-4-2', message: 'The status line is not HTTP-version, space, three digits, space, reason.', advice: 'Write it like HTTP/1.1 200 OK.' },
  'bad-reason': { status: 502, clause: 'RFC9112-4-8', message: 'The reason phrase contains a control character.', advice: 'Use visible characters, spaces and tabs.' },
  'status-line-too-long': { status: 502, clause: 'RFC9110-2.3-1', message: 'The status line is longer than this client reads.', advice: 'Shorten the reason phrase.' },
  'unsolicited-response': { status: 502, clause: 'RFC9112-9.2-3', message: 'The server sends although no request is open.', advice: 'Send one response per request.' },
  'unasked-switch': { status: 502, clause: 'RFC9110-7.8-5', message: 'The server switches protocols although the request did not offer to.', advice: 'Answer 101 only to a request with Upgrade.' },
  // ── fields ──
  'too-many-fields': { status: 431, clause: 'RFC6585-5-2', message: 'There are more field lines than this recipient reads.', advice: 'Send fewer.' },
  'field-too-large': { status: 431, clause: 'RFC6585-5-2', message: 'A field line is longer than this recipient reads.', advice: 'Shorten it: often a cookie has grown.' },
  'head-too-large': { status: 431, clause: 'RFC6585-5-2', message: 'The header section is larger than this recipient reads.', advice: 'Send fewer or shorter fields.' },
  'obs-fold': { status: 400, clause: 'RFC9112-5.2-4', message: 'A field value continues on a line that begins with whitespace. This was given up because recipients read it differently.', advice: 'Put the value on one line.' },
  'whitespace-before-colon': { status: 400, clause: 'RFC9112-5.1-2', message: 'Whitespace stands between a field name and its colon. Some recipients would see another field there.', advice: 'Write Name: value, with no space before the colon.' },
  'empty-field-name': { status: 400, clause: 'RFC9110-5.1-2', message: 'A field line begins with its colon: the name is missing.', advice: 'Write Name: value.' },
  'missing-colon': { status: 400, clause: 'RFC9112-5-2', message: 'A field line has no colon.', advice: 'Write Name: value, and end the header section with an empty line.' },
  'bad-field-name': { status: 400, clause: 'RFC9110-5.1-2', message: 'A field name contains an octet that a token cannot hold.', advice: 'Use letters, digits and hyphens.' },
  'nul-in-value': { status: 400, clause: 'RFC9110-5.5-5', message: 'A field value contains NUL.', advice: 'Encode binary data, for instance as base64.' },
  'control-in-value': { status: 400, clause: 'RFC9110-5.5-5', message: 'A field value contains a control character.', advice: 'Encode it.' },
  // ── Host ──
  'host-missing': { status: 400, clause: 'RFC9112-3.2-6', message: 'An HTTP/1.1 request must name the host that it is for, and this one does not.', advice: 'Add Host: followed by the host in the URL.' },
  'host-repeated': { status: 400, clause: 'RFC9112-3.2-6', message: 'There is more than one Host field, and each could be believed by somebody else.', advice: 'Send one.' },
  'bad-host': { status: 400, clause: 'RFC9112-3.2-6', message: 'The value of Host is not a host name or address with an optional port.', advice: 'Write Host: example.com or Host: example.com:8080, without scheme, user or path.' },
  // ── framing ──
  'te-and-cl': { status: 400, clause: 'RFC9112-6.3-2.3', message: 'Both Transfer-Encoding and Content-Length are there: two recipients could disagree about where the body ends.', advice: 'Send one of them.' },
  'te-in-http10': { status: 400, clause: 'RFC9112-6.1-16', message: 'Transfer-Encoding is used in HTTP/1.0, which does not know it.', advice: 'Send Content-Length, or speak HTTP/1.1.' },
  'bad-transfer-encoding': { status: 400, clause: 'RFC9112-6.1-2', message: 'Transfer-Encoding is not a list of coding names.', advice: 'Write Transfer-Encoding: chunked.' },
  'coding-parameters': { status: 400, clause: 'RFC9112-7.1-6', message: 'A transfer coding is given parameters; chunked has none.', advice: 'Write Transfer-Encoding: chunked.' },
  'chunked-repeated': { status: 400, clause: 'RFC9112-6.1-4', message: 'Transfer-Encoding names chunked more than once.', advice: 'Apply it once.' },
  'chunked-not-last': { status: 400, clause: 'RFC9112-6.3-2.4', message: 'The last transfer coding is not chunked, so nobody can tell where the request ends.', advice: 'Make chunked the last coding.' },
  'unknown-coding': { status: 501, clause: 'RFC9112-6.1-11', message: 'A transfer coding is not implemented here.', advice: 'Use chunked alone; compress with Content-Encoding.' },
  'bad-content-length': { status: 400, clause: 'RFC9112-6.3-2.5', message: 'Content-Length is not a plain decimal number.', advice: 'Send the number of octets in digits, nothing else.' },
  'content-length-conflict': { status: 400, clause: 'RFC9112-6.3-2.5', message: 'There are several Content-Length values: each could be believed by somebody.', advice: 'Send one Content-Length with one number.' },
  'content-length-overflow': { status: 400, clause: 'RFC9110-8.6-10', message: 'Content-Length is larger than any number that can be counted to here.', advice: 'Send the true length.' },
  'body-too-large': { status: 413, clause: 'RFC9110-15.5.14-1', message: 'The content is larger than this server accepts.', advice: 'Send less, or ask the operator for a higher limit.' },
  'bad-chunk-size': { status: 400, clause: 'RFC9112-7.1-2', message: 'A chunk does not begin with its size in hexadecimal digits.', advice: 'Write the size in hexadecimal, then CR LF, then so many octets.' },
  'chunk-size-overflow': { status: 400, clause: 'RFC9112-7.1-5', message: 'A chunk size has more digits than can be counted to here.', advice: 'Send smaller chunks, without leading zeros.' },
  'bad-chunk-extension': { status: 400, clause: 'RFC9112-7.1.1-2', message: 'What follows a chunk size is not ;name or ;name=value.', advice: 'Leave chunk extensions out.' },
  'chunk-extension-too-long': { status: 400, clause: 'RFC9112-7.1.1-4', message: 'The chunk extensions are longer than this recipient reads.', advice: 'Leave chunk extensions out.' },
  'chunk-data-end': { status: 400, clause: 'RFC9112-7.1-2', message: 'The data of a chunk is not followed by CR LF: the size and the data do not agree.', advice: 'Count the octets of each chunk.' },
  // ── the rest ──
  'unknown-expectation': { status: 417, clause: 'RFC9110-10.1.1-5', message: 'Expect asks for something other than 100-continue.', advice: 'Leave Expect out, or send 100-continue.' },
  'incomplete-head': { status: 400, clause: 'RFC9112-8-1', message: 'The connection was closed before the header section ended.', advice: 'End it with an empty line.' },
  'incomplete-body': { status: 400, clause: 'RFC9112-8-4', message: 'The connection was closed before the body was complete.', advice: 'Send as many octets as were announced, and the last chunk.' },
} as const satisfies Record<string, Refusal>;

/** Why a peer's bytes were refused. */
export type RefusalCode = keyof typeof refusals;

/** Build the error. `detail` is appended to the message; it must not hold raw octets of the peer. */
export function refuse(code: RefusalCode, span: Span, detail = ''): RemoteProtocolError {
  const { status, clause, message, advice } = refusals[code];
  return new RemoteProtocolError({ code, status, clause, message: detail === '' ? message : `${message} ${detail}`, advice, span });
}
