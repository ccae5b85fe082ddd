// A certificate and its key, read from PEM files and checked before anything is served with them.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createSecureContext, type SecureContext } from "node:tls";
import { errorText } from "../../core/error-text.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { certificateNames } from "./certificate-names.ts";

export interface KeyPairFiles {
  /** Absolute path; the certificate, then those that lead to its authority. */
  readonly certificate: string;
  /** Absolute path; PKCS #8, PKCS #1 or SEC 1, without a passphrase. */
  readonly key: string;
}

export interface KeyPair {
  readonly context: SecureContext;
  /** The certificate that clients check. */
  readonly leaf: X509Certificate;
  /** DNS names in lower case that it is for; may begin with `*.`. */
  readonly names: readonly string[];
  /** UTC milliseconds after which clients refuse it. */
  readonly expiresAt: number;
  /** What to do, where every user of this machine may read the key. */
  readonly warning?: string;
}

/** TLS 1.2 with forward secrecy and authenticated encryption (RFC 9325 §4.2); TLS 1.3 as it is. */
const ciphers = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** The problem says which file, what is wrong with it, and what to do. An expired certificate is no
 * problem here: mail that is encrypted with it is still better off than mail in the clear. */
export async function readKeyPair(
  files: KeyPairFiles,
  clientAuthorities: string | undefined,
): Promise<Result<KeyPair, string>> {
  const certificate = await readPem(files.certificate, "certificate");
  if (!certificate.ok) return certificate;
  const key = await readPem(files.key, "key");
  if (!key.ok) return key;
  const pair = makeKeyPair(certificate.value, key.value, files, clientAuthorities);
  if (!pair.ok || !(await isOpen(files.key))) return pair;
  const warning =
    `every user of this machine may read the key ${files.key}; run: chmod 0600 ${files.key} ` +
    "(it must belong to the user that the server works as)";
  return good({ ...pair.value, warning });
}

async function isOpen(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined); // it may be replaced right now
  return found !== undefined && (found.mode & 0o004) !== 0;
}

function makeKeyPair(
  certificate: string,
  key: string,
  files: KeyPairFiles,
  clientAuthorities: string | undefined,
): Result<KeyPair, string> {
  const leaf = parse(() => new X509Certificate(certificate));
  if (!leaf.ok) return bad(`${files.certificate} holds no PEM certificate (${leaf.problem})`);
  const privateKey = parse<KeyObject>(() => createPrivateKey(key));
  if (!privateKey.ok) {
    return bad(`${files.key} holds no PEM key without a passphrase (${privateKey.problem})`);
  }
  if (!leaf.value.checkPrivateKey(privateKey.value)) {
    return bad(
      `the key in ${files.key} does not belong to the certificate in ${files.certificate}`,
    );
  }
  const context = parse(() =>
    createSecureContext({
      cert: certificate,
      key,
      ciphers,
      honorCipherOrder: true,
      minVersion: "TLSv1.2",
      // Without it, who is asked for a certificate and comes back with its session is turned away.
      sessionIdContext: "bailiwick",
      ...(clientAuthorities !== undefined && { ca: clientAuthorities }),
    }),
  );
  if (!context.ok) return bad(`${files.certificate} cannot be served (${context.problem})`);
  return good({
    context: context.value,
    leaf: leaf.value,
    names: certificateNames(leaf.value),
    expiresAt: Date.parse(leaf.value.validTo),
  });
}

async function readPem(path: string, what: string): Promise<Result<string, string>> {
  try {
    return good(await readFile(path, "latin1"));
  } catch (error) {
    return bad(`the ${what} ${path} cannot be read (${errorText(error)})`);
  }
}

function parse<Value>(read: () => Value): Result<Value, string> {
  try {
    return good(read());
  } catch (error) {
    return bad(errorText(error));
  }
}
