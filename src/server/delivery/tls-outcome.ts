// How TLS went on one connection, for reports to the domain that the mail goes to (RFC 8460 §4).

import type { Failure } from "../../core/smtp/client/failure.ts";
import type { ClientOptions } from "../../core/smtp/client/opening.ts";
import type { Protection } from "../../core/smtp/client/protection.ts";
import type { TlsFailure } from "../../core/smtp/client/tls-failure.ts";
import { sayFailure } from "../../core/queue/outcome.ts";

export interface TlsOutcome {
  /** Undefined where TLS came about as it was asked for. */
  readonly failure: TlsFailure | undefined;
  /** What is wrong with the certificate, whether or not that was asked. */
  readonly doubt: TlsFailure | undefined;
  /** From which of our addresses. */
  readonly localAddress: string | undefined;
}

/** What the session came to see. */
export interface SeenOfTls {
  readonly protection: Protection | undefined;
  /** Why it takes no mail; undefined where it does. */
  readonly failure: Failure | undefined;
}

/** Undefined where TLS was not wanted, or the connection ended before it came to that. */
export function tlsOutcome(
  { tls, requireTls }: Pick<ClientOptions, "tls" | "requireTls">,
  { protection, failure }: SeenOfTls,
  localAddress: string | undefined,
): TlsOutcome | undefined {
  if (tls === "off") return undefined;
  if (protection === undefined) {
    const why = failure && whyNoTls(failure);
    return why && { failure: why, doubt: undefined, localAddress };
  }
  if (protection.kind === "clear") {
    const none: TlsFailure = { type: "starttls-not-supported", why: protection.why };
    return { failure: none, doubt: undefined, localAddress };
  }
  const doubt = doubtOf(protection);
  const isWanted = tls === "verified" || requireTls === true;
  return { failure: isWanted ? doubt : undefined, doubt, localAddress };
}

function doubtOf(protection: Extract<Protection, { kind: "tls" }>): TlsFailure | undefined {
  if (protection.verified) return undefined;
  const { why = "", flaw = "validation-failure" } = protection;
  return { type: flaw, why };
}

/** The session broke off in or before the handshake. */
function whyNoTls(failure: Failure): TlsFailure | undefined {
  const why = sayFailure(failure).text;
  if (failure.kind === "login") return undefined;
  if (failure.kind === "tls" || failure.kind === "local" || failure.stage === "handshake") {
    return { type: "validation-failure", why };
  }
  return failure.stage === "starttls" ? { type: "starttls-not-supported", why } : undefined;
}
