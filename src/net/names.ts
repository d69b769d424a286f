import { SocketError, type Address } from './socket.ts';

/**
 * Which addresses exist on the simulated machine. A loopback-only computer: 127.0.0.0/8, ::1, the wildcards, and whatever
 * names it was told (`/etc/hosts`).
 */

/** The wildcard addresses, "any of mine". Python writes `''` for it. */
const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);

/** True for an address that stands for every address of the machine. */
export const isWildcard = (host: string): boolean => wildcards.has(host);

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** True for an IPv4 or (loosely) IPv6 literal. */
const isLiteral = (host: string): boolean => ipv4.test(host) || host.includes(':');

const isLoopback = (host: string): boolean => (ipv4.test(host) && host.startsWith('127.')) || host === '::1';

/**
 * The address that a name stands for. `localhost` is 127.0.0.1; brackets around IPv6 are taken off; case does not matter.
 * @throws SocketError ENOTFOUND for a name nobody knows.
 */
export function resolveHost(host: string, names: Readonly<Record<string, string>>, call: string): string {
  const plain = (host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host).toLowerCase();
  if (isWildcard(plain)) return plain === '' ? '0.0.0.0' : plain;
  if (isLiteral(plain)) return plain;
  if (plain === 'localhost' || plain.endsWith('.localhost')) return '127.0.0.1'; // RFC 6761 §6.3
  const known = Object.hasOwn(names, plain) ? names[plain] : undefined;
  if (known !== undefined) return known;
  throw new SocketError('ENOTFOUND', call, `no such host: ${JSON.stringify(host)}; this network knows localhost, 127.0.0.1 and ::1`);
}

/** Whether the machine has this address. `extra`: further addresses given to it. */
export const isLocal = (host: string, extra: readonly string[]): boolean =>
  isWildcard(host) || isLoopback(host) || extra.includes(host);

/** @throws SocketError EINVAL unless `port` is a whole number from `least` to 65535. */
export function checkPort({ port }: Address, least: 0 | 1, call: string): void {
  if (!Number.isInteger(port) || port < least || port > 65_535) {
    throw new SocketError('EINVAL', call, `port must be a whole number from ${least} to 65535, not ${String(port)}`);
  }
}
