/**
 * Fields that belong to one connection, not to the message: the server's business alone (RFC 9110 §7.6.1; PEP 3333, "Other HTTP
 * Features"; the list is RFC 2616 §13.5.1, which the PEP refers to, with `proxy-connection`, which never was a standard).
 */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'trailers', 'transfer-encoding', 'upgrade',
]);
