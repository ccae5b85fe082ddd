// The macros in an SPF record's domains (RFC 7208 §7), which make a name of the message at hand.

import type { IpAddress } from "../../mail/ip.ts";

export interface MacroValues {
  /** The address whose domain is asked about, or `postmaster@` and what the client calls itself. */
  readonly sender: { readonly local: string; readonly domain: string };
  /** The domain whose record it is. */
  readonly domain: string;
  readonly client: IpAddress;
  readonly hello: string;
  /** The client's own name, verified; `unknown` where it has none. Asked for `%{p}` alone. */
  readonly clientName: () => Promise<string>;
}

/** Octets of a name in the DNS. */
const longestName = 253;

/** The text must be one of a record that was parsed. A name that would be too long loses labels
 * at its left (§7.3). */
export async function expandMacros(text: string, values: MacroValues): Promise<string> {
  const clientName = /%\{p/i.test(text) ? await values.clientName() : "unknown";
  const expanded = text.replace(
    /%%|%_|%-|%\{([a-z])([0-9]*)(r?)([.+,/_=-]*)\}/gi,
    (macro, letter: string | undefined, count = "", reverse = "", delimiters = "") => {
      if (macro === "%%") return "%";
      if (macro === "%_") return " ";
      if (macro === "%-" || letter === undefined) return "%20";
      const value = valueOf(letter.toLowerCase(), values, clientName);
      const made = transform(value, { count, reverse, delimiters });
      return letter < "a" ? encodeURIComponent(made) : made;
    },
  );
  return shorten(expanded.replace(/\.$/, ""));
}

function valueOf(
  letter: string,
  { sender, domain, client, hello }: MacroValues,
  clientName: string,
): string {
  switch (letter) {
    case "s":
      return `${sender.local}@${sender.domain}`;
    case "l":
      return sender.local;
    case "o":
      return sender.domain;
    case "d":
      return domain;
    case "i":
      return dotted(client);
    case "p":
      return clientName;
    case "v":
      return client.version === 4 ? "in-addr" : "ip6";
    default:
      return hello;
  }
}

/** The address in parts that can be turned around: each hexadecimal digit one of IPv6. */
function dotted({ version, octets }: IpAddress): string {
  if (version === 4) return octets.join(".");
  return octets
    .flatMap((octet) => [octet >> 4, octet & 15].map((digit) => digit.toString(16)))
    .join(".");
}

interface Transformers {
  readonly count: string;
  readonly reverse: string;
  readonly delimiters: string;
}

function transform(value: string, { count, reverse, delimiters }: Transformers): string {
  const splitters = delimiters === "" ? "." : delimiters;
  const parts = [""];
  for (const character of value) {
    if (splitters.includes(character)) parts.push("");
    else parts[parts.length - 1] += character;
  }
  if (reverse !== "") parts.reverse();
  return (count === "" ? parts : parts.slice(-Number(count))).join(".");
}

function shorten(name: string): string {
  let shorter = name;
  while (shorter.length > longestName) {
    const dot = shorter.indexOf(".");
    if (dot === -1) return shorter;
    shorter = shorter.slice(dot + 1);
  }
  return shorter;
}
