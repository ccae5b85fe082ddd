// IP addresses and prefixes as values. IPv4 seen through IPv6 (::ffff:192.0.2.1) is IPv4: one
// client has one address, whichever socket it came through.

export interface IpAddress {
  readonly version: 4 | 6;
  /** 4 or 16 octets, in network order. */
  readonly octets: readonly number[];
}

export interface Prefix {
  readonly address: IpAddress;
  /** Bits that count: 0 to 32, or 0 to 128. */
  readonly length: number;
}

/** Reads an IPv4 or IPv6 address (RFC 4291 §2.2); undefined where the text is neither. */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(":")) return parseIpv4(text);
  const octets = parseIpv6Octets(text);
  return octets === undefined ? undefined : ipv6FromOctets(octets);
}

/** The address of 16 octets in network order. */
export function ipv6FromOctets(octets: readonly number[]): IpAddress {
  const mapped = octets.slice(0, 10).every((octet) => octet === 0) && octets[10] === 0xff;
  if (mapped && octets[11] === 0xff) return { version: 4, octets: octets.slice(12) };
  return { version: 6, octets };
}

const dot = ".".charCodeAt(0);
const zero = "0".charCodeAt(0);

function parseIpv4(text: string): IpAddress | undefined {
  const octets: number[] = [];
  let value: number | undefined;
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? dot : text.charCodeAt(at);
    if (code === dot) {
      if (value === undefined || octets.push(value) > 4) return undefined;
      value = undefined;
    } else {
      const digit = code - zero;
      // Leading zeros are refused: some programs read them as octal.
      if (digit < 0 || digit > 9 || value === 0) return undefined;
      value = (value ?? 0) * 10 + digit;
      if (value > 255) return undefined;
    }
  }
  return octets.length === 4 ? { version: 4, octets } : undefined;
}

function parseIpv6Octets(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = [halves[0] ?? "", halves[1]];
  const left = parseGroups(head, tail === undefined);
  const right = tail === undefined ? [] : parseGroups(tail, true);
  if (left === undefined || right === undefined) return undefined;
  const missing = 16 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...left, ...Array.from({ length: missing }, () => 0), ...right];
}

function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === "") return [];
  const octets: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    if (mayEndInIpv4 && index === groups.length - 1 && group.includes(".")) {
      const v4 = parseIpv4(group);
      if (v4 === undefined) return undefined;
      octets.push(...v4.octets);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 0xff);
    }
  }
  return octets.length <= 16 ? octets : undefined;
}

/** The canonical text of an address (RFC 5952 for IPv6). */
export function formatIp(address: IpAddress): string {
  if (address.version === 4) return address.octets.join(".");
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) {
    groups.push(((address.octets[at] ?? 0) << 8) | (address.octets[at + 1] ?? 0));
  }
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(":");
  return `${hex.slice(0, run.start).join(":")}::${hex.slice(run.start + run.length).join(":")}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}

/** Reads `192.0.2.0/24`, `2001:db8::/48`, or a single address (all its bits count). Bits behind the
 * length must be zero: `192.0.2.7/24` is more likely a mistake than a network. */
export function parsePrefix(text: string): Prefix | undefined {
  const [addressText = "", lengthText, ...rest] = text.split("/");
  const address = parseIp(addressText);
  if (address === undefined || rest.length > 0) return undefined;
  const bits = address.octets.length * 8;
  if (lengthText === undefined) return { address, length: bits };
  if (!/^(0|[1-9][0-9]{0,2})$/.test(lengthText) || Number(lengthText) > bits) return undefined;
  const prefix = { address, length: Number(lengthText) };
  return hasHostBits(prefix) ? undefined : prefix;
}

/** Whether all addresses of `inner` lie in `outer`. */
export function prefixCovers(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && prefixContains(outer, inner.address);
}

/** The prefix of that length in which the address lies. */
export function prefixAround(address: IpAddress, length: number): Prefix {
  return { address: networkAddress(address, length), length };
}

function hasHostBits({ address, length }: Prefix): boolean {
  return address.octets.some((octet, index) => (octet & ~octetMask(length, index) & 0xff) !== 0);
}

/** Which bits of octet `index` belong to a prefix of `length` bits. */
function octetMask(length: number, index: number): number {
  const bits = Math.min(8, Math.max(0, length - index * 8));
  return (0xff << (8 - bits)) & 0xff;
}

/** The first address of the network of `length` bits that an address lies in. */
export function networkAddress({ version, octets }: IpAddress, length: number): IpAddress {
  return { version, octets: octets.map((octet, index) => octet & octetMask(length, index)) };
}

export function formatPrefix({ address, length }: Prefix): string {
  return `${formatIp(address)}/${length}`;
}

/** Whether the address lies in the prefix. An IPv4 address is never in an IPv6 prefix. */
export function prefixContains(prefix: Prefix, address: IpAddress): boolean {
  if (prefix.address.version !== address.version) return false;
  return address.octets.every((octet, index) => {
    const mask = octetMask(prefix.length, index);
    return (octet & mask) === ((prefix.address.octets[index] ?? 0) & mask);
  });
}

export function isSameIp(one: IpAddress, other: IpAddress): boolean {
  return (
    one.version === other.version &&
    one.octets.every((octet, index) => octet === other.octets[index])
  );
}

/** Whether the address is this host's own, whichever host that is (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopback({ version, octets }: IpAddress): boolean {
  if (version === 4) return octets[0] === 127;
  return octets.every((octet, index) => octet === (index === 15 ? 1 : 0));
}
