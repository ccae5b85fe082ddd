// What a client is told, by reason: the last columns of the decision table.

import { reply, type Reply } from "../smtp/reply.ts";
import type { Decision } from "./decision.ts";
import type { Reason } from "./reason.ts";

interface Wording {
  readonly code: number;
  readonly enhanced: string;
  readonly text: (detail: string) => string;
}

const wordings: Readonly<Record<Reason, Wording>> = {
  "local-recipient": words(250, "2.1.5", "Ok, for a mailbox here"),
  "relay-domain": words(250, "2.1.5", "Ok, will be handed on"),
  authenticated: words(250, "2.1.5", "Ok, relayed for your login"),
  "trusted-network": words(250, "2.1.5", "Ok, relayed for your network"),
  "access-rule": words(250, "2.1.5", "Ok, relayed by an address rule"),

  "client-denied": words(554, "5.7.1", "Your address is not allowed to send mail here"),
  "client-denied-temporarily": words(450, "4.7.1", "Your address may not send mail here for now"),
  "rate-limited": {
    code: 450,
    enhanced: "4.7.1",
    text: (limit) => `Limit reached (${limit}); try again later`,
  },
  "no-such-mailbox": words(550, "5.1.1", "No such mailbox here"),
  blocklisted: {
    code: 554,
    enhanced: "5.7.1",
    text: (list) => `Your address is listed at ${list}`,
  },
  "relaying-denied": words(
    550,
    "5.7.1",
    "Relaying denied: this is not one of our domains, and your address may not relay here",
  ),

  "access-rules-unknown": words(451, "4.3.0", "Cannot read the address rules now; try again later"),
  "blocklist-unknown": words(451, "4.3.0", "Cannot ask the blocklists now; try again later"),
  "limits-unknown": words(451, "4.3.0", "Cannot check the limits now; try again later"),
  "recipient-unknown": words(451, "4.3.0", "Cannot look the recipient up now; try again later"),
};

function words(code: number, enhanced: string, text: string): Wording {
  return { code, enhanced, text: () => text };
}

/** @param id what the operator can look the decision up by; refused clients see it. */
export function replyTo(decision: Decision, id: string): Reply {
  const { code, enhanced, text } = wordings[decision.reason];
  if (decision.verdict === "accept") return reply(code, enhanced, text(""));
  return reply(code, enhanced, `${text(decision.detail ?? "")} (${id})`);
}
