import { firstTables } from "./0001-first-tables.ts";
import { decisions } from "./0002-decisions.ts";
import { logins } from "./0003-logins.ts";
import { guessing } from "./0004-guessing.ts";
import { grants } from "./0005-grants.ts";
import { nodes } from "./0006-nodes.ts";
import { requireTls } from "./0007-require-tls.ts";
import { noticeRequests } from "./0008-notice-requests.ts";
import { lines } from "./0009-lines.ts";
import { transportPolicies } from "./0010-transport-policies.ts";
import { dkimKeys } from "./0011-dkim-keys.ts";
import { forwards } from "./0012-forwards.ts";
import { timing } from "./0013-timing.ts";
import { junk } from "./0014-junk.ts";
import { knownRecipients } from "./0015-known-recipients.ts";
import { administration } from "./0016-administration.ts";
import { history } from "./0017-history.ts";
import type { Migration } from "./migration.ts";

/** In the order in which they came: their places are their numbers. */
export const migrations: readonly Migration[] = [
  firstTables,
  decisions,
  logins,
  guessing,
  grants,
  nodes,
  requireTls,
  noticeRequests,
  lines,
  transportPolicies,
  dkimKeys,
  forwards,
  timing,
  junk,
  knownRecipients,
  administration,
  history,
];
