// Whether a message is from whom its From field says, as the domain's holder sees it (RFC 7489): a
// signature or an envelope sender of the domain, or of a related one, has been verified.

import type { Domain } from "../../mail/domain.ts";
import { bad, good, type Result } from "../../result.ts";
import { type DmarcPolicy, type DmarcRecord, parseDmarcRecord } from "./record.ts";

/** TXT records of a name, none where there are none; the problem says why nobody knows. */
type AskText = (name: string) => Promise<Result<readonly string[], string>>;

/** What was verified, or could not be. */
export interface Identity {
  readonly domain: Domain;
  readonly result: "pass" | "temperror" | "other";
}

export interface DmarcQuestion {
  /** Of the From field. */
  readonly domain: Domain;
  readonly ask: AskText;
  /** The name under which a domain was registered: `a.b.example.co.uk` → `example.co.uk`. */
  readonly organizationOf: (domain: Domain) => Domain;
}

export interface DmarcEvidence extends Omit<DmarcQuestion, "ask"> {
  readonly spf: Identity | undefined;
  readonly dkim: readonly Identity[];
}

export type DmarcVerdict =
  | { readonly result: "none" | "pass" }
  | { readonly result: "temperror"; readonly why: string }
  /** `policy` is for all such mail; `percent` of it. */
  | { readonly result: "fail"; readonly policy: DmarcPolicy; readonly percent: number };

/** @param found what `findDmarcRecord` found for the domain */
export function judgeByDmarc(found: FoundRecord, evidence: DmarcEvidence): DmarcVerdict {
  if (!found.ok) return { result: "temperror", why: found.problem };
  if (found.value === undefined) return { result: "none" };
  const { record, policy } = found.value;
  const aligned = alignedOf(evidence, record);
  if (aligned.some(({ result }) => result === "pass")) return { result: "pass" };
  // What is not known now might have made it pass.
  if (aligned.some(({ result }) => result === "temperror")) {
    return { result: "temperror", why: "SPF or DKIM could not be checked" };
  }
  return { result: "fail", policy, percent: record.percent };
}

interface Found {
  readonly record: DmarcRecord;
  readonly policy: DmarcPolicy;
}

/** The problem says why nobody knows. */
type FoundRecord = Result<Found | undefined, string>;

/** RFC 7489 §6.6.3: the domain's own record, or that of its organization. Never rejects where `ask` does
 * not. */
export async function findDmarcRecord({
  domain,
  organizationOf,
  ask,
}: DmarcQuestion): Promise<FoundRecord> {
  const own = await askRecord(domain, ask);
  if (!own.ok) return own;
  if (own.value !== undefined) return good({ record: own.value, policy: own.value.policy });
  const organization = organizationOf(domain);
  if (organization === domain) return good(undefined);
  const above = await askRecord(organization, ask);
  if (!above.ok || above.value === undefined) return above.ok ? good(undefined) : above;
  return good({ record: above.value, policy: above.value.subdomainPolicy });
}

/** Several records are none. */
async function askRecord(
  domain: Domain,
  ask: AskText,
): Promise<Result<DmarcRecord | undefined, string>> {
  const texts = await ask(`_dmarc.${domain}`);
  if (!texts.ok) return bad(texts.problem);
  const records = texts.value.filter((text) => /^v *= *DMARC1 *(;|$)/.test(text));
  const [text, ...more] = records;
  return good(text === undefined || more.length > 0 ? undefined : parseDmarcRecord(text));
}

/** Identities of the domain, or of a related one (RFC 7489 §3.1). */
function alignedOf(evidence: DmarcEvidence, record: DmarcRecord): readonly Identity[] {
  const { domain, spf, dkim, organizationOf } = evidence;
  const organization = organizationOf(domain);
  const isAligned = (isStrict: boolean) => (identity: Identity) =>
    isStrict ? identity.domain === domain : organizationOf(identity.domain) === organization;
  return [
    ...(spf === undefined ? [] : [spf]).filter(isAligned(record.strictSpf)),
    ...dkim.filter(isAligned(record.strictDkim)),
  ];
}

/** What the policy says of one message of those to which it applies in part (RFC 7489 §6.6.4).
 * @param lot from 0 to below 100, drawn for the message */
export function sampledPolicy(policy: DmarcPolicy, percent: number, lot: number): DmarcPolicy {
  if (lot < percent) return policy;
  return policy === "reject" ? "quarantine" : "none";
}

const strictness: readonly DmarcPolicy[] = ["none", "quarantine", "reject"];

/** Of the two, the policy that asks for more. */
export function stricterPolicy(one: DmarcPolicy, other: DmarcPolicy): DmarcPolicy {
  return strictness.indexOf(one) >= strictness.indexOf(other) ? one : other;
}
