// A certificate that vouches for itself (RFC 5280 §4.1): enough to encrypt until the operator has a
// real one. The few packages that make certificates bring a dozen others with them
// (docs/decisions/0012), and Node signs but does not write them.

import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import {
  bitString,
  bool,
  generalizedTime,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  utf8String,
} from "./der.ts";

export interface SelfSigned {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
}

export interface SelfSignedRequest {
  /** DNS names; the first is the subject's too. At least one. */
  readonly names: readonly string[];
  /** UTC milliseconds. */
  readonly now: number;
}

const day = 86_400_000;
/** Valid for so long. Clients that check certificates refuse this one anyhow. */
const lifetime = 3_650 * day;

const identifiers = {
  commonName: "2.5.4.3",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
} as const;

/** Makes a new key (ECDSA, P-256) and its certificate. */
export function makeSelfSigned({ names, now }: SelfSignedRequest): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(objectIdentifier(identifiers.ecdsaWithSha256));
  const subject = nameOf(names[0] ?? "localhost");
  const statement = sequence(
    tagged(0, integer(Buffer.of(2)), "explicit"), // version 3
    integer(randomBytes(16)),
    algorithm,
    subject, // the issuer
    sequence(generalizedTime(now - day), generalizedTime(now + lifetime)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(subjectAltNames(names), endEntity()), "explicit"),
  );
  const signature = sign("sha256", statement, privateKey);
  const certificate = sequence(statement, algorithm, bitString(signature));
  return {
    certificate: toPem(certificate),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** RFC 5280 has a common name of 64 characters at most; the names that count are the alternative ones. */
function nameOf(text: string): Buffer {
  const commonName = [objectIdentifier(identifiers.commonName), utf8String(text.slice(0, 64))];
  return sequence(set(sequence(...commonName)));
}

function subjectAltNames(names: readonly string[]): Buffer {
  const dnsName = 2;
  const entries = names.map((name) => tagged(dnsName, Buffer.from(name, "latin1"), "implicit"));
  return extension(identifiers.subjectAltName, sequence(...entries));
}

/** It may not sign others. */
function endEntity(): Buffer {
  return sequence(
    objectIdentifier(identifiers.basicConstraints),
    bool(true),
    octetString(sequence()),
  );
}

function extension(identifier: string, value: Uint8Array): Buffer {
  return sequence(objectIdentifier(identifier), octetString(value));
}

function toPem(certificate: Buffer): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
