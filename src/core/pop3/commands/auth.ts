// AUTH (RFC 5034 §4). Without an argument it lists the mechanisms, as clients from before CAPA ask.

import { mechanisms } from "../../sasl/mechanisms.ts";
import { mayLogIn, offeredTo, saslContext } from "../../sasl/offer.ts";
import { readInitialResponse } from "../../sasl/response.ts";
import { proceed, responseFault } from "../authentication.ts";
import type { Command } from "../command.ts";
import { replies } from "../replies.ts";
import { fault, respond } from "../state.ts";
import { needsTls } from "./needs-tls.ts";

export const auth: Command = {
  verb: "AUTH",
  phases: ["authorization"],
  handle(session, argument, settings) {
    const { tls } = session;
    const words = argument.trim();
    if (!mayLogIn(tls, settings.auth)) return fault(session, needsTls(settings));
    const offered = offeredTo(tls, settings.auth);
    if (words === "") {
      return respond(session, session.phase, replies.mechanisms(offered.map(({ name }) => name)));
    }
    const [, name, word] = /^(\S+)(?:\s+(\S+))?$/.exec(words) ?? [];
    if (name === undefined) return fault(session, replies.badAuth);
    const mechanism = mechanisms.get(name.toUpperCase());
    if (mechanism === undefined) return fault(session, replies.unknownMechanism);
    if (!offered.includes(mechanism)) return fault(session, replies.mechanismNotOffered);
    const initial = word === undefined ? undefined : readInitialResponse(word);
    if (initial?.kind === "too-long" || initial?.kind === "bad-base64") {
      return fault(session, responseFault(initial));
    }
    const octets = initial?.kind === "response" ? initial.octets : undefined;
    const exchange = mechanism.start(saslContext(tls, settings.auth), octets);
    return proceed(session, mechanism.name, exchange);
  },
};
