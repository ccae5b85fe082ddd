// Whom we trust to vouch for other hosts: this machine's authorities, or those of a file.

import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { errorText } from "../../../core/error-text.ts";
import { bad, good, type Result } from "../../../core/result.ts";

/** TLS 1.2 at least (RFC 8996), with whatever cipher both sides take for good: the other choice may be
 * the clear. */
const minVersion = "TLSv1.2";

/** Where systems keep all of their authorities in one file: Debian, Fedora, SUSE, Alpine and the BSDs.
 * Node would gather them one by one, which takes a third of a second, in which nothing else happens. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/var/lib/ca-certificates/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** The system's authorities, or those of `SSL_CERT_FILE`, as OpenSSL has it; where there are none,
 * those that Node.js brings. Takes 20 ms: make it once. */
export async function systemAuthorities(environment: NodeJS.ProcessEnv): Promise<SecureContext> {
  const named = environment["SSL_CERT_FILE"];
  for (const path of named === undefined ? bundles : [named]) {
    const pem = await readFile(path, "latin1").catch(() => "");
    const ca = certificatesOf(pem);
    if (ca.length > 0) return createSecureContext({ minVersion, ca });
  }
  return createSecureContext({ minVersion, ca: [...getCACertificates("bundled")] });
}

/** The authorities of a PEM file, and nobody else. A host's own certificate may be among them. */
export async function readAuthorities(path: string): Promise<Result<SecureContext, string>> {
  try {
    const found = certificatesOf(await readFile(path, "latin1"));
    if (found.length === 0) return bad(`${path} holds no PEM certificate`);
    const ca = found.map((pem) => new X509Certificate(pem).toString());
    return good(createSecureContext({ minVersion, ca, allowPartialTrustChain: true }));
  } catch (error) {
    return bad(`${path} cannot be used: ${errorText(error)}`);
  }
}

function certificatesOf(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}
