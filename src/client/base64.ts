/** Base64 (RFC 4648 §4) of octets. Inner folders have no `btoa`. */
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const values = new Map([...digits].map((digit, value) => [digit, value]));

/** With padding, on one line. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += digits[group >>> 18]! + digits[(group >>> 12) & 63]! + (left > 1 ? digits[(group >>> 6) & 63]! : '=') + (left > 2 ? digits[group & 63]! : '=');
  }
  return text;
}

/** White space is skipped, padding may be missing. Undefined where `text` is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const plain = text.replace(/\s+/g, '').replace(/={0,2}$/, '');
  if (plain.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((plain.length * 3) / 4));
  let group = 0;
  let filled = 0;
  for (let at = 0; at < plain.length; at += 1) {
    const value = values.get(plain[at]!);
    if (value === undefined) return undefined;
    group = ((group << 6) | value) & 0xff_ffff;
    const phase = at % 4;
    if (phase > 0) bytes[filled++] = (group >>> (6 - 2 * phase)) & 0xff;
  }
  return bytes;
}
