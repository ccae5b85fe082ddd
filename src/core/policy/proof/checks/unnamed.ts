// Whoever is admitted is in a prefix that the operator wrote down. What admits others is the default
// rule, also where narrower rules hide it from most who would try.

import type { Admission } from "../admitted.ts";
import type { Finding } from "../finding.ts";
import { isEmpty, minus, type Space } from "../space.ts";
import { describeSpace } from "../words.ts";
import type { Check } from "./check.ts";

export const findUnnamed: Check = ({ named, admissions, admitted }) => {
  if (isEmpty(minus(admitted, named))) return [];
  return admissions.flatMap((admission) => {
    const space = minus(admission.space, named);
    return isEmpty(space) ? [] : [complaint(admission, space)];
  });
};

function complaint({ place }: Admission, space: Space): Finding {
  return {
    severity: "problem",
    kind: "names-no-prefix",
    ...(place && { place }),
    space,
    text:
      `the default rule sets RELAYCLIENT, which lets ${describeSpace(space)} send mail to anyone ` +
      "through this host; take RELAYCLIENT out of it, and set it in rules that name your networks",
  };
}
