// What is wrong with the certificate of another host, in words: all of it, for whoever has to mend it.

import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { TlsFailureType } from "../../../core/smtp/client/tls-failure.ts";
import { certificateNames } from "../certificate-names.ts";

export interface Doubt {
  /** All that is wrong, as a sentence. */
  readonly text: string;
  /** The first of it. */
  readonly flaw: TlsFailureType;
}

export interface Shown {
  readonly certificate: X509Certificate | undefined;
  /** OpenSSL's word on the chain, such as CERT_HAS_EXPIRED; undefined where it is in order. */
  readonly chainError: string | undefined;
  /** The name or address that the host was meant by. */
  readonly host: string;
  /** UTC milliseconds. */
  readonly now: number;
}

/** Judges by something else than the host's name and this machine's authorities. */
export interface Judge {
  /** Two that may come to different verdicts have different keys. */
  readonly key: string;
  /** The name that the host is asked to show a certificate for (SNI). */
  readonly serverName: string;
  /** Undefined where nothing is wrong. */
  readonly findDoubt: (shown: Shown) => Doubt | undefined;
}

/** Undefined where nothing is wrong. */
export function findDoubt(shown: Shown): Doubt | undefined {
  const { certificate } = shown;
  if (certificate === undefined) return noCertificate;
  const doubts: readonly (readonly [TlsFailureType, string | undefined])[] = [
    ["certificate-expired", aboutTime(certificate, shown.now)],
    ["certificate-not-trusted", aboutChain(certificate, shown)],
    ["certificate-host-mismatch", aboutName(certificate, [shown.host])],
  ];
  const found = doubts.filter(([, text]) => text !== undefined);
  const [first] = found;
  if (first === undefined) return undefined;
  return { flaw: first[0], text: `the certificate ${found.map(([, text]) => text).join("; it ")}` };
}

export const noCertificate: Doubt = {
  text: "the host shows no certificate",
  flaw: "validation-failure",
};

/** What is wrong with the time of a certificate, after "the certificate"; undefined where nothing is.
 * `now` is UTC milliseconds. */
export function aboutTime(
  { validFrom, validTo }: X509Certificate,
  now: number,
): string | undefined {
  if (Date.parse(validTo) < now) return `expired on ${day(validTo)}`;
  if (Date.parse(validFrom) > now) return `is not valid before ${day(validFrom)}`;
  return undefined;
}

function day(text: string): string {
  return new Date(text).toISOString().replace(/T.*/, "");
}

function aboutChain(certificate: X509Certificate, shown: Shown): string | undefined {
  const { chainError } = shown;
  switch (chainError) {
    case undefined:
      return undefined;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "is self-signed";
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      if (aboutTime(certificate, shown.now) !== undefined) return undefined;
      return `comes from an authority whose own certificate is out of date (${chainError})`;
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return `comes from an authority that is not trusted here (${oneLine(certificate.issuer)})`;
    default:
      return `cannot be verified (${chainError})`;
  }
}

/** What is wrong with the names of a certificate, where any of `hosts` will do. */
export function aboutName(
  certificate: X509Certificate,
  hosts: readonly string[],
): string | undefined {
  if (hosts.some((host) => isFor(certificate, host))) return undefined;
  const host = hosts.join(" or ");
  const names = certificateNames(certificate);
  const few = names.slice(0, mostNames).join(", ");
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return names.length === 0
    ? `is for no name at all, not for ${host}`
    : `is for ${few}${more}, not for ${host}`;
}

function isFor(certificate: X509Certificate, host: string): boolean {
  const fits =
    isIP(host) === 0
      ? certificate.checkHost(host, { partialWildcards: false })
      : certificate.checkIP(host);
  return fits !== undefined;
}

/** A certificate may hold hundreds. */
const mostNames = 5;

/** X.500 names come with one attribute a line. */
function oneLine(name: string): string {
  return name.replaceAll("\n", ", ");
}
