// Rules by verified name admit no address that could be listed: whoever holds the name decides.

import type { Place } from "../../../config/settings.ts";
import type { Finding } from "../finding.ts";
import { opensRelay } from "../lines.ts";
import { nowhere } from "../space.ts";
import type { Check } from "./check.ts";

export const findHostRules: Check = ({ policy }) =>
  policy.access.rules.filter(opensRelay).flatMap(({ pattern, verdict }) => {
    switch (pattern.kind) {
      case "any-host":
        return [complaint("problem", verdict.place, anyName)];
      case "host":
        return [complaint("warning", verdict.place, byName(pattern.name, "is"))];
      case "suffix":
        return [complaint("warning", verdict.place, byName(pattern.suffix, "ends in"))];
      case "address":
      case "network":
      case "default":
        return [];
    }
  });

const anyName =
  "the rule `=` sets RELAYCLIENT, which lets every client whose address has a verified name send mail to anyone through this host; take RELAYCLIENT out of it, and set it in rules that name your networks";

function byName(name: string, relation: string): string {
  return (
    `the rule \`=${name}\` lets any address relay whose verified name ${relation} ${name}: whoever ` +
    "controls that zone may add some; name the addresses instead, if you can"
  );
}

function complaint(severity: Finding["severity"], place: Place | undefined, text: string): Finding {
  return { severity, kind: "host-rule", ...(place && { place }), space: nowhere, text };
}
