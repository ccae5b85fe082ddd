// Gathers rules from whatever source, and makes what can be looked up, with all that their writer
// should be told.

import type { ConfigurationProblem } from "../config/problem.ts";
import type { Place } from "../config/settings.ts";
import { PrefixMapBuilder } from "../mail/prefix-map.ts";
import { finish, stride, type Work } from "../work.ts";
import { type AddressRule, AddressRules } from "./address-rules.ts";
import { Findings } from "./findings.ts";
import { explainHidden } from "./hidden.ts";
import type { Pattern } from "./pattern.ts";

export interface ReadRules {
  readonly rules: AddressRules;
  /** In the file's order; of very many only the first. */
  readonly warnings: readonly ConfigurationProblem[];
}

/** Where nothing is written. */
export function noRules(): ReadRules {
  return finish(new RulesBuilder().finish());
}

export class RulesBuilder {
  readonly #findings = new Findings();
  readonly #networks = new PrefixMapBuilder<AddressRule>();
  readonly #hosts = new Map<string, AddressRule>();
  readonly #suffixes = new Map<string, AddressRule>();
  readonly #rules: AddressRule[] = [];
  #anyHost: AddressRule | undefined;
  #otherwise: AddressRule | undefined;

  warn(place: Place, text: string): void {
    this.#findings.add(place, text);
  }

  /** @param patterns the rule's; of several rules for one pattern the first counts. */
  add(rule: AddressRule, patterns: readonly Pattern[]): void {
    this.#rules.push(rule);
    for (const pattern of patterns) this.#addFor(pattern, rule);
  }

  *finish(): Work<ReadRules> {
    const networks = yield* this.#networks.build();
    this.#warnOfRepeated(networks.repeated());
    yield* this.#warnOfHidden();
    const rules = new AddressRules({
      hosts: this.#hosts,
      networks,
      suffixes: this.#suffixes,
      anyHost: this.#anyHost,
      otherwise: this.#otherwise,
    });
    return { rules, warnings: this.#findings.inOrder() };
  }

  #addFor(pattern: Pattern, rule: AddressRule): void {
    switch (pattern.kind) {
      case "address": {
        const { address } = pattern;
        return this.#networks.add({ address, length: address.octets.length * 8 }, rule);
      }
      case "network":
        return this.#networks.add(pattern.prefix, rule);
      case "host":
        return this.#addByName(this.#hosts, pattern.name, rule);
      case "suffix":
        return this.#addByName(this.#suffixes, pattern.suffix, rule);
      case "any-host":
        if (this.#anyHost !== undefined) this.#warnOfSecond(this.#anyHost, rule);
        this.#anyHost ??= rule;
        return;
      case "default":
        if (this.#otherwise !== undefined) this.#warnOfSecond(this.#otherwise, rule);
        this.#otherwise ??= rule;
        return;
      case "never":
        this.warn(rule.place, pattern.why);
    }
  }

  #addByName(rules: Map<string, AddressRule>, name: string, rule: AddressRule): void {
    const first = rules.get(name);
    if (first === undefined) rules.set(name, rule);
    else this.#warnOfSecond(first, rule);
  }

  /** A range that meets another is told of once. */
  #warnOfRepeated(repeated: Iterable<readonly [AddressRule, AddressRule]>): void {
    const told = new Set<AddressRule>();
    for (const [first, second] of repeated) {
      if (!told.has(second)) this.#warnOfSecond(first, second);
      told.add(second);
    }
  }

  #warnOfSecond(first: AddressRule, second: AddressRule): void {
    const { line } = first.place;
    const text = `line ${line} has a rule for the same clients and comes first, so this one does not count for them`;
    this.warn(second.place, text);
  }

  *#warnOfHidden(): Work<void> {
    const otherwise = this.#otherwise;
    if (otherwise === undefined) return;
    for (const [index, rule] of this.#rules.entries()) {
      if (index % stride === 0) yield;
      const text = rule === otherwise ? undefined : explainHidden(rule, otherwise);
      if (text !== undefined) this.warn(rule.place, text);
    }
  }
}
