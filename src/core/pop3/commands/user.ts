// USER and PASS (RFC 1939 §7). USER is answered alike for everybody: who has a mailbox is nobody's
// business. What is checked, counted and logged is what PLAIN would have come to.

import { checkPassword } from "../../sasl/password.ts";
import { mayLogIn } from "../../sasl/offer.ts";
import { proceed } from "../authentication.ts";
import type { Command } from "../command.ts";
import { replies } from "../replies.ts";
import type { Reply } from "../reply.ts";
import { fault, respond, type Session, type SessionSettings } from "../state.ts";
import { needsTls } from "./needs-tls.ts";

export const user: Command = {
  verb: "USER",
  phases: ["authorization"],
  handle(session, argument, settings) {
    const obstacle = obstacleTo(session, settings);
    if (obstacle !== undefined) return fault(session, obstacle);
    const name = argument.trim();
    if (name === "") return fault(session, replies.badUser);
    return respond(session, { at: "authorization", user: name }, replies.userTaken);
  },
};

export const pass: Command = {
  verb: "PASS",
  phases: ["authorization"],
  handle(session, password, settings) {
    const { phase } = session;
    const obstacle = obstacleTo(session, settings);
    if (obstacle !== undefined) return fault(session, obstacle);
    if (phase.at !== "authorization" || phase.user === undefined) {
      return fault(session, replies.userFirst);
    }
    if (password === "") return fault(session, replies.badPass);
    // A space in the password is part of it, at its ends too.
    const names = { authentication: phase.user, authorization: "" };
    return proceed(session, "USER", checkPassword(names, password, false));
  },
};

function obstacleTo({ tls }: Session, settings: SessionSettings): Reply | undefined {
  if (!mayLogIn(tls, settings.auth)) return needsTls(settings);
  return settings.auth.sources.has("password") ? undefined : replies.passwordNotOffered;
}
