// What a sender asks to be told of a message (RFC 3461 §4): on which events, with how much of the
// message, and under which names. The texts are in the form in which they travel.

import { bad, good, type Result } from "../result.ts";
import { decodePrintableXtext } from "./xtext.ts";
import { parseOriginalRecipient } from "./original-recipient.ts";

/** The events on which there is to be a notice; none at all is NEVER. */
export interface NotifyEvents {
  readonly success: boolean;
  readonly failure: boolean;
  readonly delay: boolean;
}

/** What goes for all recipients of a message. */
export interface MessageRequest {
  /** How much of the message a notice of failure encloses; absent: as we like. */
  readonly returns?: "full" | "headers";
  /** The sender's name for this sending, as xtext. */
  readonly envelopeId?: string;
}

/** What goes for one recipient. */
export interface RecipientRequest {
  /** Absent: of failures, and perhaps of delays. */
  readonly notify?: NotifyEvents;
  /** The recipient as the sender wrote it, with its kind: `rfc822;bob@example.org`, in xtext. */
  readonly originalRecipient?: string;
}

/** A notice is about nothing that would be answered (RFC 3461 §6.1). */
export const neverNotify: NotifyEvents = { success: false, failure: false, delay: false };

/** Whether the sender is to be told. Failure is told to all who did not say otherwise (§5.2.6), and
 * a delay too (§5.2.5); success only to those who asked (§5.2.3). */
export function wantsNotice({ notify }: RecipientRequest, event: keyof NotifyEvents): boolean {
  return notify === undefined ? event !== "success" : notify[event];
}

/** Whether the sender wants to be told anything at all. */
export function wantsAnyNotice({ notify }: RecipientRequest): boolean {
  return notify === undefined || notify.success || notify.failure || notify.delay;
}

/** Reads the value of NOTIFY (§4.1). */
export function parseNotify(value: string): NotifyEvents | undefined {
  if (/^never$/i.test(value)) return neverNotify;
  if (!/^(success|failure|delay)(,(success|failure|delay))*$/i.test(value)) return undefined;
  const words = value.toUpperCase().split(",");
  return {
    success: words.includes("SUCCESS"),
    failure: words.includes("FAILURE"),
    delay: words.includes("DELAY"),
  };
}

export function formatNotify({ success, failure, delay }: NotifyEvents): string {
  const words = [
    ...(success ? ["SUCCESS"] : []),
    ...(failure ? ["FAILURE"] : []),
    ...(delay ? ["DELAY"] : []),
  ];
  return words.length === 0 ? "NEVER" : words.join(",");
}

/** Octets of ENVID; RFC 3461 §5.4 has every host take so many. */
const maxEnvelopeId = 100;

/** Reads RET or ENVID (§4.3, §4.4). Undefined for another keyword; a problem where the value is wrong. */
export function readMessageRequest(
  keyword: string,
  value: string,
): Result<MessageRequest, "value"> | undefined {
  switch (keyword) {
    case "RET":
      if (/^full$/i.test(value)) return good({ returns: "full" });
      return /^hdrs$/i.test(value) ? good({ returns: "headers" }) : bad("value");
    case "ENVID": {
      const isFit = value.length <= maxEnvelopeId && decodePrintableXtext(value) !== undefined;
      return isFit ? good({ envelopeId: value }) : bad("value");
    }
    default:
      return undefined;
  }
}

/** Reads NOTIFY or ORCPT (§4.1, §4.2), as `readMessageRequest` does.
 * @param smtputf8 the transaction is under SMTPUTF8, and the value may be in UTF-8 (RFC 6533 §3) */
export function readRecipientRequest(
  keyword: string,
  value: string,
  smtputf8: boolean,
): Result<RecipientRequest, "value"> | undefined {
  switch (keyword) {
    case "NOTIFY": {
      const notify = parseNotify(value);
      return notify === undefined ? bad("value") : good({ notify });
    }
    case "ORCPT": {
      const originalRecipient = parseOriginalRecipient(value, smtputf8);
      return originalRecipient === undefined ? bad("value") : good({ originalRecipient });
    }
    default:
      return undefined;
  }
}
