// `host:port`, as a configuration writes it: `192.0.2.1:25`, `[::1]:25`, `smtp.example.com:587`.

import { formatIp, parseIp } from "../../mail/ip.ts";
import { bad, good, type Result } from "../../result.ts";
import { describeValue, unfit } from "../problem.ts";
import type { Endpoint } from "../settings.ts";
import { readDomain } from "./name.ts";

/** What an endpoint may be at its place in the file. */
export interface EndpointKind {
  /** IP addresses only, or names as well. */
  readonly hosts: "addresses" | "addresses and names";
  /** The lowest port: 0 where the system may choose one. */
  readonly lowestPort: 0 | 1;
  /** For an endpoint without a port; absent: the port must be written. */
  readonly defaultPort?: number;
  /** What to write, for messages. */
  readonly expected: string;
}

export const listenEndpoint: EndpointKind = {
  hosts: "addresses",
  lowestPort: 0,
  expected: 'an IP address and a port in quotes, such as "0.0.0.0:25" or "[::]:25"',
};

export const mailEndpoint: EndpointKind = {
  hosts: "addresses and names",
  lowestPort: 1,
  defaultPort: 25,
  expected:
    'a host, with a port where it is not 25, such as "smtp.example.com:587" or "[2001:db8::1]"',
};

export const dnsEndpoint: EndpointKind = {
  hosts: "addresses",
  lowestPort: 1,
  defaultPort: 53,
  expected: 'an IP address, with a port where it is not 53, such as "192.0.2.53" or "[::1]:5353"',
};

const shape = /^(?:\[(?<inBrackets>[^\]]*)\]|(?<bare>[^:[\]]+))(?::(?<port>[0-9]{1,5}))?$/;

/** Reads an endpoint of the given kind, or says what is wrong with it. */
export function readEndpoint(text: string, kind: EndpointKind): Result<Endpoint, string> {
  if (parseIp(text)?.version === 6) {
    return bad(`an IPv6 address needs brackets here; write "[${text}]:${kind.defaultPort ?? 25}"`);
  }
  const { inBrackets, bare = "", port: portText } = shape.exec(text)?.groups ?? {};
  const host = inBrackets === undefined ? readHost(bare, kind) : readIpv6(inBrackets);
  if (host === undefined) return bad(unfit(text, kind.expected));
  const port = portText === undefined ? kind.defaultPort : Number(portText);
  if (port === undefined) return bad(`${describeValue(text)} has no port; write ${kind.expected}`);
  if (port < kind.lowestPort || port > 65_535) {
    return bad(`${port} is no port; write one from ${kind.lowestPort} to 65535`);
  }
  return good({ host, port });
}

function readHost(text: string, { hosts }: EndpointKind): string | undefined {
  const address = parseIp(text);
  if (address !== undefined) return formatIp(address);
  const domain = hosts === "addresses" ? undefined : readDomain(text);
  return domain?.ok === true ? domain.value : undefined;
}

function readIpv6(text: string): string | undefined {
  const address = text.includes(":") ? parseIp(text) : undefined;
  return address === undefined ? undefined : formatIp(address);
}

/** The form that `readEndpoint` reads: brackets around IPv6. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
