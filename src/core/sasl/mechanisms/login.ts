// LOGIN: never standardized (draft-murchison-sasl-login), and all that some appliances know. Two
// prompts, which clients ignore; the name may come with the request.

import type { SaslContext } from "../context.ts";
import { challenge, type Exchange, malformed } from "../exchange.ts";
import type { Mechanism } from "../mechanism.ts";
import { checkPassword } from "../password.ts";
import { decodeText, encodeText } from "../text.ts";

export const login: Mechanism = {
  name: "LOGIN",
  source: "password",
  connection: "any",
  start(context, initial) {
    const named = (name: Uint8Array): Exchange =>
      challenge(encodeText("Password:"), (password) => received(context, name, password));
    return initial === undefined ? challenge(encodeText("Username:"), named) : named(initial);
  },
};

function received(context: SaslContext, name: Uint8Array, secret: Uint8Array): Exchange {
  const authentication = decodeText(name);
  const password = decodeText(secret);
  if (authentication === undefined || password === undefined) {
    return malformed("not UTF-8, or with a NUL");
  }
  return checkPassword({ authentication, authorization: "" }, password, context.mayActAs);
}
