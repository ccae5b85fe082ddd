// The commands that change nothing.

import type { Command } from "../command.ts";
import { replies } from "../replies.ts";
import { fault, respond } from "../state.ts";

export const noop: Command = {
  verb: "NOOP",
  phases: ["transaction"],
  handle(session, argument) {
    if (argument.trim() !== "") return fault(session, replies.noArgument("NOOP"));
    return respond(session, session.phase, replies.ready);
  },
};

/** RFC 6856 §2.1. Nothing depends on it: names and passwords may be UTF-8 without it, and messages go
 * out as they lie in the mailbox. */
export const utf8: Command = {
  verb: "UTF8",
  phases: ["authorization"],
  handle(session, argument) {
    if (argument.trim() !== "") return fault(session, replies.noArgument("UTF8"));
    return respond(session, session.phase, replies.utf8);
  },
};
