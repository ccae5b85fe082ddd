// PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login): the password as it is, for servers that know
// nothing better.

import { encodeText } from "../text.ts";
import type { ClientMechanism } from "./mechanism.ts";
import { say, sayLast } from "./turn.ts";

export const plain: ClientMechanism = {
  name: "PLAIN",
  start: ({ user, password }) => sayLast(encodeText(`\0${user}\0${password}`)),
};

/** What the server calls its two questions is up to it. */
export const login: ClientMechanism = {
  name: "LOGIN",
  start: ({ user, password }) =>
    say(undefined, () => say(encodeText(user), () => sayLast(encodeText(password)))),
};
