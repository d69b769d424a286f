/**
 * The bytes of a request, as a latin-1 string. `Host`, `User-Agent` and `Accept` come first, as a browser or curl would send them;
 * a body brings its `Content-Length`.
 *
 * @param startLine `GET / HTTP/1.1`
 * @param fields whole lines: `Accept-Language: de`
 * @param body text, sent as UTF-8; a list of texts is sent chunked, one chunk each
 */
export function rawRequest(startLine: string, fields: readonly string[] = [], body: string | readonly string[] = ''): string {
  const framing = typeof body !== 'string' ? ['Transfer-Encoding: chunked'] : body === '' ? [] : [`Content-Length: ${octets(body).length}`];
  const content = typeof body === 'string' ? octets(body) : [...body.map(octets), ''].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
  return [startLine, 'Host: 127.0.0.1:8000', 'User-Agent: porthole', 'Accept: */*', ...fields, ...framing, '', content].join('\r\n');
}

/** The UTF-8 octets of `text`, each as one character. */
const octets = (text: string): string => Array.from(new TextEncoder().encode(text), (octet) => String.fromCharCode(octet)).join('');

/**
 * A request for a WebSocket (RFC 6455 §4.1), with the key that the RFC uses, so that the answer is always the same.
 *
 * @param target path and query
 * @param fields more lines: `Sec-WebSocket-Protocol: chat`
 */
export const webSocketHandshake = (target: string, fields: readonly string[] = []): string =>
  [`GET ${target} HTTP/1.1`, 'Host: 127.0.0.1:8000', 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', ...fields, '', ''].join('\r\n');

/** A client's text frame (RFC 6455 §5.2) of at most 125 octets, masked with a key of four octets that is not worth hiding. */
export function maskedText(text: string): string {
  const key = [0x37, 0xfa, 0x21, 0x3d];
  const payload = new TextEncoder().encode(text);
  return String.fromCharCode(0x81, 0x80 | payload.length, ...key, ...payload.map((octet, i) => octet ^ key[i & 3]!));
}
