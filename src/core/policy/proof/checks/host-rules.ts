// Rules by verified name admit no address that could be listed: whoever holds the name decides.

import type { Finding } from "../finding.ts";
import { opensRelay } from "../lines.ts";
import type { AccessRule } from "../policy.ts";
import { nowhere } from "../space.ts";
import type { Check } from "./check.ts";

export const findHostRules: Check = ({ policy }) =>
  policy.access.rules
    .filter(opensRelay)
    .flatMap(({ pattern, verdict }) =>
      pattern.kind === "host" ? [complaint(pattern.host, verdict)] : [],
    );

function complaint(host: string, { place }: AccessRule["verdict"]): Finding {
  const anyName = host === "";
  return {
    severity: anyName ? "problem" : "warning",
    kind: "host-rule",
    ...(place && { place }),
    space: nowhere,
    text: anyName
      ? "the rule `=` sets RELAYCLIENT, which lets every client whose address has a verified name send mail to anyone through this host; take RELAYCLIENT out of it, and set it in rules that name your networks"
      : `the rule \`=${host}\` lets any address relay whose verified name ${host.startsWith(".") ? `ends in ${host}` : `is ${host}`}: whoever controls that zone may add some; name the addresses instead, if you can`,
  };
}
