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

  function isFound(): boolean {
    return found !== undefined && !(found instanceof Promise) && found.known;
  }

  function verdict(): AccessFact | Promise<AccessFact> {
    if (found !== undefined && (found instanceof Promise || found.known)) return found;
    found = rules.needsName(client) ? lookUp() : withName({ kind: "none" });
    return found;
  }

  function allowed(): Extract<AccessVerdict, { access: "allow" }> | undefined {
    if (found === undefined || found instanceof Promise || !found.known) return undefined;
    return found.value.access === "allow" ? found.value : undefined;
  }

  void verdict();
  return {
    verdict,
    get isFound() {
      return isFound();
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
