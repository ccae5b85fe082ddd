// DANE for SMTP (RFC 7672): what the signed TLSA records of a host ask of the connections to it.

import type { TlsaRecord } from "../../core/dane/tlsa.ts";
import { formatTlsa, usableRecords } from "../../core/dane/tlsa.ts";
import type { Validation } from "../../core/delivery/mx.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { good, type Result } from "../../core/result.ts";
import type { ValidatedResolver } from "../../io/dns/validated/resolver.ts";
import { createDaneJudge, isWhole } from "../../io/tls/client/dane-judge.ts";
import type { Demand, Finding, MxPolicy, PassOver } from "./mx-policy.ts";

type Lookups = Pick<ValidatedResolver, "tlsa" | "signedAlias">;

const unsigned: Finding = { kind: "nothing", isSigned: false };
const nothing: Finding = { kind: "nothing", isSigned: true };

export function createDanePolicy(resolver: Lookups): MxPolicy {
  return async (domain, { name, port, signed }) => {
    // Whoever can name another host can name one of their own, with TLSA records (§2.2.1).
    if (signed?.mx.isSigned !== true) return unsigned;
    const bases = await basesOf(name, signed.addresses, resolver);
    if (!bases.ok) return passOver(name, bases.problem);
    for (const base of bases.value) {
      // The first that has records is the one (§2.2.3).
      // oxlint-disable-next-line no-await-in-loop
      const answer = await resolver.tlsa(`_${port}._tcp.${base}`);
      if (answer.kind === "unknown") return passOver(base, answer.why);
      if (answer.kind === "none") continue;
      return demand(base, [base, domain, signed.mx.canonical], answer.records);
    }
    return nothing;
  };
}

/** The names whose TLSA records may speak for a host, the weightiest first (RFC 7672 §2.2.3). The problem
 * is why nobody knows. */
async function basesOf(
  name: Domain,
  { isSigned, canonical }: Validation,
  resolver: Lookups,
): Promise<Result<readonly Domain[], string>> {
  const isAlias = canonical !== name;
  if (isSigned) return good(isAlias ? [canonical, name] : [name]);
  // An alias that is signed itself, of a name that is not.
  const signedAlias = isAlias ? await resolver.signedAlias(name) : good(false);
  if (!signedAlias.ok) return signedAlias;
  return good(signedAlias.value ? [name] : []);
}

function demand(base: Domain, names: readonly Domain[], records: readonly TlsaRecord[]): Demand {
  const usable = usableRecords(records.filter(isWhole));
  const found = { kind: "demand", policy: "dane", isSigned: true } as const;
  const text = records.map(formatTlsa);
  // Records that nobody understands still say that there is TLS (RFC 7672 §2.2).
  if (usable.length === 0) return { ...found, tls: "required", mayBeRaised: true, text };
  const judge = createDaneJudge({ base, names: [...new Set(names)], records: usable });
  return { ...found, tls: "verified", judge, text };
}

/** To be sure that there are no records is what keeps an attacker from making them disappear (§2.1.2). */
function passOver(base: Domain, why: string): PassOver {
  const text = `whether ${base} has TLSA records (DANE) could not be found out: ${why}`;
  return {
    kind: "pass-over",
    policy: "dane",
    text: [],
    outcome: { kind: "temporary", said: { status: "4.7.5", text, remote: false } },
    failure: { type: "dnssec-invalid", why: text },
  };
}
