// One thing that the DNS should say of a domain, and how it stands.

import type { Looked, PublishedRecords } from "./published.ts";
import type { DnsRecord } from "./record.ts";

export interface Item {
  /** For people: what it is for. */
  readonly title: string;
  /** Without what is needed, mail is lost or distrusted; the rest is of use. */
  readonly need: "needed" | "useful";
  /** To be published together; empty where we do not know what it should be. */
  readonly records: readonly DnsRecord[];
  /** For people: what else there is to know. */
  readonly note?: string;
  readonly check: (published: PublishedRecords) => Standing;
}

/** `remedy` is one sentence. */
export type Standing =
  | { readonly state: "ok" }
  | { readonly state: "missing"; readonly remedy: string }
  /** `found`: what is there. `mended`: what it should become, where that is not the item's own record. */
  | {
      readonly state: "differs";
      readonly found: readonly string[];
      readonly remedy: string;
      readonly mended?: DnsRecord;
    }
  /** It is there, and should not be. */
  | { readonly state: "unneeded"; readonly remedy: string }
  | { readonly state: "unknown"; readonly why: string };

export const ok: Standing = { state: "ok" };

export function missing(remedy = "Publish it."): Standing {
  return { state: "missing", remedy };
}

export function differs(
  found: readonly string[],
  remedy: string,
): Extract<Standing, { state: "differs" }> {
  return { state: "differs", found, remedy };
}

/** Of what was looked up; not known where that is not. */
export function judge<Found>(
  looked: Looked<Found>,
  judgeFound: (found: readonly Found[]) => Standing,
): Standing {
  return looked.ok ? judgeFound(looked.value) : { state: "unknown", why: looked.problem };
}
