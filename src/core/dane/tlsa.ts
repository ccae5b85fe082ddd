// TLSA records: which certificate, or whose, a host under a name shows (RFC 6698 §2, RFC 7671).

export interface TlsaRecord {
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  readonly data: Uint8Array;
}

/** A certificate usage that counts for SMTP: the authority, or the host's own certificate. */
export const usages = { authority: 2, own: 3 } as const;
export const selectors = { certificate: 0, key: 1 } as const;
export const matchings = { full: 0, sha256: 1, sha512: 2 } as const;

/** Octets of each digest. */
const digestLengths: ReadonlyMap<number, number> = new Map([
  [matchings.sha256, 32],
  [matchings.sha512, 64],
]);

/** As zone files have it, and reports (RFC 8460 §4.4): `3 1 1 0B9F…`. */
export function formatTlsa({ usage, selector, matching, data }: TlsaRecord): string {
  const digits = Array.from(data, (octet) => octet.toString(16).padStart(2, "0"));
  return `${usage} ${selector} ${matching} ${digits.join("").toUpperCase()}`;
}

/** The records that can be made use of in SMTP: not those that lean on the authorities of the web
 * (RFC 7672 §3.1.3), nor those of kinds that nobody has defined. Where the same thing is said by two
 * digests, the stronger one speaks alone (RFC 7671 §9). */
export function usableRecords(records: readonly TlsaRecord[]): readonly TlsaRecord[] {
  const known = records.filter(isUsable);
  return known.filter(
    (record) =>
      record.matching !== matchings.sha256 ||
      !known.some((other) => other.matching === matchings.sha512 && saysTheSame(record, other)),
  );
}

function isUsable({ usage, selector, matching, data }: TlsaRecord): boolean {
  if (usage !== usages.authority && usage !== usages.own) return false;
  if (selector !== selectors.certificate && selector !== selectors.key) return false;
  if (matching === matchings.full) return data.length > 0;
  return digestLengths.get(matching) === data.length;
}

function saysTheSame(one: TlsaRecord, other: TlsaRecord): boolean {
  return one.usage === other.usage && one.selector === other.selector;
}

/** Whether a usable record means these octets: a certificate, or its SubjectPublicKeyInfo, as the
 * selector has it (RFC 6698 §2.1.3).
 * @param digest of the octets. */
export function meansOctets(
  { matching, data }: TlsaRecord,
  octets: Uint8Array,
  digest: (algorithm: "sha256" | "sha512") => Uint8Array,
): boolean {
  if (matching === matchings.full) return isEqual(data, octets);
  return isEqual(data, digest(matching === matchings.sha256 ? "sha256" : "sha512"));
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, index) => octet === other[index]);
}
