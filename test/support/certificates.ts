// Certificates as the world has them: from an authority of the test's own, expired, for other names,
// or from nobody.

import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { isIP } from "node:net";
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
} from "../../src/io/tls/der.ts";

/** PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface TestAuthority extends Certificate {
  readonly name: string;
  issue(request: CertificateRequest): Certificate;
}

export interface CertificateRequest {
  /** DNS names and IPv4 addresses. */
  readonly names: readonly string[];
  /** Days from now; 365 by default. */
  readonly from?: number;
  readonly to?: number;
}

const day = 86_400_000;
const algorithm = sequence(objectIdentifier("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256

export interface AuthorityOptions {
  /** Itself by default. */
  readonly issuer?: { readonly name: string; readonly key: string };
  /** Whether its certificate says that it is one; it issues all the same. */
  readonly isAuthority?: boolean;
}

export function makeAuthority(name: string, options: AuthorityOptions = {}): TestAuthority {
  const { issuer, isAuthority = true } = options;
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const cert = write({
    subject: name,
    issuer: issuer?.name ?? name,
    publicKey: pair.publicKey,
    signer: issuer === undefined ? pair.privateKey : createPrivateKey(issuer.key),
    valid: [-10_000, 3_650],
    extensions: isAuthority ? [extension("2.5.29.19", sequence(bool(true)), true)] : [],
  });
  return {
    name,
    cert,
    key: toPem(pair.privateKey),
    issue({ names, from = -1, to = 365 }) {
      const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const issued = write({
        subject: names[0] ?? "nobody",
        issuer: name,
        publicKey: own.publicKey,
        signer: pair.privateKey,
        valid: [from, to],
        extensions: [extension("2.5.29.17", sequence(...names.map(alternative)), false)],
      });
      return { cert: issued, key: toPem(own.privateKey) };
    },
  };
}

interface Statement {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly valid: readonly [from: number, to: number];
  readonly extensions: readonly Buffer[];
}

function write({ subject, issuer, publicKey, signer, valid, extensions }: Statement): string {
  const [from, to] = valid.map((days) => generalizedTime(Date.now() + days * day));
  const statement = sequence(
    tagged(0, integer(Buffer.of(2)), "explicit"),
    integer(randomBytes(16)),
    algorithm,
    nameOf(issuer),
    sequence(from!, to!),
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...extensions), "explicit"),
  );
  const signature = sign("sha256", statement, signer);
  const lines = sequence(statement, algorithm, bitString(signature))
    .toString("base64")
    .match(/.{1,64}/g);
  return ["-----BEGIN CERTIFICATE-----", ...lines!, "-----END CERTIFICATE-----", ""].join("\n");
}

function alternative(name: string): Buffer {
  if (isIP(name) === 4) {
    return tagged(7, Buffer.from(name.split(".").map(Number)), "implicit");
  }
  return tagged(2, Buffer.from(name, "latin1"), "implicit");
}

function nameOf(text: string): Buffer {
  return sequence(set(sequence(objectIdentifier("2.5.4.3"), utf8String(text))));
}

function extension(identifier: string, value: Uint8Array, critical: boolean): Buffer {
  const flag = critical ? [bool(true)] : [];
  return sequence(objectIdentifier(identifier), ...flag, octetString(value));
}

function toPem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
