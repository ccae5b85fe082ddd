// CRAM-MD5 (RFC 2195): for classic accounts whose passwords are stored in the clear.

import type { SaslContext } from "../context.ts";
import type { CredentialAnswer } from "../credentials.ts";
import {
  challenge,
  check,
  type Exchange,
  malformed,
  success,
  unavailable,
  wrongCredentials,
} from "../exchange.ts";
import { readIdentity } from "../identity.ts";
import type { Mechanism } from "../mechanism.ts";
import { decodeText, encodeText } from "../text.ts";

export const cramMd5: Mechanism = {
  name: "CRAM-MD5",
  source: "clear-password",
  connection: "any",
  start(context, initial) {
    if (initial !== undefined) return malformed("the server speaks first");
    const challenged = encodeText(`<${context.ports.nonce()}@${context.hostname}>`);
    return challenge(challenged, (response) => received(context, challenged, response));
  },
};

/** The name, a space, and the digest in lower case. The name may hold spaces. */
function received(context: SaslContext, challenged: Uint8Array, response: Uint8Array): Exchange {
  const match = /^(.*) ([0-9a-f]{32})$/s.exec(decodeText(response) ?? "");
  if (match === null) return malformed("no name and digest");
  const [, authentication = "", digest = ""] = match;
  const identity = readIdentity({ authentication, authorization: "" }, context.mayActAs);
  if (!identity.ok) return identity.problem;
  const { user } = identity.value;
  return check({ kind: "clear-password", user }, (answer) => {
    if (answer.kind === "unavailable") return unavailable(user);
    const password = passwordOf(answer, user);
    const right = hex(context.ports.hmac("md5", encodeText(password), challenged));
    const good = context.ports.equal(encodeText(digest), encodeText(right));
    return good && answer.kind === "clear-password"
      ? success(answer.account)
      : wrongCredentials(user);
  });
}

/** For whom none is known, one is hashed nevertheless. */
function passwordOf(answer: CredentialAnswer, user: string): string {
  return answer.kind === "clear-password" ? answer.password : user;
}

function hex(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
