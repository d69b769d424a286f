/** Close codes: RFC 6455 §7.4 and the IANA registry it sets up. */

/** What each registered code means, for people. */
export const closeCodes: Readonly<Record<number, string>> = Object.freeze({
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no close code was sent',
  1006: 'the connection ended without a closing handshake',
  1007: 'invalid data, such as text that is not UTF-8',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'the server did not agree to a required extension',
  1011: 'unexpected condition in the server',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake failed',
});

/** No code was in the Close frame (RFC6455-7.1.5). Never sent. */
export const noCode = 1005;
/** The connection ended without a Close frame (RFC6455-7.1.5). Never sent. */
export const abnormal = 1006;

/**
 * May this code stand in a Close frame? RFC6455-7.4.1 reserves 1004, 1005, 1006 and 1015; RFC6455-7.4.2 leaves 0-999 unused,
 * 1000-2999 to the protocol (so an unregistered one is an error), 3000-4999 to libraries and applications.
 */
export const mayBeSent = (code: number): boolean =>
  Number.isInteger(code) && ((code >= 1000 && code <= 1014 && code !== 1004 && code !== noCode && code !== abnormal) || (code >= 3000 && code <= 4999));
