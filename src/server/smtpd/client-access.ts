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

type LookUpName = (client: IpAddress) => Promise<NameAnswer>;

/** Asks for the client's name at once where a rule needs it, so that it is there by the first
 * recipient; where none does, nothing is looked up. */
export function createClientAccess(
  client: IpAddress,
  rules: AddressRules,
  lookUpName: LookUpName,
): ClientAccess {
  return new FoundAccess(client, rules, lookUpName);
}

/** One for each connection: a class, for getters of its own cost an object more than all else of it. */
class FoundAccess implements ClientAccess {
  readonly #client: IpAddress;
  readonly #rules: AddressRules;
  readonly #lookUpName: LookUpName;
  #found: AccessFact | Promise<AccessFact> | undefined;

  constructor(client: IpAddress, rules: AddressRules, lookUpName: LookUpName) {
    this.#client = client;
    this.#rules = rules;
    this.#lookUpName = lookUpName;
    void this.verdict();
  }

  get isFound(): boolean {
    return this.#settled !== undefined;
  }

  get maxSize(): number | undefined {
    return this.#allowed?.maxSize;
  }

  get mayRelay(): boolean {
    return this.#allowed?.relay === true;
  }

  verdict(): AccessFact | Promise<AccessFact> {
    const there = this.#found instanceof Promise ? this.#found : this.#settled;
    if (there !== undefined) return there;
    const needsName = this.#rules.needsName(this.#client);
    this.#found = needsName ? this.#lookUp() : this.#withName({ kind: "none" });
    return this.#found;
  }

  /** The verdict that is there, and stays. */
  get #settled(): Extract<AccessFact, { known: true }> | undefined {
    const found = this.#found;
    if (found === undefined || found instanceof Promise) return undefined;
    return found.known ? found : undefined;
  }

  get #allowed(): Extract<AccessVerdict, { access: "allow" }> | undefined {
    const verdict = this.#settled?.value;
    return verdict?.access === "allow" ? verdict : undefined;
  }

  #withName(answer: NameAnswer): AccessFact {
    if (answer.kind === "unknown") return unknownName(this.#client, answer.why, this.#rules);
    const name = answer.kind === "name" ? answer.name : undefined;
    return known(verdictOf(this.#rules.find(this.#client, name)));
  }

  async #lookUp(): Promise<AccessFact> {
    this.#found = this.#withName(await this.#lookUpName(this.#client));
    return this.#found;
  }
}

/** A rule with a name could have matched. Who is denied without a name could be let in by one, and the
 * other way round. */
function unknownName(client: IpAddress, why: string, rules: AddressRules): AccessFact {
  const nameless = verdictOf(rules.find(client, undefined));
  const mayDeny = nameless.access === "deny" || rules.deniesByName;
  return mayDeny ? { known: false, why } : { known: false, why, neverDenies: true };
}
