/**
 * Which fields may not travel behind the body. RFC9110-6.5.1-2: a sender must not put there what is needed for "message
 * framing, routing, authentication, request modifiers, response controls, or content format", and a recipient that believed
 * it there could be told one thing at the head and another at the foot.
 */
const forbidden: ReadonlySet<string> = new Set([
  // framing and the connection
  'transfer-encoding', 'content-length', 'connection', 'keep-alive', 'proxy-connection', 'upgrade', 'te', 'trailer',
  // routing
  'host', 'max-forwards', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto',
  // authentication and state
  'authorization', 'proxy-authorization', 'www-authenticate', 'proxy-authenticate', 'authentication-info', 'proxy-authentication-info', 'cookie', 'set-cookie',
  // request modifiers
  'cache-control', 'expect', 'pragma', 'range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range',
  // response controls
  'age', 'date', 'expires', 'location', 'retry-after', 'vary', 'warning',
  // content format
  'content-encoding', 'content-type', 'content-range',
]);

/** May a field of this name (in lower case) be a trailer? */
export const mayBeTrailer = (name: string): boolean => !forbidden.has(name);
