// AUTH (RFC 4954 §4).

import { mechanisms } from "../../../sasl/mechanisms.ts";
import { readInitialResponse } from "../../../sasl/response.ts";
import { mayLogIn, offeredTo, saslContext } from "../../../sasl/offer.ts";
import { proceed, responseFault } from "../authentication.ts";
import type { Command } from "../command.ts";
import { replies } from "../replies.ts";
import { fault } from "../state.ts";

export const auth: Command = {
  verb: "AUTH",
  phases: ["ready"],
  idle: true,
  isOffered: (settings) => settings.auth !== undefined,
  handle(session, argument, settings) {
    const { phase, tls, login } = session;
    if (phase.at !== "ready" || settings.auth === undefined) {
      return fault(session, replies.helloFirst);
    }
    if (login !== undefined) return fault(session, replies.alreadyLoggedIn);
    const [, name, word] = /^(\S+)(?:\s+(\S+))?$/.exec(argument) ?? [];
    if (name === undefined) return fault(session, replies.badAuth);
    if (!mayLogIn(tls, settings.auth)) return fault(session, replies.loginNeedsTls);
    const mechanism = mechanisms.get(name.toUpperCase());
    if (mechanism === undefined) return fault(session, replies.unknownMechanism);
    if (!offeredTo(tls, settings.auth).includes(mechanism)) {
      return fault(session, replies.mechanismNotOffered);
    }
    const initial = word === undefined ? undefined : readInitialResponse(word);
    if (initial?.kind === "too-long" || initial?.kind === "bad-base64") {
      return fault(session, responseFault(initial));
    }
    const octets = initial?.kind === "response" ? initial.octets : undefined;
    const attempt = { hello: phase.hello, mechanism: mechanism.name };
    return proceed(session, attempt, mechanism.start(saslContext(tls, settings.auth), octets));
  },
};
