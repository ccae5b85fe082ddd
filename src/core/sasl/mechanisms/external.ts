// EXTERNAL (RFC 4422 appendix A): the client's certificate has said who it is.

import {
  checkFinally,
  clientFirst,
  type Exchange,
  malformed,
  rejected,
  wrongCredentials,
} from "../exchange.ts";
import type { Mechanism } from "../mechanism.ts";
import { saslPrep } from "../prepare.ts";
import { decodeText } from "../text.ts";

export const external: Mechanism = {
  name: "EXTERNAL",
  source: "certificate",
  connection: "client-certificate",
  start: ({ certificate }, initial) =>
    clientFirst(initial, (message) => received(certificate, message)),
};

/** The account that the client asks for, or nothing for the certificate's own. */
function received(certificate: string | undefined, message: Uint8Array): Exchange {
  const named = decodeText(message);
  if (named === undefined) return malformed("not UTF-8, or with a NUL");
  if (certificate === undefined) return rejected("no client certificate", undefined);
  const user = saslPrep(named);
  if (user === undefined && named !== "") return wrongCredentials(undefined);
  return checkFinally({ kind: "certificate", user, certificate }, user);
}
