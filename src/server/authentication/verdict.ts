// What becomes of a message by what was found about where it comes from, as the configuration and the
// holders of its authors' domains want it.

import { sampledPolicy, stricterPolicy } from "../../core/authentication/dmarc/check.ts";
import type { DmarcPolicy } from "../../core/authentication/dmarc/record.ts";
import type { AuthenticationSettings } from "../../core/config/settings.ts";
import type { Reply } from "../../core/smtp/reply.ts";
import { messageReplies } from "../../core/smtp/server/message-replies.ts";
import { type AuthorVerdict, type Findings, isVouchedFor } from "./findings.ts";

export type AuthenticationVerdict =
  | { readonly kind: "pass"; readonly why?: string }
  | { readonly kind: "junk"; readonly why: string }
  | { readonly kind: "refuse"; readonly why: string; readonly reply: Reply };

/** @param lot from 0 to below 100, drawn for the message
 * @param id of the message, for whoever asks about the refusal */
export function decideByFindings(
  findings: Findings,
  settings: AuthenticationSettings,
  lot: number,
  id: string,
): AuthenticationVerdict {
  const { unreadable } = findings;
  // Whoever hides whom the message says to be from is not let past those who would be asked.
  if (unreadable !== undefined && settings.dmarc !== "mark") {
    if (settings.dmarc === "quarantine") return { kind: "junk", why: unreadable };
    return { kind: "refuse", why: unreadable, reply: messageReplies.authorUnknown(unreadable, id) };
  }
  const failed = findings.dmarc.filter(({ result }) => result === "fail");
  const wanted = failed.map((verdict) => policyOf(verdict, lot)).reduce(stricterPolicy, "none");
  if (settings.dmarc === "mark") return { kind: "pass" };
  if (wanted === "none") {
    const { flaw } = findings;
    return flaw === undefined ? { kind: "pass" } : { kind: "junk", why: flaw };
  }
  if (isVouchedFor(findings, settings.trustedSealers)) {
    return { kind: "pass", why: "trusted hosts vouch for it (ARC)" };
  }
  const domain = failed.find((verdict) => policyOf(verdict, lot) === wanted)?.domain ?? "";
  const found = `SPF ${findings.spf.result}, DKIM ${dkimSummary(findings)}`;
  const why = `not from ${domain}, which wants ${wanted} (DMARC): ${found}`;
  if (wanted === "quarantine" || settings.dmarc === "quarantine") return { kind: "junk", why };
  return { kind: "refuse", why, reply: messageReplies.failsDmarc(domain, found, id) };
}

function policyOf(verdict: AuthorVerdict, lot: number): DmarcPolicy {
  if (verdict.result !== "fail") return "none";
  return sampledPolicy(verdict.policy, verdict.percent, lot);
}

function dkimSummary({ dkim }: Findings): string {
  return dkim.length === 0 ? "none" : [...new Set(dkim.map(({ result }) => result))].join("/");
}
