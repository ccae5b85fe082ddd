// PLAIN (RFC 4616).

import type { SaslContext } from "../context.ts";
import { clientFirst, type Exchange, malformed } from "../exchange.ts";
import type { Mechanism } from "../mechanism.ts";
import { checkPassword } from "../password.ts";
import { decodeText } from "../text.ts";

export const plain: Mechanism = {
  name: "PLAIN",
  source: "password",
  connection: "any",
  start: (context, initial) => clientFirst(initial, (message) => received(context, message)),
};

/** `[authzid] NUL authcid NUL password` */
function received(context: SaslContext, message: Uint8Array): Exchange {
  const parts = splitAtNul(message).map(decodeText);
  if (parts.length !== 3) return malformed("there must be two NULs");
  const [authorization, authentication, password] = parts;
  if (authorization === undefined || authentication === undefined || password === undefined) {
    return malformed("not UTF-8");
  }
  return checkPassword({ authentication, authorization }, password, context.mayActAs);
}

function splitAtNul(octets: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let end = octets.indexOf(0); end !== -1; end = octets.indexOf(0, from)) {
    parts.push(octets.subarray(from, end));
    from = end + 1;
  }
  return [...parts, octets.subarray(from)];
}
