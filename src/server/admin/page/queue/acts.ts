// What can be done with messages of the queue.

import type { MessageId } from "../../../../core/queue/message.ts";
import { formatMessageId, parseMessageId } from "../../../../core/queue/message.ts";
import { parseDomain } from "../../../../core/mail/domain.ts";
import type { QueueRecipient } from "../../../../io/store/message-store.ts";
import type { QueueAct, QueueOperations, QueueSelectionWish } from "../../operations.ts";
import { counted } from "../quantities.ts";
import { formQuery, type ReadFilter, readFilter } from "./filter.ts";

export interface Act {
  readonly name: Exclude<QueueAct, "list">;
  readonly button: string;
  /** Recipients in this state are touched; absent: in either. */
  readonly concerns?: "waiting" | "held";
  /** What will come of it. */
  readonly effect: string;
  /** Behind how many messages: what came of it. */
  readonly done: string;
  readonly run: (operations: QueueOperations, wish: QueueSelectionWish) => Promise<number>;
}

export const acts: readonly Act[] = [
  {
    name: "hold",
    button: "Hold",
    concerns: "waiting",
    effect: "No attempts are made until they are released; their time stands still meanwhile.",
    done: "on hold",
    run: (operations, wish) => operations.queueHold(wish),
  },
  {
    name: "release",
    button: "Release",
    concerns: "held",
    effect: "Their hold ends: they are tried as soon as they are due.",
    done: "released",
    run: (operations, wish) => operations.queueRelease(wish),
  },
  {
    name: "retry",
    button: "Try again",
    concerns: "waiting",
    effect: "They are tried now, and destinations that they wait for are, too.",
    done: "due now",
    run: (operations, wish) => operations.queueRetry(wish),
  },
  {
    name: "delete",
    button: "Delete",
    effect: "They are gone for good, and nobody is told: neither sender nor recipient.",
    done: "deleted",
    run: (operations, wish) => operations.queueDelete(wish),
  },
];

export function actNamed(name: string | null): Act | undefined {
  return acts.find((act) => act.name === name);
}

/** Which messages an act is for: as the list sends them, and as they are confirmed. */
export interface Selection extends Omit<ReadFilter, "wish"> {
  readonly ids: readonly MessageId[] | "all";
  readonly wish: QueueSelectionWish;
  /** Messages that came later are none of it: nobody has seen how many they are. UTC ms. */
  readonly until: number;
}

/** Messages that are named at once: a page of the list, with room. */
const mostNamed = 500;

/** Undefined where nothing is selected.
 * @param now UTC milliseconds */
export function readSelection(fields: URLSearchParams, now: number): Selection | undefined {
  const ids = fields
    .getAll("id")
    .slice(0, mostNamed)
    .flatMap((text) => parseMessageId(text) ?? []);
  const isAll = fields.get("all") === "yes";
  if (!isAll && ids.length === 0) return undefined;
  // Named messages are meant whatever the filter said when they were chosen: one of them may have
  // changed since, and what is said of it is then more than that it is gone.
  const until = untilOf(fields, now);
  // How old they are counts from then as well: meanwhile others have come of age.
  const { form, wish, problems } = readFilter(isAll ? fields : new URLSearchParams(), until);
  if (!isAll) return { form, problems, ids, until, wish: { ids } };
  const receivedBefore = Math.min(wish.receivedBefore ?? until, until);
  return { form, problems, ids: "all", until, wish: { ids: "all", ...wish, receivedBefore } };
}

/** Whether an act would touch this recipient of a message that is selected. */
export function isTouched(
  { concerns }: Act,
  { form, ids }: Pick<Selection, "form" | "ids">,
  { state, address, destination }: QueueRecipient,
): boolean {
  if (state !== "waiting" && state !== "held") return false;
  if (concerns !== undefined && state !== concerns) return false;
  if (ids !== "all") return true;
  return (
    (form.domain === "" || address.domain === parseDomain(form.domain.replace(/^@/, ""))) &&
    (form.state === "" || form.state === state) &&
    (form.destination === "" || form.destination.toLowerCase() === destination?.name)
  );
}

function untilOf(fields: URLSearchParams, now: number): number {
  const until = Number(fields.get("until") ?? Number.NaN);
  return Number.isSafeInteger(until) && until > 0 ? Math.min(until, now) : now;
}

/** A selection as fields of a form, for `readSelection`. */
export function selectionFields({
  ids,
  form,
  until,
}: Selection): readonly (readonly [string, string])[] {
  if (ids !== "all") return ids.map((id) => ["id", formatMessageId(id)]);
  const filter = Object.entries(formQuery(form)).flatMap(([name, value = ""]) =>
    value === "" ? [] : [[name, value] as const],
  );
  return [["all", "yes"], ["until", String(until)], ...filter];
}

/** What came of it; some may have gone since they were selected.
 * @param meant messages that the act was confirmed for */
export function describeOutcome({ done }: Act, touched: number, meant: number): string {
  const missed = meant - touched;
  const gone = `${counted(missed, "other")} had changed or gone meanwhile: delivered, bounced, or touched by somebody else`;
  if (missed <= 0) return `${counted(touched, "message")} ${done}.`;
  if (touched === 0) {
    return `Nothing was left to do: ${counted(missed, "message")} had changed or gone meanwhile (delivered, bounced, or touched by somebody else).`;
  }
  return `${counted(touched, "message")} ${done}. ${gone}.`;
}
