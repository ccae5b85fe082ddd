// MT-PRIORITY (RFC 6710), BY (RFC 2852), HOLDFOR and HOLDUNTIL (RFC 4865): what a client may ask of the
// time at which its message goes.

import { formatDateTime, parseDateTime } from "../../mail/date.ts";
import type { DeliverBy, MessageTiming } from "../../queue/timing.ts";
import { bad, good, type Result } from "../../result.ts";
import type { Reply } from "../reply.ts";
import { offersNotices } from "./notices.ts";
import { replies } from "./replies.ts";
import type { Session, SessionSettings } from "./state.ts";

export interface TimingSettings {
  /** UTC milliseconds. */
  readonly now: () => number;
  /** The highest priority that an account may give its messages, 0 for nobody in particular; absent:
   * priorities are not offered. */
  readonly highestPriority?: (login: string | undefined) => number;
  /** Seconds. */
  readonly minDeliverBy: number;
  /** Milliseconds. */
  readonly maxHold: number;
  /** Who may have messages wait: every client of this session, or only one that has logged in. */
  readonly holdsFor: "all" | "logins";
}

/** As the parameters say it. */
export interface TimingAsked {
  readonly priority?: number;
  readonly by?: { readonly seconds: number } & Pick<DeliverBy, "missed" | "traced">;
  /** UTC milliseconds. */
  readonly releaseAt?: number;
}

/** As it is granted. */
export interface TimingGranted extends MessageTiming {
  /** Another priority was asked for. */
  readonly isPriorityChanged?: true;
}

/** Lines of the answer to EHLO. */
export function timingOffers(session: Session, settings: SessionSettings): readonly string[] {
  const { timing } = settings;
  if (timing === undefined) return [];
  const { highestPriority, minDeliverBy, maxHold, now } = timing;
  return [
    ...(highestPriority === undefined ? [] : ["MT-PRIORITY"]),
    // What it brings are notices.
    ...(offersNotices(session, settings) ? [`DELIVERBY ${minDeliverBy}`] : []),
    ...(offersHolding(session, timing)
      ? [`FUTURERELEASE ${maxHold / 1_000} ${formatDateTime(now() + maxHold)}`]
      : []),
  ];
}

function offersHolding({ login }: Session, { holdsFor }: TimingSettings): boolean {
  return holdsFor === "all" || login !== undefined;
}

/** Reads one parameter; undefined where it is none of these, or not offered. */
export function readTiming(
  keyword: string,
  value: string,
  session: Session,
  settings: SessionSettings,
): Result<TimingAsked, Reply> | undefined {
  const { timing } = settings;
  if (timing === undefined) return undefined;
  switch (keyword) {
    case "MT-PRIORITY":
      if (timing.highestPriority === undefined) return undefined;
      if (!/^(?:0|-?[1-9])$/.test(value)) return bad(replies.badParameter(keyword));
      return good({ priority: Number(value) });
    case "BY":
      return offersNotices(session, settings) ? readBy(value, timing) : undefined;
    case "HOLDFOR":
      if (!offersHolding(session, timing)) return undefined;
      if (!/^[1-9]\d{0,8}$/.test(value)) return bad(replies.badParameter(keyword));
      return readHold(timing.now() + Number(value) * 1_000, timing);
    case "HOLDUNTIL": {
      if (!offersHolding(session, timing)) return undefined;
      const releaseAt = parseDateTime(value);
      if (releaseAt === undefined) return bad(replies.badParameter(keyword));
      return readHold(releaseAt, timing);
    }
    default:
      return undefined;
  }
}

/** RFC 2852 §4. */
function readBy(value: string, { minDeliverBy }: TimingSettings): Result<TimingAsked, Reply> {
  const [, time = "", mode = "", trace = ""] = /^([+-]?\d{1,9});([RN])(T?)$/i.exec(value) ?? [];
  if (time === "") return bad(replies.badParameter("BY"));
  const seconds = Number(time);
  const missed = mode.toUpperCase() === "R" ? "return" : "notify";
  if (missed === "return" && seconds <= 0) return bad(replies.badParameter("BY"));
  if (missed === "return" && seconds < minDeliverBy) {
    return bad(replies.deliverByTooSoon(minDeliverBy));
  }
  return good({ by: { seconds, missed, traced: trace !== "" } });
}

function readHold(releaseAt: number, { now, maxHold }: TimingSettings): Result<TimingAsked, Reply> {
  if (releaseAt - now() > maxHold) return bad(replies.heldTooLong(maxHold / 1_000));
  return good({ releaseAt });
}

/** What becomes of what was asked. The time of BY runs from the release. */
export function grantTiming(
  { priority: asked, by, releaseAt }: TimingAsked,
  { login }: Session,
  { timing }: SessionSettings,
): TimingGranted {
  if (timing === undefined) return {};
  const now = timing.now();
  const isHeld = releaseAt !== undefined && releaseAt > now;
  const start = isHeld ? releaseAt : now;
  const priority =
    asked === undefined ? undefined : Math.min(asked, timing.highestPriority?.(login) ?? 0);
  return {
    ...(priority !== undefined && { priority }),
    ...(priority !== asked && { isPriorityChanged: true }),
    ...(by && {
      deliverBy: { until: start + by.seconds * 1_000, missed: by.missed, traced: by.traced },
    }),
    ...(isHeld && { releaseAt }),
  };
}
