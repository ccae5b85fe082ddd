// The address rules as they are looked up: the first that matches decides, and nothing of the others
// is added to it (tcprules(1)).

import type { Place } from "../config/settings.ts";
import type { IpAddress } from "../mail/ip.ts";
import type { PrefixMap } from "../mail/prefix-map.ts";
import type { AccessVerdict } from "../policy/request.ts";
import type { Instruction } from "./instruction.ts";

export interface AddressRule {
  /** As it is written, a range included. */
  readonly address: string;
  readonly instruction: Instruction;
  readonly place: Place;
}

/** What was written, sorted by how it is looked up. */
export interface RuleTables {
  /** Addresses and networks; a network of one address is that address. */
  readonly networks: PrefixMap<AddressRule>;
  /** `=host`, by the name alone. */
  readonly hosts: ReadonlyMap<string, AddressRule>;
  /** `=.suffix`, by the suffix with its dot. */
  readonly suffixes: ReadonlyMap<string, AddressRule>;
  readonly anyHost: AddressRule | undefined;
  readonly otherwise: AddressRule | undefined;
}

/** Does not change: a session keeps the rules that it began with. */
export class AddressRules {
  readonly tables: RuleTables;

  constructor(tables: RuleTables) {
    this.tables = tables;
  }

  /** The rule that decides about a client; undefined where none does.
   * @param name the client's verified name, in small letters; undefined where it has none. */
  find(client: IpAddress, name: string | undefined): AddressRule | undefined {
    const { networks, hosts, otherwise } = this.tables;
    const byAddress = networks.find(client);
    if (name === undefined) return byAddress ?? otherwise;
    const byHost = hosts.get(name);
    if (byHost !== undefined && !this.#namesAddress(client)) return byHost;
    return byAddress ?? this.#findSuffix(name) ?? otherwise;
  }

  /** Whether a rule with a host's name could decide about the client: then it has to be looked up. */
  needsName(client: IpAddress): boolean {
    const { networks, hosts, suffixes, anyHost } = this.tables;
    if (hosts.size > 0) return !this.#namesAddress(client);
    return (suffixes.size > 0 || anyHost !== undefined) && networks.find(client) === undefined;
  }

  /** A rule for the address itself comes before one for its name. */
  #namesAddress(client: IpAddress): boolean {
    return this.tables.networks.lengthAt(client) === client.octets.length * 8;
  }

  /** Whether some rule with a host's name denies. */
  get deniesByName(): boolean {
    const { hosts, suffixes, anyHost } = this.tables;
    return [...hosts.values(), ...suffixes.values(), ...(anyHost ? [anyHost] : [])].some(
      ({ instruction }) => instruction.verdict.access === "deny",
    );
  }

  #findSuffix(name: string): AddressRule | undefined {
    const { suffixes, anyHost } = this.tables;
    for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
      const rule = suffixes.get(name.slice(dot));
      if (rule !== undefined) return rule;
    }
    return anyHost;
  }
}

/** What a rule says of a client. Where no rule matches the client is let in, and nothing is set:
 * that never lets it relay. */
export function verdictOf(rule: AddressRule | undefined): AccessVerdict {
  if (rule === undefined) return { access: "allow", relay: false, skipsBlocklists: false };
  return { ...rule.instruction.verdict, place: rule.place };
}
