// All that the DNS should say of a domain.

import type { DomainFacts } from "./facts.ts";
import type { Item, Standing } from "./item.ts";
import { dkimItems, overItems } from "./items/dkim.ts";
import { hostItems } from "./items/hosts.ts";
import { policyItems } from "./items/policies.ts";
import { daneItems, serviceItems } from "./items/services.ts";
import { spfItems } from "./items/spf.ts";
import type { DnsRecord } from "./record.ts";
import type { PublishedRecords } from "./published.ts";

/** What is needed first. */
export function itemsFor(facts: DomainFacts): readonly Item[] {
  return [
    ...hostItems(facts),
    ...spfItems(facts),
    ...dkimItems(facts),
    ...policyItems(facts),
    ...serviceItems(facts),
    ...daneItems(facts),
    ...overItems(facts),
  ];
}

export interface Finding extends Omit<Item, "check"> {
  /** Undefined where the DNS was not asked. */
  readonly standing: Standing | undefined;
}

/** @param published absent where the DNS was not asked. */
export function findingsFor(
  items: readonly Item[],
  published: PublishedRecords | undefined,
): readonly Finding[] {
  return items
    .map(({ check, ...item }) => ({
      ...item,
      standing: published === undefined ? undefined : check(published),
    }))
    .filter(({ records, note, standing }) => {
      const says = records.length > 0 || note !== undefined;
      return says || (standing !== undefined && standing.state !== "ok");
    });
}

/** What it takes to set it right; empty where nothing is to be published, or nobody knows what. */
export function recordsToPublish({ records, standing }: Finding): readonly DnsRecord[] {
  return standing?.state === "differs" && standing.mended ? [standing.mended] : records;
}

export type Outcome = "right" | "wrong" | "unknown";

/** Whether somebody has to do something. What is only useful may be missing, but not be wrong. */
export function outcomeOf(findings: readonly Finding[]): Outcome {
  const states = findings.map(({ need, standing }) =>
    standing?.state === "missing" && need === "useful" ? "ok" : standing?.state,
  );
  if (states.some((state) => state === "missing" || state === "differs")) return "wrong";
  return states.includes("unknown") ? "unknown" : "right";
}
