// CAPA (RFC 2449 §5). Ways to log in are named where they can be used: a client that sees USER sends
// its password.

import { offeredTo } from "../../sasl/offer.ts";
import type { Command } from "../command.ts";
import { replies } from "../replies.ts";
import { fault, respond, type Session, type SessionSettings } from "../state.ts";

export const capa: Command = {
  verb: "CAPA",
  phases: ["authorization", "transaction"],
  handle(session, argument, settings) {
    if (argument.trim() !== "") return fault(session, replies.noArgument("CAPA"));
    const lines = capabilities(session, settings);
    return respond(session, session.phase, replies.capabilities(lines));
  },
};

function capabilities({ tls }: Session, { auth, startTls }: SessionSettings): readonly string[] {
  const mechanisms = offeredTo(tls, auth);
  const takesPasswords = mechanisms.some(({ source }) => source === "password");
  return [
    ...(startTls && tls === undefined ? ["STLS"] : []), // RFC 2595 §4
    ...(takesPasswords ? ["USER"] : []),
    ...(mechanisms.length > 0 ? [`SASL ${mechanisms.map(({ name }) => name).join(" ")}`] : []), // RFC 5034 §3
    "TOP",
    "UIDL",
    "PIPELINING",
    "RESP-CODES",
    "AUTH-RESP-CODE", // RFC 3206 §4
    "EXPIRE NEVER",
    "UTF8 USER", // RFC 6856 §2
    "IMPLEMENTATION Bailiwick",
  ];
}
