// Logins counted by what they came to, and by what the client showed.

import type { Counters, LoginResult, MechanismClass } from "../metrics/counters.ts";
import type { ConcludedAttempt, Logins } from "./logins.ts";

export function countLogins<Given extends Pick<Logins, "conclude">>(
  logins: Given,
  counts: Counters["logins"][keyof Counters["logins"]],
): Given {
  return {
    ...logins,
    async conclude(attempt) {
      const verdict = await logins.conclude(attempt);
      counts[mechanismClass(attempt.mechanism)].add(resultOf(attempt, verdict));
      return verdict;
    },
  };
}

function resultOf({ outcome }: ConcludedAttempt, verdict: LoginResult): LoginResult {
  const isUnknown = outcome.kind === "failure" && outcome.reason === "unavailable";
  return verdict === "refused" && isUnknown ? "unavailable" : verdict;
}

/** @param mechanism as the server named it: `PLAIN`, or `USER` */
function mechanismClass(mechanism: string): MechanismClass {
  const name = mechanism.toUpperCase();
  if (name.startsWith("SCRAM-")) return "scram";
  switch (name) {
    case "PLAIN":
    case "LOGIN":
    case "USER":
    case "APOP":
    case "CRAM-MD5":
      return "password";
    case "OAUTHBEARER":
    case "XOAUTH2":
      return "token";
    case "EXTERNAL":
      return "certificate";
    default:
      return "other";
  }
}
