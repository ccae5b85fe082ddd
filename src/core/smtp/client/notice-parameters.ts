// What the sender asks to be told of a message, handed on to a host that knows DSN (RFC 3461 §5.2.1):
// exactly what was asked of us. A host that does not know it is told nothing (§5.2.2).

import { formatNotify } from "../../mail/notice-request.ts";
import type { Extensions } from "./extensions.ts";
import type { OutgoingMessage, OutgoingRecipient } from "./session-values.ts";

/** The parameters of MAIL, each after a space. */
export function mailNoticeParameters(
  { returns, envelopeId }: OutgoingMessage,
  { dsn }: Extensions,
): string {
  if (!dsn) return "";
  const ret = returns === undefined ? "" : ` RET=${returns === "full" ? "FULL" : "HDRS"}`;
  return envelopeId === undefined ? ret : `${ret} ENVID=${envelopeId}`;
}

/** The parameters of RCPT. */
export function recipientNoticeParameters(
  { notify, originalRecipient }: OutgoingRecipient,
  { dsn }: Extensions,
): string {
  if (!dsn) return "";
  const events = notify === undefined ? "" : ` NOTIFY=${formatNotify(notify)}`;
  return originalRecipient === undefined ? events : `${events} ORCPT=${originalRecipient}`;
}
