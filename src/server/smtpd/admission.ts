// The rules that a client was let in under. They are its session's own: what is changed while it is
// connected holds from its next connection on, so that no transaction sees two sets of rules.

import type { IpAddress } from "../../core/mail/ip.ts";
import { known } from "../../core/policy/fact.ts";
import type { AccessFact, RuleSet } from "../../core/policy/request.ts";
import { type AddressRules, verdictOf } from "../../core/rules/address-rules.ts";
import type { NameAnswer } from "../../io/dns/verified-name.ts";
import type { SessionSettings } from "../../core/smtp/server/state.ts";

export interface Admission {
  readonly rules: RuleSet;
  /** The limits of the session; a rule for the client may lower them when its name is found. */
  readonly session: SessionSettings;
  /** What the address rules say of the client. A name that could not be found is looked up anew. */
  access(): AccessFact | Promise<AccessFact>;
}

export interface AdmissionOptions {
  readonly rules: RuleSet;
  readonly addressRules: AddressRules;
  readonly session: SessionSettings;
  readonly lookUpName: (client: IpAddress) => Promise<NameAnswer>;
}

/** Asks for the client's name at once where a rule needs it, so that it is there by the first
 * recipient; where none does, nothing is looked up. */
export function admit(client: IpAddress, options: AdmissionOptions): Admission {
  const { rules, addressRules, session, lookUpName } = options;
  let found: AccessFact | Promise<AccessFact> | undefined;

  function withName(answer: NameAnswer): AccessFact {
    if (answer.kind === "unknown") return unknownName(client, answer.why, addressRules);
    const name = answer.kind === "name" ? answer.name : undefined;
    return known(verdictOf(addressRules.find(client, name)));
  }

  async function lookUp(): Promise<AccessFact> {
    found = withName(await lookUpName(client));
    return found;
  }

  function access(): AccessFact | Promise<AccessFact> {
    if (found !== undefined && (found instanceof Promise || found.known)) return found;
    found = addressRules.needsName(client) ? lookUp() : withName({ kind: "none" });
    return found;
  }

  void access();
  return {
    rules,
    session: {
      ...session,
      get maxMessageSize() {
        return limitOf(found, session.maxMessageSize);
      },
    },
    access,
  };
}

/** A rule with a name could have matched. Who is denied without a name could be let in by one, and the
 * other way round. */
function unknownName(client: IpAddress, why: string, rules: AddressRules): AccessFact {
  const fact = { known: false, why } as const;
  const nameless = verdictOf(rules.find(client, undefined));
  const mayDeny = nameless.access === "deny" || rules.deniesByName;
  return mayDeny ? fact : { ...fact, neverDenies: true };
}

/** A rule can lower the size of a message (DATABYTES), never raise it. */
function limitOf(found: AccessFact | Promise<AccessFact> | undefined, most: number): number {
  if (found === undefined || found instanceof Promise || !found.known) return most;
  const { value } = found;
  return value.access === "allow" ? Math.min(most, value.maxSize ?? most) : most;
}
