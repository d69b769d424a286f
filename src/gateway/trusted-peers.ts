/**
 * Which peers may speak for others: addresses and networks, as in `--forwarded-allow-ips`.
 */

/** Reads IPv4 and IPv6 addresses as numbers. Undefined where the text is neither. */
export function parseIp(text: string): { readonly bits: 32 | 128; readonly value: bigint } | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { bits: 32, value: v4 };
  // A zone (`fe80::1%eth0`) is of no meaning outside this machine.
  const v6 = parseV6(text.replace(/%.*$/, ''));
  if (v6 === undefined) return undefined;
  // IPv4 peers of a dual-stack socket: ::ffff:192.0.2.1
  return v6 >> 32n === 0xffffn ? { bits: 32, value: v6 & 0xffff_ffffn } : { bits: 128, value: v6 };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1)!;
  // The last 32 bits may be written as IPv4.
  const tail = last.at(-1);
  if (tail?.includes('.') === true) {
    const v4 = parseV4(tail);
    if (v4 === undefined) return undefined;
    last.splice(-1, 1, (v4 >> 16n).toString(16), (v4 & 0xffffn).toString(16));
  }
  const all = groups.flat();
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const missing = 8 - all.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const full = halves.length === 1 ? all : [...groups[0]!, ...Array<string>(missing).fill('0'), ...groups[1]!];
  return full.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}

/**
 * Is a peer trusted? `list`: addresses and networks (`10.0.0.0/8`, `::1`), `*` for everybody, `unix` for peers without an address.
 * Throws RangeError on an entry that is neither.
 */
export function trustedPeers(list: readonly string[]): (host: string) => boolean {
  const networks: { readonly bits: 32 | 128; readonly prefix: bigint; readonly shift: bigint }[] = [];
  let everybody = false;
  let unix = false;
  for (const entry of list) {
    if (entry === '*') everybody = true;
    else if (entry === 'unix') unix = true;
    else {
      const [address = '', length] = entry.split('/');
      const ip = parseIp(address);
      const size = length === undefined ? ip?.bits : /^\d{1,3}$/.test(length) ? Number(length) : undefined;
      if (ip === undefined || size === undefined || size > ip.bits) throw new RangeError(`'${entry}' is no address, no network (10.0.0.0/8), and not '*' or 'unix'`);
      const shift = BigInt(ip.bits - size);
      networks.push({ bits: ip.bits, prefix: ip.value >> shift, shift });
    }
  }
  return (host) => {
    if (everybody) return true;
    const ip = parseIp(host);
    if (ip === undefined) return unix && (host === '' || host.startsWith('/'));
    return networks.some(({ bits, prefix, shift }) => bits === ip.bits && ip.value >> shift === prefix);
  };
}
