// Whether a client may send to anybody here, whatever the recipient of the moment is.

import type { RelayRequest, RuleSet } from "./request.ts";
import { isGranted, networkOf } from "./rows.ts";

/** Rows 10 to 13 of the decision table, as far as the facts are known. */
export function mayRelay(rules: RuleSet, request: RelayRequest): boolean {
  const { login, access, grant } = request.facts;
  if (login !== undefined) return true;
  if (request.role !== "mx") return false;
  if (access.known && access.value.access === "allow" && access.value.relay) return true;
  return networkOf(rules, request) !== undefined || (grant.known && isGranted(grant.value));
}
