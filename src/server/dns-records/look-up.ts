// How a domain of ours stands in the DNS, for whoever waits for the answer.

import type { Settings } from "../../core/config/settings.ts";
import { type Finding, findingsFor, itemsFor } from "../../core/dns-records/items.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { openPublishedLookups } from "../../io/dns/published-lookups.ts";
import { surveyDomain } from "../../io/dns/survey.ts";
import type { Operations } from "../admin/operations.ts";
import { gatherFacts, ownAddresses } from "./domain-facts.ts";

export interface LookUpOptions {
  readonly domain: Domain;
  readonly settings: Settings;
  readonly operations: Pick<Operations, "domainList" | "dkimList">;
  /** UTC milliseconds. */
  readonly now: number;
  /** Milliseconds; what the DNS has not said by then it does not say. */
  readonly patience: number;
}

/** Undefined where the DNS was too slow.
 * @throws {OperationError} where the domain is not ours */
export async function lookUpDomain(
  options: LookUpOptions,
): Promise<readonly Finding[] | undefined> {
  const { settings, patience } = options;
  const facts = await gatherFacts(options);
  const questions = openPublishedLookups(settings.dns.servers);
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), patience);
  try {
    const survey = async () => {
      const addresses = await ownAddresses(facts.hostname, questions);
      const known = { ...facts, addresses };
      return findingsFor(itemsFor(known), await surveyDomain(known, questions));
    };
    return await Promise.race([survey(), late.promise]);
  } finally {
    clearTimeout(timer);
    questions.close();
  }
}
