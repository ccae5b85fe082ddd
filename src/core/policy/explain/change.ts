// One change to a request, or to the rules that decide it, as advice and as a deed.

import type { Place } from "../../config/settings.ts";
import { type Fact, known } from "../fact.ts";
import type { AccessVerdict, Facts, RelayRequest, RuleSet } from "../request.ts";

/** A request, with the rules that decide it. */
export interface Case {
  readonly rules: RuleSet;
  readonly request: RelayRequest;
}

export interface Change {
  /** What has to be done, or to be otherwise: goes on a line behind "To have it accepted" or "It
   * would be refused". */
  readonly advice: string;
  readonly make: (before: Case) => Case;
}

export function changeFacts(advice: string, facts: Partial<Facts>): Change {
  return {
    advice,
    make: ({ rules, request }) => ({
      rules,
      request: { ...request, facts: { ...request.facts, ...facts } },
    }),
  };
}

export function changeRequest(advice: string, values: Partial<RelayRequest>): Change {
  return {
    advice,
    make: ({ rules, request }) => ({ rules, request: { ...request, ...values } }),
  };
}

/** What the address rules say of a client that is nothing special to them. */
export function allowed(place?: Place): Fact<AccessVerdict> {
  const usual = { access: "allow", relay: false, skipsBlocklists: false } as const;
  return known({ ...usual, ...(place && { place }) });
}
