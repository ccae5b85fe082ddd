// What the address rules say of one client, by the rules that it came under: those that are read
// while it is connected are for its next connection.

import type { IpAddress } from "../../core/mail/ip.ts";
import { known } from "../../core/policy/fact.ts";
import type { AccessFact, AccessVerdict } from "../../core/policy/request.ts";
import { type AddressRules, verdictOf } from "../../core/rules/address-rules.ts";
import type { NameAnswer } from "../../io/dns/verified-name.ts";

export interface ClientAccess {
  /** A name that could not be found out is looked up anew. */
  verdict(): AccessFact | Promise<AccessFact>;
  /** The verdict is there, and stays. */
  readonly isFound: boolean;
  /** Octets of the client's largest message (DATABYTES), as far as it is known. */
  readonly maxSize: number | undefined;
  /** The client may relay (RELAYCLIENT), as far as it is known. */
  readonly mayRelay: boolean;
}

/** Asks for the client's name at once where a rule needs it, so that it is there by the first
 * recipient; where none does, nothing is looked up. */
export function createClientAccess(
  client: IpAddress,
  rules: AddressRules,
  lookUpName: (client: IpAddress) => Promise<NameAnswer>,
): ClientAccess {
  let found: AccessFact | Promise<AccessFact> | undefined;

  function withName(answer: NameAnswer): AccessFact {
    if (answer.kind === "unknown") return unknownName(client, answer.why, rules);
    const name = answer.kind === "name" ? answer.name : undefined;
    return known(verdictOf(rules.find(client, name)));
  }

  async function lookUp(): Promise<AccessFact> {
    found = withName(await lookUpName(client));
    return found;
  }

  /** The verdict that is there, and stays. */
  function settled(): Extract<AccessFact, { known: true }> | undefined {
    if (found === undefined || found instanceof Promise) return undefined;
    return found.known ? found : undefined;
  }

  function verdict(): AccessFact | Promise<AccessFact> {
    const there = found instanceof Promise ? found : settled();
    if (there !== undefined) return there;
    found = rules.needsName(client) ? lookUp() : withName({ kind: "none" });
    return found;
  }

  function allowed(): Extract<AccessVerdict, { access: "allow" }> | undefined {
    const verdictThere = settled()?.value;
    return verdictThere?.access === "allow" ? verdictThere : undefined;
  }

  void verdict();
  return {
    verdict,
    get isFound() {
      return settled() !== undefined;
    },
    get maxSize() {
      return allowed()?.maxSize;
    },
    get mayRelay() {
      return allowed()?.relay === true;
    },
  };
}

/** A rule with a name could have matched. Who is denied without a name could be let in by one, and the
 * other way round. */
function unknownName(client: IpAddress, why: string, rules: AddressRules): AccessFact {
  const nameless = verdictOf(rules.find(client, undefined));
  const mayDeny = nameless.access === "deny" || rules.deniesByName;
  return mayDeny ? { known: false, why } : { known: false, why, neverDenies: true };
}
