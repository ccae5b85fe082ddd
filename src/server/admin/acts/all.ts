import { accountActs } from "./accounts.ts";
import type { Act } from "./act.ts";
import { addressActs } from "./addresses.ts";
import { appPasswordActs } from "./app-passwords.ts";
import { auditActs } from "./audit.ts";
import { banActs } from "./bans.ts";
import { blocklistActs } from "./blocklists.ts";
import { decisionActs } from "./decisions.ts";
import { dkimActs } from "./dkim.ts";
import { domainActs } from "./domains.ts";
import { forwardActs } from "./forwards.ts";
import { grantActs } from "./grants.ts";
import { queueActs } from "./queue.ts";
import { reloadActs } from "./reload.ts";

export interface ActGroup {
  /** For the description. */
  readonly name: string;
  readonly acts: readonly Act[];
}

/** All that the HTTP API can do. Who may use it is said on the command line alone: a token that could
 * make others would be good for everything. */
export const actGroups: readonly ActGroup[] = [
  { name: "queue", acts: queueActs },
  { name: "domains", acts: domainActs },
  { name: "accounts", acts: accountActs },
  { name: "addresses", acts: addressActs },
  { name: "forwards", acts: forwardActs },
  { name: "app passwords", acts: appPasswordActs },
  { name: "dkim", acts: dkimActs },
  { name: "grants", acts: grantActs },
  { name: "bans", acts: banActs },
  { name: "decisions", acts: decisionActs },
  { name: "blocklists", acts: blocklistActs },
  { name: "configuration", acts: reloadActs },
  { name: "audit", acts: auditActs },
];
