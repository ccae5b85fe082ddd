// What the holder of a domain wants done with mail that says to be from it and is not (RFC 7489 §6.3).

export type DmarcPolicy = "none" | "quarantine" | "reject";

export interface DmarcRecord {
  readonly policy: DmarcPolicy;
  /** For the domains below; as `policy` where the record does not say. */
  readonly subdomainPolicy: DmarcPolicy;
  /** A signature or sender of a related domain is not enough. */
  readonly strictDkim: boolean;
  readonly strictSpf: boolean;
  /** Of a hundred messages, to how many the policy applies. */
  readonly percent: number;
}

/** Undefined where the text is no such record, or not one that can be followed (§6.6.3). */
export function parseDmarcRecord(text: string): DmarcRecord | undefined {
  const [version, ...tags] = text.split(";").map(readTag);
  if (version?.name !== "v" || version.value !== "DMARC1") return undefined;
  const valueOf = (wanted: string) => tags.find(({ name }) => name === wanted)?.value.toLowerCase();
  const policy = policyOf(valueOf("p"), valueOf("rua"));
  if (policy === undefined) return undefined;
  const percent = valueOf("pct") ?? "100";
  return {
    policy,
    subdomainPolicy: policyOf(valueOf("sp") ?? policy, undefined) ?? policy,
    strictDkim: valueOf("adkim") === "s",
    strictSpf: valueOf("aspf") === "s",
    percent: /^[0-9]{1,3}$/.test(percent) ? Math.min(Number(percent), 100) : 100,
  };
}

/** Whoever wants to have reports has published something all the same. */
function policyOf(value: string | undefined, reports: string | undefined): DmarcPolicy | undefined {
  if (value === "none" || value === "quarantine" || value === "reject") return value;
  return reports === undefined ? undefined : "none";
}

function readTag(part: string): { readonly name: string; readonly value: string } {
  const equals = part.indexOf("=");
  if (equals === -1) return { name: part.trim(), value: "" };
  return { name: part.slice(0, equals).trim().toLowerCase(), value: part.slice(equals + 1).trim() };
}
