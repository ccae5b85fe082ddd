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
  "roaming-grant": words(250, "2.1.5", "Ok, relayed because you have just read your mail here"),

  "client-denied": {
    code: 554,
    enhanced: "5.7.1",
    text: (told) => (told === "" ? "Your address is not allowed to send mail here" : told),
  },
  "client-denied-temporarily": {
    code: 450,
    enhanced: "4.7.1",
    text: (told) => (told === "" ? "Your address may not send mail here for now" : told),
  },
  "tls-required": words(530, "5.7.0", "Encryption is required here: send STARTTLS first"),
  "authentication-required": words(530, "5.7.0", "Authentication is required here: log in first"),
  "sender-not-owned": words(553, "5.7.1", "The sender is not one of your login's addresses"),
  "rate-limited": {
    code: 450,
    enhanced: "4.7.1",
    text: (limit) => `Limit reached (${limit}); try again later`,
  },
  "no-such-mailbox": words(550, "5.1.1", "No such mailbox here"),
  "members-only": words(550, "5.7.2", "Only members may write to this list"),
  "return-path-refused": {
    code: 550,
    enhanced: "5.7.1",
    text: (why) => `This return path takes no such message: ${why}`,
  },
  blocklisted: {
    code: 554,
    enhanced: "5.7.1",
    text: (list) => `Your address is listed at ${list}`,
  },
  "grant-expired": {
    code: 550,
    enhanced: "5.7.1",
    text: (time) =>
      `Relaying denied: your permission from reading mail ended ${time}; read your mail and send again, or log in on port 587`,
  },
  "address-shared": words(
    550,
    "5.7.1",
    "Relaying denied: too many users read their mail from your address for it to be yours alone; log in on port 587 to send",
  ),
  "relaying-denied": words(
    550,
    "5.7.1",
    "Relaying denied: this is not one of our domains, and your address may not relay here",
  ),

  "access-rules-unknown": words(451, "4.3.0", "Cannot read the address rules now; try again later"),
  "sender-rights-unknown": words(451, "4.3.0", "Cannot look your addresses up; try again later"),
  "blocklist-unknown": words(451, "4.3.0", "Cannot ask the blocklists now; try again later"),
  "limits-unknown": words(451, "4.3.0", "Cannot check the limits now; try again later"),
  "recipient-unknown": words(451, "4.3.0", "Cannot look the recipient up now; try again later"),
  "grant-unknown": words(
    451,
    "4.3.0",
    "Cannot see now whether you read mail here; try again later",
  ),
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
