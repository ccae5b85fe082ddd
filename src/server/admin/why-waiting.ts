// What each recipient of a message waits for, until when, and what would move it.

import type { Address } from "../../core/mail/address.ts";
import { formatMessageId } from "../../core/queue/message.ts";
import type { QueueSettings } from "../../core/config/settings.ts";
import type {
  QueueDestination,
  QueueDetail,
  QueueRecipient,
} from "../../io/store/message-store.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { StoppedAccount } from "../../io/store/stop-store.ts";
import type { InHand } from "../delivery/active.ts";

export interface WhyFacts {
  /** UTC milliseconds. */
  readonly now: number;
  readonly schedule: Pick<QueueSettings, "warnAfter" | "giveUpAfter">;
  /** What is done for the message at this moment. */
  readonly inHand: readonly InHand[];
  /** Its account, where the sending of that is stopped. */
  readonly stopped?: StoppedAccount;
}

export interface WhyRecipient {
  readonly address: Address;
  readonly attempts: number;
  readonly cause: Cause;
  /** What was said last, and by whom. */
  readonly said?: string;
  readonly peer?: string;
  /** Until its sender is told that it is late, ms; absent where that is past. */
  readonly warnIn?: number;
  /** Until it is given up, ms. */
  readonly giveUpIn: number;
  /** What moves it, to be typed; absent where nothing needs to. */
  readonly command?: string;
}

/** Times are UTC milliseconds. */
type Cause =
  /** `host` is talked to; absent while it waits for a connection. */
  | { readonly kind: "in-delivery"; readonly destination: string; readonly host?: string }
  | {
      readonly kind: "destination-down";
      readonly destination: string;
      readonly since: number;
      readonly nextTry: number;
    }
  /** Others are served first. */
  | { readonly kind: "in-line"; readonly destination: string }
  | { readonly kind: "own-schedule"; readonly nextAttempt: number }
  /** Its sender asked for this hour (FUTURERELEASE). */
  | { readonly kind: "until-release"; readonly releaseAt: number }
  /** Its time has come; it is begun as soon as there is room. */
  | { readonly kind: "due" }
  | { readonly kind: "held" }
  | { readonly kind: "account-stopped"; readonly account: string; readonly why: string };

/** Of those that wait or are held. */
export function whyWaiting(detail: QueueDetail, facts: WhyFacts): readonly WhyRecipient[] {
  return detail.recipients
    .filter(({ state }) => state === "waiting" || state === "held")
    .map((recipient) => explain(detail, recipient, facts));
}

function explain(detail: QueueDetail, recipient: QueueRecipient, facts: WhyFacts): WhyRecipient {
  const cause = causeOf(recipient, facts, detail.releaseAt);
  const { warnAfter, giveUpAfter } = facts.schedule;
  const waited = waitedOf(recipient, facts.now);
  const last = lastWords(detail, recipient);
  const command = commandFor(detail, cause);
  return {
    address: recipient.address,
    attempts: recipient.attempts,
    cause,
    ...last,
    ...(waited < warnAfter && { warnIn: warnAfter - waited }),
    giveUpIn: Math.max(0, giveUpAfter - waited),
    ...(command !== undefined && { command }),
  };
}

function causeOf(
  recipient: QueueRecipient,
  { inHand, stopped, now }: WhyFacts,
  releaseAt: number | undefined,
): Cause {
  const { index, state, destination, nextAttempt } = recipient;
  if (state === "held") {
    if (stopped === undefined) return { kind: "held" };
    return { kind: "account-stopped", account: stopped.account, why: stopped.why };
  }
  const hand = inHand.find(({ recipients }) => recipients.includes(index));
  if (hand !== undefined) {
    const host = hand.host === undefined ? {} : { host: hand.host };
    return { kind: "in-delivery", destination: hand.destination, ...host };
  }
  if (destination !== undefined) return inLine(destination);
  if (nextAttempt <= now) return { kind: "due" };
  return nextAttempt === releaseAt
    ? { kind: "until-release", releaseAt }
    : { kind: "own-schedule", nextAttempt };
}

function inLine({ name, downSince: since, nextTry }: QueueDestination): Cause {
  if (since === undefined || nextTry === undefined) return { kind: "in-line", destination: name };
  return { kind: "destination-down", destination: name, since, nextTry };
}

/** By plan, with what has passed of the wait that is under way. */
function waitedOf(recipient: QueueRecipient, now: number): number {
  const { waited, destination, lastAttempt, nextAttempt } = recipient;
  if (destination === undefined) return waited + passed(lastAttempt, nextAttempt, now);
  const { stood, lastTry, nextTry } = destination;
  return waited + stood + passed(lastTry, nextTry, now);
}

function passed(from: number | undefined, to: number | undefined, now: number): number {
  if (from === undefined || to === undefined) return 0;
  return Math.min(Math.max(0, now - from), Math.max(0, to - from));
}

function lastWords({ attempts }: QueueDetail, recipient: QueueRecipient) {
  const { said, destination, index } = recipient;
  if (destination?.said !== undefined) {
    const { peer } = destination;
    return { said: destination.said, ...(peer !== undefined && { peer }) };
  }
  const last = attempts.findLast((attempt) => attempt.index === index);
  if (said === undefined) return {};
  return { said, ...(last !== undefined && last.peer !== "" && { peer: last.peer }) };
}

function commandFor({ id }: QueueDetail, cause: Cause): string | undefined {
  const message = formatMessageId(id);
  switch (cause.kind) {
    case "destination-down":
      return `bailiwick queue flush ${shellWord(cause.destination)}`;
    case "own-schedule":
    case "until-release":
      return `bailiwick queue retry ${message}`;
    case "held":
      return `bailiwick queue release ${message}`;
    case "account-stopped":
      return `bailiwick account release ${shellWord(cause.account)}`;
    case "in-delivery":
    case "in-line":
    case "due":
      return undefined;
  }
}
