import type { Place } from "../config/settings.ts";
import type { AcceptReason, RefuseReason, UnknownReason } from "./reason.ts";

/** What `decide` found: a value that is served, logged and explained alike. */
export type Decision =
  | {
      readonly verdict: "accept";
      readonly deliver: "local" | "relay";
      readonly reason: AcceptReason;
      readonly place?: Place;
    }
  | {
      readonly verdict: "refuse" | "defer";
      readonly reason: RefuseReason | UnknownReason;
      /** The list's name, the limit, or why a fact is not known. */
      readonly detail?: string;
      readonly place?: Place;
    };
