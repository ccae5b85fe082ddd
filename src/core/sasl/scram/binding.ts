// Channel binding (RFC 5802 §6): client and server see the same TLS channel, with nobody between.

import { concat } from "../../octets.ts";
import { bad, good, type Result } from "../../result.ts";
import type { ChannelBindings, SaslContext } from "../context.ts";
import { type Failure, malformed, rejected } from "../exchange.ts";
import type { Gs2Header } from "../gs2.ts";
import { encodeText } from "../text.ts";
import type { ScramHash } from "./keys.ts";

/** One mechanism of the family. */
export interface ScramVariant {
  readonly name: string;
  readonly hash: ScramHash;
  /** With channel binding. */
  readonly plus: boolean;
}

/** What the client has to repeat in its last message: its header, and what binds the channel. */
export function expectedBinding(
  { channelBindings, offered }: SaslContext,
  { name, plus }: ScramVariant,
  { binding, text }: Gs2Header,
): Result<Uint8Array, Failure> {
  const header = encodeText(text);
  if (binding.flag === "p") {
    if (!plus) return bad(malformed("channel binding needs the -PLUS mechanism"));
    const data = dataOf(channelBindings, binding.type);
    if (data === undefined) return bad(malformed(`no channel binding ${binding.type} here`));
    return good(concat(header, data));
  }
  if (plus) return bad(malformed("the -PLUS mechanism needs channel binding"));
  if (binding.flag === "y" && offered.has(`${name}-PLUS`)) {
    return bad(rejected("the client was not shown the -PLUS mechanism", undefined));
  }
  return good(header);
}

function dataOf(bindings: ChannelBindings, type: string): Uint8Array | undefined {
  switch (type) {
    case "tls-exporter":
    case "tls-server-end-point":
      return bindings[type];
    default:
      return undefined;
  }
}
