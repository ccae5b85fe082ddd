// The proxies of a listener: who may say which client a connection comes from.

import { parsePrefix, type Prefix } from "../../mail/ip.ts";
import { bad, type Result } from "../../result.ts";
import { readNetwork } from "./network.ts";

/** The widest network that proxies may plausibly fill, in bits that count. */
const widest = { 4: 8, 6: 16 } as const;

/** A network of proxies, or why it may not be one. */
export function readProxy(text: string): Result<Prefix, string> {
  const prefix = parsePrefix(text);
  if (prefix === undefined || prefix.length >= widest[prefix.address.version]) {
    return readNetwork(text);
  }
  return bad(
    `everybody in ${text} could claim to be any client; list the addresses of your proxies alone`,
  );
}
