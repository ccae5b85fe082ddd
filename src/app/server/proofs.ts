// The proofs of what is served, kept for the page: a policy with many rules takes a while to prove.

import type { Settings } from "../../core/config/settings.ts";
import type { ProvenPolicy } from "../../core/policy/proof/map/admitted-lines.ts";
import type { AddressRules } from "../../core/rules/address-rules.ts";
import { provePolicy, requireProof } from "../proof.ts";

interface Known {
  readonly settings: Settings;
  readonly proven: Promise<ProvenPolicy>;
}

export class Proofs {
  /** Rules are read anew for each configuration, and whenever their file has changed. */
  readonly #known = new WeakMap<AddressRules, Known>();

  /** @throws {ConfigurationError} with the counterexamples */
  async require(settings: Settings, rules: AddressRules): Promise<void> {
    requireProof((await this.of(settings, rules)).proof);
  }

  /** The same value for the same configuration and rules. */
  of(settings: Settings, rules: AddressRules): Promise<ProvenPolicy> {
    const before = this.#known.get(rules);
    if (before?.settings === settings) return before.proven;
    const known = { settings, proven: provePolicy(settings, rules) };
    this.#known.set(rules, known);
    return known.proven;
  }
}
