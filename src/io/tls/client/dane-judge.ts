// Judges a host's certificate by the TLSA records of its name (RFC 7671 §5, RFC 7672 §3).

import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import {
  formatTlsa,
  matchings,
  meansOctets,
  selectors,
  type TlsaRecord,
  usages,
} from "../../../core/dane/tlsa.ts";
import { publicKeyOf } from "../public-key-of.ts";
import { aboutName, aboutTime, type Doubt, type Judge, noCertificate } from "./doubt.ts";

export interface DaneJudgeOptions {
  /** The name that has the records; the host is asked for its certificate by it. */
  readonly base: string;
  /** For which of these names a certificate is that an authority of the records has issued. */
  readonly names: readonly string[];
  /** Usable, and whole; at least one. */
  readonly records: readonly TlsaRecord[];
}

export function createDaneJudge({ base, names, records }: DaneJudgeOptions): Judge {
  const said = JSON.stringify([base, names, records.map(formatTlsa)]);
  return {
    key: createHash("sha256").update(said).digest("base64"),
    serverName: base,
    findDoubt({ certificate, now }) {
      if (certificate === undefined) return noCertificate;
      const own = records.filter(({ usage }) => usage === usages.own);
      // Neither its names nor its time count: the record says it all (RFC 7672 §3.1.1).
      if (own.some((record) => means(record, certificate))) return undefined;
      const authorities = records.filter(({ usage }) => usage === usages.authority);
      if (!leadsTo(authorities, certificate, now)) {
        const text = `its certificate matches none of the TLSA records of ${base}`;
        return { flaw: "tlsa-invalid", text };
      }
      return doubtAbout(certificate, names, now);
    },
  };
}

function doubtAbout(
  certificate: X509Certificate,
  names: readonly string[],
  now: number,
): Doubt | undefined {
  const time = aboutTime(certificate, now);
  if (time !== undefined) return { flaw: "certificate-expired", text: `the certificate ${time}` };
  const name = aboutName(certificate, names);
  if (name === undefined) return undefined;
  return { flaw: "certificate-host-mismatch", text: `the certificate ${name}` };
}

/** Whether what a usable record holds is what it should be; a digest is anything. */
export function isWhole({ selector, matching, data }: TlsaRecord): boolean {
  if (matching !== matchings.full) return true;
  try {
    return selector === selectors.key
      ? readKey(data).type === "public"
      : new X509Certificate(data).raw.equals(data);
  } catch {
    return false;
  }
}

/** Certificates between the host's own and an authority, with both. */
const longestChain = 10;

/** Whether an unbroken chain, as the host has shown it, leads to an authority of the records. */
function leadsTo(authorities: readonly TlsaRecord[], own: X509Certificate, now: number): boolean {
  let certificate = own;
  for (let length = 1; length <= longestChain; length++) {
    const last = certificate;
    if (authorities.some((record) => isIssuedBy(record, last, now))) return true;
    const issuer = certificate.issuerCertificate;
    // One that has issued itself is the end.
    if (issuer === undefined || issuer.raw.equals(certificate.raw)) return false;
    if (!hasIssued(issuer, certificate, now)) return false;
    if (authorities.some((record) => means(record, issuer))) return true;
    certificate = issuer;
  }
  return false;
}

/** An authority may stand in its record alone, whole, and be left out of what the host shows (RFC 7671
 * §5.2.2, §5.2.3). */
function isIssuedBy(
  { selector, matching, data }: TlsaRecord,
  certificate: X509Certificate,
  now: number,
): boolean {
  if (matching !== matchings.full) return false;
  if (selector === selectors.key) return isSignedBy(certificate, readKey(data));
  return hasIssued(new X509Certificate(data), certificate, now);
}

function readKey(data: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(data), format: "der", type: "spki" });
}

function hasIssued(issuer: X509Certificate, certificate: X509Certificate, now: number): boolean {
  return (
    issuer.ca &&
    aboutTime(issuer, now) === undefined &&
    certificate.checkIssued(issuer) &&
    isSignedBy(certificate, issuer.publicKey)
  );
}

/** Digests for which others with the same signature can be made up are no signature. */
function isSignedBy(certificate: X509Certificate, key: KeyObject): boolean {
  return !/md5|sha1(?!\d)/i.test(certificate.signatureAlgorithm ?? "") && certificate.verify(key);
}

function means(record: TlsaRecord, { raw }: X509Certificate): boolean {
  const octets = record.selector === selectors.key ? publicKeyOf(raw) : raw;
  return meansOctets(record, octets, (algorithm) => createHash(algorithm).update(octets).digest());
}
