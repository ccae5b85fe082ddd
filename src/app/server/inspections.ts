// What looks at each message before it is kept, in the order in which their fields stand and their
// refusals count.

import type { Settings } from "../../core/config/settings.ts";
import type { Questions } from "../../io/dns/questions.ts";
import { createAuthentication } from "../../server/authentication/inspection.ts";
import type { Log } from "../../server/log.ts";
import type { Inspection } from "../../server/smtpd/inspection.ts";

export interface InspectionParts {
  readonly questions: Questions;
  readonly random: () => number;
  readonly log: Log;
}

export function createInspections(
  { hostname, authentication }: Settings,
  parts: InspectionParts,
): readonly Inspection[] {
  if (!authentication.verify) return [];
  return [createAuthentication({ hostname, settings: authentication, ...parts })];
}
