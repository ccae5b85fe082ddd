// What there is: STAT, LIST and UIDL (RFC 1939 §5 and §7).

import type { Command } from "../command.ts";
import { countOf, findMessage, type FoundMessage } from "../maildrop.ts";
import { replies } from "../replies.ts";
import { fault, respond, send } from "../state.ts";

export const stat: Command = {
  verb: "STAT",
  phases: ["transaction"],
  handle(session, argument) {
    const { phase } = session;
    if (phase.at !== "transaction") return fault(session, replies.logInFirst);
    if (argument.trim() !== "") return fault(session, replies.noArgument("STAT"));
    const { drop } = phase;
    return respond(session, phase, replies.stat(countOf(drop), drop.octets));
  },
};

export const list = listing("LIST", "sizes", ({ size }) => size);
export const uidl = listing("UIDL", "uids", ({ uid }) => uid);

function listing(
  verb: string,
  kind: "sizes" | "uids",
  valueOf: (message: FoundMessage) => number | string,
): Command {
  return {
    verb,
    phases: ["transaction"],
    handle(session, argument) {
      const { phase } = session;
      if (phase.at !== "transaction") return fault(session, replies.logInFirst);
      const { drop } = phase;
      const word = argument.trim();
      if (word === "") return send(session, drop, replies.listing(countOf(drop)), { kind, drop });
      const found = findMessage(drop, word);
      if (!found.ok) return fault(session, found.problem);
      const reply = replies.listed(found.value.index + 1, valueOf(found.value));
      return respond(session, phase, reply);
    },
  };
}
