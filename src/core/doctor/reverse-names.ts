// Has each address that we send from a name that leads back to it (RFC 1912 §2.1)?

import type { Domain } from "../mail/domain.ts";
import { listOf } from "../policy/proof/words.ts";
import type { Result } from "../result.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface ReverseName {
  /** A public one. */
  readonly address: string;
  /** Its names, each with the addresses that it leads to; the problem is why nobody knows. */
  readonly names: Result<readonly NameAndBack[], string>;
}

export interface NameAndBack {
  readonly name: Domain;
  readonly addresses: readonly string[];
}

export interface ReverseFacts {
  readonly hostname: Domain;
  readonly reverse: readonly ReverseName[];
  /** Some mail goes to the MX hosts of others, which look at it; else a smart host does that. */
  readonly sendsDirectly: boolean;
}

export function judgeReverseNames(facts: ReverseFacts): readonly Finding[] {
  if (facts.reverse.length === 0) {
    return [ok("no public address of this machine is known, so there is no name of it to look up")];
  }
  return facts.reverse.map((each) => judgeOne(each, facts));
}

function judgeOne({ address, names }: ReverseName, facts: ReverseFacts): Finding {
  const { hostname, sendsDirectly } = facts;
  if (!names.ok) {
    return warning(`the name of ${address} could not be looked up: ${names.problem}`, {
      remedy: "see what is said of the DNS; then run `bailiwick doctor` again",
    });
  }
  const back = names.value.filter(({ addresses }) => addresses.includes(address));
  if (back.some(({ name }) => name === hostname)) {
    return ok(`${address} is called ${hostname}, and that leads back to it`);
  }
  const [first] = back;
  if (first !== undefined) {
    return ok(
      `${address} is called ${first.name}, which leads back to it, though it is not ${hostname}`,
    );
  }
  const found = names.value.map(({ name }) => name);
  const what =
    found.length === 0
      ? `${address} has no name in the DNS (PTR)`
      : `${address} is called ${listOf(found)}, which does not lead back to it`;
  return (sendsDirectly ? problem : warning)(what, {
    why: sendsDirectly
      ? "many servers take no mail from such an address"
      : "the smart host sends for us, so this matters little",
    remedy: `have ${hostname} set as the reverse name of ${address}: whoever gave you the address does that`,
  });
}
