// The header with which a proxy says whom a connection comes from (HAProxy's "The PROXY protocol",
// versions 1 and 2). It stands before everything else on the connection.

import type { IpAddress } from "../mail/ip.ts";
import { bad, type Result } from "../result.ts";
import { beginsAsText, parseTextHeader } from "./text.ts";
import { beginsAsBinary, parseBinaryHeader } from "./binary.ts";

interface ProxyHeader {
  /** The client; undefined where the connection is the proxy's own (a health check), or comes from
   * where there are no IP addresses. */
  readonly source: IpAddress | undefined;
  /** Octets of the header; what follows is the client's. */
  readonly length: number;
}

/** A header, what is wrong with it, or undefined where more octets are needed to say. */
export type ParsedHeader = Result<ProxyHeader, string> | undefined;

/** Reads the header at the beginning of a connection.
 * @param octets all that has come so far */
export function parseProxyHeader(octets: Uint8Array): ParsedHeader {
  if (octets.length === 0) return undefined;
  if (beginsAsText(octets)) return parseTextHeader(octets);
  if (beginsAsBinary(octets)) return parseBinaryHeader(octets);
  return bad("it does not begin with a PROXY header");
}
