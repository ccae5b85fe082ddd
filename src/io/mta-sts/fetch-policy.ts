// Fetches the MTA-STS policy of a domain (RFC 8461 §3.3).

import type { Domain } from "../../core/mail/domain.ts";
import { parseStsPolicy, type StsPolicy } from "../../core/mta-sts/policy.ts";
import { bad, good, type Result } from "../../core/result.ts";
import type { TlsFailure } from "../../core/smtp/client/tls-failure.ts";
import { askByHttps, type HttpsWays } from "../https/ask.ts";

/** Octets of the longest policy (§3.3). */
const longest = 65_536;

/** Never rejects. The problem is of a type that reports of TLS know. @param port 443, but for tests */
export async function fetchStsPolicy(
  domain: Domain,
  port: number,
  ways: HttpsWays,
): Promise<Result<StsPolicy, TlsFailure>> {
  const answer = await askByHttps(
    {
      method: "GET",
      host: `mta-sts.${domain}`,
      port,
      path: "/.well-known/mta-sts.txt",
      headers: { accept: "text/plain" },
      atMost: longest,
    },
    ways,
  );
  if (!answer.ok) {
    const { kind, why } = answer.problem;
    const type = kind === "certificate" ? "sts-webpki-invalid" : "sts-policy-fetch-error";
    return bad({ type, why });
  }
  const { status, contentType, body } = answer.value;
  if (status !== 200) {
    return bad({ type: "sts-policy-fetch-error", why: `the answer has status ${status}, not 200` });
  }
  if (contentType !== "text/plain") {
    const what = contentType === "" ? "of no type" : contentType.slice(0, 60);
    return bad({ type: "sts-policy-invalid", why: `the answer is ${what}, not text/plain` });
  }
  const policy = parseStsPolicy(body.toString("utf8"));
  if (!policy.ok) return bad({ type: "sts-policy-invalid", why: policy.problem });
  return good(policy.value);
}
