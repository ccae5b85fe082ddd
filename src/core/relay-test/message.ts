// The message that a form carries where the operator wants to see what becomes of it.

import { formatAddress } from "../mail/address.ts";
import { formatDate } from "../mail/date.ts";
import { fillIn, type Names } from "./names.ts";

export interface ProbeMessage {
  /** `192.0.2.1:25`. */
  readonly server: string;
  /** The message is for v@X, whom it would reach through a hole. */
  readonly names: Names;
  readonly sender: string;
  readonly recipient: string;
  readonly context: string;
  /** UTC milliseconds. */
  readonly now: number;
}

/** Content for DATA, without the dot at its end; no line begins with one. */
export function formatProbeMessage(message: ProbeMessage): string {
  const { server, names, sender, recipient, context, now } = message;
  const address = formatAddress(names.foreign);
  const lines = [
    `From: Relay test <${address}>`,
    `To: <${address}>`,
    `Subject: Relay test of ${server}: ${recipient} from ${sender} ${context}`,
    `Date: ${formatDate(now)}`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=us-ascii",
    "",
    `This message is part of a test for open relaying that the operator of ${server} runs`,
    "with `bailiwick relay-test --deliver`. Nobody else is meant to receive it.",
    "",
    `The server took it ${context}, with`,
    "",
    `  MAIL FROM:${fillIn(sender, names)}`,
    `  RCPT TO:${fillIn(recipient, names)}`,
    "",
    `If you find it in the mailbox of ${address}, which is not on that server, the server`,
    "relays for strangers in this form, and that should be mended. If it lies in a mailbox of the",
    "server itself, or came back as undeliverable, the server has kept it to itself.",
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}
