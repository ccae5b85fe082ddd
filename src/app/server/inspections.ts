// What looks at each message before it is kept, in the order in which their fields stand and their
// refusals count.

import type { Settings } from "../../core/config/settings.ts";
import type { Questions } from "../../io/dns/questions.ts";
import { connectMilter } from "../../io/net/connect-milter.ts";
import { createAuthentication } from "../../server/authentication/inspection.ts";
import { createSigning, type SigningOptions } from "../../server/dkim/inspection.ts";
import { milterInspection } from "../../server/filters/milter.ts";
import type { Log } from "../../server/log.ts";
import type { Inspection } from "../../server/smtpd/inspection.ts";

export interface InspectionParts {
  readonly questions: Questions;
  readonly policyQuestions: Questions;
  /** Absent where nobody's mail is signed. */
  readonly signing: SigningOptions | undefined;
  readonly random: () => number;
  readonly log: Log;
}

export function createInspections(
  { hostname, authentication, filters }: Settings,
  { questions, policyQuestions, signing, random, log }: InspectionParts,
): readonly Inspection[] {
  const checks = { hostname, settings: authentication, questions, policyQuestions, random, log };
  return [
    ...filters.map((filter) =>
      milterInspection({ hostname, filter, connect: () => connectMilter(filter.place), log }),
    ),
    ...(authentication.verify ? [createAuthentication(checks)] : []),
    ...(signing === undefined ? [] : [createSigning(signing)]),
  ];
}
