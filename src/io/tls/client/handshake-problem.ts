// Why a handshake came to nothing, in words.

import { errorCode } from "../../error-code.ts";

export type HandshakeProblem =
  /** The connection ended. */
  { readonly kind: "lost" } | { readonly kind: "failed"; readonly detail: string };

const noTls = "what the host says is no TLS";
const noVersion = "there is no version of TLS in common (we take 1.2 and 1.3)";
const refused = "the host finds no cipher in common, or wants a certificate of us";

const details: ReadonlyMap<string, string> = new Map([
  ["ERR_SSL_WRONG_VERSION_NUMBER", noTls],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", noTls],
  ["ERR_SSL_UNSUPPORTED_PROTOCOL", noVersion],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", noVersion],
  ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", refused],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", refused],
]);

const endings: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECANCELED"]);

export function explainFailure(error: Error): HandshakeProblem {
  const code = errorCode(error) ?? "";
  if (endings.has(code)) return { kind: "lost" };
  const known = details.get(code);
  if (known !== undefined) return { kind: "failed", detail: known };
  // OpenSSL's own words stand apart from the message, which names its source files.
  const reason: unknown = Reflect.get(error, "reason");
  return { kind: "failed", detail: typeof reason === "string" ? reason : error.message };
}
