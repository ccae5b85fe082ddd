// A rule's address: for whom the rule is. The forms are those of tcprules(1), with the IPv6 forms of
// its two patched versions, ucspi-tcp6 and fefe's.

import { type IpAddress, networkAddress, parseIp, type Prefix } from "../mail/ip.ts";

export type Pattern =
  /** One client. */
  | { readonly kind: "address"; readonly address: IpAddress }
  | { readonly kind: "network"; readonly prefix: Prefix }
  /** `=host`: the client's verified name. */
  | { readonly kind: "host"; readonly name: string }
  /** `=.suffix`: names that end in it; with the dot. */
  | { readonly kind: "suffix"; readonly suffix: string }
  /** `=`: any client with a verified name. */
  | { readonly kind: "any-host" }
  /** The empty address: all others. */
  | { readonly kind: "default" }
  /** No client is meant; `why` says so to the rule's writer. */
  | { readonly kind: "never"; readonly why: string };

/** Reads an address with its ranges written out. A form that no client's address or name can have
 * is `never`, as it is a key that is never looked up in the original. */
export function readPattern(text: string): Pattern {
  if (text === "") return { kind: "default" };
  if (text.includes("@")) return never(identIgnored);
  if (text.startsWith("=")) return readHost(text.slice(1));
  if (/\s/.test(text)) return never("no client is meant: there is a blank in the address");
  if (text.includes(":")) return readIpv6(text);
  if (text.includes("/")) return readCidr4(text);
  if (text.endsWith(".")) return readOctets(text);
  const address = parseIp(text);
  return address === undefined ? never(adviseOnAddress(text)) : { kind: "address", address };
}

const identIgnored =
  "this rule never holds: the name in front of the @ would come from the client itself (ident), which is never asked";

function never(why: string): Pattern {
  return { kind: "never", why };
}

function readHost(name: string): Pattern {
  if (name === "") return { kind: "any-host" };
  if (name !== name.toLowerCase()) {
    return never(
      `no client is meant: names are compared in small letters; write =${name.toLowerCase()}`,
    );
  }
  if (/[^!-~]/.test(name) || name.endsWith(".") || name.includes("..")) {
    return never("no client is meant: no host has such a name");
  }
  return name.startsWith(".") ? { kind: "suffix", suffix: name } : { kind: "host", name };
}

/** `10.`, `10.1.`, `10.1.2.` */
function readOctets(text: string): Pattern {
  const prefix = octetsPrefix(text);
  if (prefix === undefined || prefix.length > 24) return never(adviseOnAddress(text));
  return { kind: "network", prefix };
}

/** One to four octets, each with a dot behind it. */
function octetsPrefix(text: string): Prefix | undefined {
  const parts = text.split(".").slice(0, -1);
  const address = parseIp([...parts, "0", "0", "0", "0"].slice(0, 4).join("."));
  if (!text.endsWith(".") || parts.length > 4 || address === undefined) return undefined;
  return { address, length: parts.length * 8 };
}

/** ucspi-tcp6: `127./8`. Without the dot it is a key that tcpserver never looks up. */
function readCidr4(text: string): Pattern {
  const [start = "", bits = "", ...more] = text.split("/");
  const length = readLength(bits, 32);
  const octets = octetsPrefix(start);
  if (length !== undefined && length > 0 && octets !== undefined && more.length === 0) {
    return { kind: "network", prefix: { address: networkAddress(octets.address, length), length } };
  }
  const whole = parseIp(start);
  if (length === undefined || whole === undefined || more.length > 0) {
    return never(adviseOnAddress(text));
  }
  return never(
    `tcpserver never matches this form, so no client is meant; write ${classicNetwork(whole, length)}`,
  );
}

/** A network as the classic language can say it. */
function classicNetwork(address: IpAddress, length: number): string {
  const { octets } = networkAddress(address, length);
  const whole = octets.slice(0, Math.ceil(length / 8)).map((octet) => `${octet}.`);
  if (length === 0) return "nothing before the colon, which means everybody";
  if (length === 32) return octets.join(".");
  return length % 8 === 0 ? whole.join("") : `${whole.join("")}/${length}`;
}

function readIpv6(text: string): Pattern {
  const [start = "", bits, ...more] = text.split("/");
  if (bits === undefined && start.endsWith(":")) return readGroups(start);
  const address = parseIp(start);
  if (address === undefined || more.length > 0) return never(adviseOnAddress(text));
  if (address.version === 4) {
    return never(`no client is meant: an IPv4 client is known by its IPv4 address; write that`);
  }
  if (bits === undefined) return { kind: "address", address };
  const length = readLength(bits, 128);
  if (length === undefined || length === 0) return never(adviseOnAddress(text));
  return { kind: "network", prefix: { address: networkAddress(address, length), length } };
}

/** fefe's prefixes, `2001:db8:`: the groups that are written. `::` at the end stands for at least two
 * groups of zeros, because a client's address shows them so. */
function readGroups(text: string): Pattern {
  const zeros = text.endsWith("::");
  const groups = text.slice(0, zeros ? -2 : -1);
  const written = groups === "" ? 0 : groups.split(":").length;
  const address = parseIp(`${groups}::`);
  const length = Math.min(128, (written + (zeros ? 2 : 0)) * 16);
  if (address?.version !== 6 || groups.includes("::") || length === 0) {
    return never(adviseOnAddress(text));
  }
  if (length === 128) return { kind: "address", address };
  return { kind: "network", prefix: { address, length } };
}

function readLength(text: string, most: number): number | undefined {
  return /^(0|[1-9][0-9]{0,2})$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

function adviseOnAddress(text: string): string {
  const meant = "no client is meant:";
  if (/^[0-9.]+$/.test(text)) {
    if ((octetsPrefix(`${text}.`)?.length ?? 32) < 32) {
      return `${meant} this is neither a whole address nor does it end in a dot; write ${text}.`;
    }
    return `${meant} an address has four numbers of 0 to 255, without leading zeros`;
  }
  if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i.test(text)) {
    return `${meant} a host's name has = in front; write =${text.toLowerCase()}`;
  }
  return `${meant} no client's address looks like this`;
}
