// Keys of users who do not exist: always the same ones for a name, so that they look like anybody's,
// and no password fits them.

import type { SaslContext } from "../context.ts";
import { encodeText } from "../text.ts";
import type { ScramHash, ScramKeys } from "./keys.ts";

export function makeDecoyKeys(
  { ports, decoy }: Pick<SaslContext, "ports" | "decoy">,
  hash: ScramHash,
  user: string,
): ScramKeys {
  // Where `Ann` and `ann` are one account, `Bob` and `bob` must look like one.
  const name = user.toLowerCase();
  const derive = (what: string): Uint8Array =>
    ports.hmac(hash, decoy.secret, encodeText(`${what} ${hash} ${name}`));
  return {
    storedKey: derive("stored key"),
    serverKey: derive("server key"),
    salt: derive("salt").slice(0, decoy.saltOctets),
    iterations: decoy.iterations,
  };
}
