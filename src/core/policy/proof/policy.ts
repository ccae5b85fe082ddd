// What the proof is about: the part of a configuration that says who may relay.

import type { Place } from "../../config/settings.ts";
import type { IpAddress, Prefix } from "../../mail/ip.ts";
import type { Fact } from "../fact.ts";
import type { AccessVerdict, RuleSet } from "../request.ts";

export interface RelayPolicy {
  readonly rules: RuleSet;
  readonly access: AccessRules;
  /** What the operator says that he knows: wide public networks, gateways inside a network. */
  readonly acknowledged: readonly Acknowledgement[];
  readonly listeners: readonly ProvenListener[];
}

export interface AccessRules {
  /** In the order in which they are looked up: the first that speaks of a client counts. */
  readonly rules: readonly AccessRule[];
  /** What the rules say of an address without a verified name. */
  readonly access: (client: IpAddress) => Fact<AccessVerdict>;
}

export interface AccessRule {
  readonly pattern: AccessPattern;
  readonly verdict: AccessVerdict;
}

/** Whom a rule is for. */
type AccessPattern =
  | { readonly kind: "address"; readonly address: IpAddress }
  | { readonly kind: "network"; readonly prefix: Prefix }
  /** The client's verified name, or, with a dot in front, its end, or any. */
  | { readonly kind: "host"; readonly name: string }
  | { readonly kind: "suffix"; readonly suffix: string }
  | { readonly kind: "any-host" }
  /** All others. */
  | { readonly kind: "default" };

export interface Acknowledgement {
  readonly prefix: Prefix;
  readonly place: Place;
}

export interface ProvenListener {
  readonly name: string;
  /** Who may say with the PROXY protocol which client a connection comes from; absent where the
   * listener does not take it. */
  readonly proxies?: readonly Prefix[];
  readonly place?: Place;
}

/** The network around this host, as far as it decides from which address strangers seem to come. */
export interface Surroundings {
  /** We run in a container: what comes in from outside may be rewritten on its way to us. */
  readonly inContainer: boolean;
  readonly gateways: readonly Gateway[];
}

export interface Gateway {
  readonly address: IpAddress;
  readonly kind: "default-gateway" | "bridge" | "own-address";
  /** The network interface: `eth0`, `docker0`. */
  readonly device: string;
}
